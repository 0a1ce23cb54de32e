"""The columns of the table of samples: what they are called, what they say, how wide they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.prepared import PreparedData
from playground.gui.train.output.number_text import MINUS
from playground.training.sample_scores import SampleScores

__all__ = ["SETS", "Column", "Kind", "columns_of", "number_format", "set_codes", "written"]

Reals = NDArray[Any]

SETS = ("training", "validation", "test")
"""Names of the sets of samples, in the order of their codes."""
_LOOKED_AT = 500
"""Values by which it is judged with how many decimals a column is written."""
_CHARACTER = 6.4
"""Width of a character of a name, about, in device-independent pixels."""
_DIGIT = 7.2
"""Width of a digit."""
_NARROWEST, _WIDEST_NAME, _NARROWEST_NUMBER = 50, 130, 55


class Kind(Enum):
    """What a column is about. The value is its name in settings; it never changes."""

    NUMBER = "number"
    MARK = "mark"
    PICTURE = "picture"
    TARGET = "target"
    PREDICTED = "predicted"
    ERROR = "error"
    LOSS = "loss"
    CERTAINTY = "certainty"
    SET = "set"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    kind
        What it is about.
    title, tip
        Its heading, and a sentence that teaches.
    width
        In device-independent pixels, where there is no room to spare.
    index
        Which input of the network, for an input.
    least
        What it can do with in a narrow panel; 0 for no less than its width.
    is_numeric
        Whether its cells are numbers, one below the other.
    """

    kind: Kind
    title: str
    tip: str
    width: int
    index: int = -1
    least: int = 0
    is_numeric: bool = False

    @property
    def key(self) -> str:
        """Its name in settings."""
        return self.kind.value if self.kind is not Kind.INPUT else f"input {self.title}"

    @property
    def is_result(self) -> bool:
        """Whether it depends on the network."""
        return self.kind in _RESULTS

    @property
    def falls_first(self) -> bool:
        """Whether one wants to see the largest values first: the worst loss, the mistakes."""
        return self.kind in (Kind.LOSS, Kind.MARK)


_RESULTS = {Kind.MARK, Kind.PREDICTED, Kind.ERROR, Kind.LOSS, Kind.CERTAINTY}


def columns_of(data: PreparedData) -> tuple[Column, ...]:
    """Return the columns for some data: the answers first, since inputs may be many."""
    samples, names = data.samples, data.task.class_names
    width = _name_width(26, max((len(name) for name in names), default=0))
    digits = len(str(max(0, len(samples.labels) - 1)))
    columns = [
        Column(
            Kind.NUMBER,
            "#",
            "Number of the sample among all samples, counted from 0. The inspector calls it so.",
            max(36, 12 + math.ceil(_DIGIT * digits)),
            is_numeric=True,
        )
    ]
    if names:
        columns.append(
            Column(
                Kind.MARK,
                "✓",
                "Whether the network is right. Sorted: mistakes first.",
                24,
                least=20,
            )
        )
    if samples.image_shape is not None:
        columns.append(Column(Kind.PICTURE, "Image", "What the network sees.", 36, least=32))
    if names:
        columns += [
            Column(Kind.TARGET, "Target", "The true class.", width, least=min(46, width)),
            Column(
                Kind.PREDICTED,
                "Predicted",
                "The class that the network, as it is now, believes in most.",
                max(width + 4, 66),
                least=62,
            ),
        ]
    else:
        width = _number_width(samples.labels)
        columns += [
            Column(Kind.TARGET, "Target", "The value to come close to.", width, is_numeric=True),
            Column(
                Kind.PREDICTED,
                "Predicted",
                "What the network, as it is now, says.",
                max(width, 66),
                is_numeric=True,
            ),
            Column(
                Kind.ERROR,
                "Error",
                "Predicted − target: above 0 the network says too much.",
                width,
                is_numeric=True,
            ),
        ]
    columns.append(
        Column(
            Kind.LOSS,
            "Loss",
            "What this sample adds to the loss, before the mean is taken and without class "
            "weights. The bar compares it with the largest.",
            58,
            is_numeric=True,
        )
    )
    if names:
        columns.append(
            Column(
                Kind.CERTAINTY,
                "Certainty",
                "How much the network believes in the class that it predicts. Sure and wrong is "
                "worst.",
                80,
                is_numeric=True,
            )
        )
    columns.append(
        Column(
            Kind.SET,
            "Set",
            "Training samples are learned from; on validation samples choices are judged; test "
            "samples are kept back to the end.",
            76,
        )
    )
    if samples.image_shape is None:
        columns += [_input_column(data, index) for index in range(samples.inputs.shape[1])]
    return tuple(columns)


def _input_column(data: PreparedData, index: int) -> Column:
    name = data.samples.input_names[index]
    tip = "An input of the network."
    if data.scaling is not None:
        tip = "An input of the network, before it is scaled. Hover over a value to see it scaled."
    width = max(72, _name_width(14, len(name)))
    return Column(Kind.INPUT, name, tip, width, index, is_numeric=True)


def _number_width(values: Reals) -> int:
    """Return the width of a column for such numbers, and others of about their size."""
    finite = values[np.isfinite(values)]
    form = value_format(values)
    ends = (finite.min(initial=0.0), finite.max(initial=0.0))
    longest = max(len(written(float(end), form)) for end in ends)
    return max(_NARROWEST_NUMBER, 12 + math.ceil(_DIGIT * longest))


def _name_width(around: int, characters: int) -> int:
    return round(min(max(_NARROWEST, around + _CHARACTER * characters), _WIDEST_NAME))


def set_codes(data: PreparedData) -> NDArray[np.int8]:
    """Return (n,) to which of :data:`SETS` each sample belongs."""
    codes = np.zeros(len(data.samples.labels), np.int8)
    codes[data.split.validation] = 1
    codes[data.split.test] = 2
    return codes


def sort_values(
    column: Column, data: PreparedData, codes: NDArray[np.int8], scores: SampleScores
) -> Reals:
    """Return (n,) by what a column is sorted.

    Names of classes and sets are sorted in the order of the classes and sets. Scaling keeps the
    order of inputs, so that they need not be scaled back.
    """
    samples = data.samples
    match column.kind:
        case Kind.TARGET:
            return samples.labels
        case Kind.PREDICTED:
            return scores.predicted
        case Kind.ERROR:
            return np.asarray(scores.predicted - samples.labels)
        case Kind.LOSS:
            return scores.losses
        case Kind.CERTAINTY:
            return scores.certainty
        case Kind.MARK:
            return scores.wrong(samples.labels)
        case Kind.SET:
            return codes
        case Kind.INPUT:
            return np.asarray(samples.inputs[:, column.index])
        case _:
            return np.arange(len(samples.labels))


def input_value(data: PreparedData, sample: int, index: int) -> float:
    """Return an input as it is in the data: before scaling."""
    value = float(data.samples.inputs[sample, index])
    if data.scaling is None or data.scaling.is_identity:
        return value
    return value * float(data.scaling.divisor[index]) + float(data.scaling.offset[index])


def number_format(values: Reals) -> str:
    """Return how the numbers of a column are written, so that their points stand below each other.

    Parameters
    ----------
    values : (n,)
        Judged by some hundred of them.
    """
    some = values[:: max(1, len(values) // _LOOKED_AT)]
    some = np.abs(some[np.isfinite(some)])
    largest = float(some.max(initial=0.0))
    if largest >= 1e6 or 0 < largest < 1e-3:
        return ".3g"
    if np.array_equal(some, np.round(some)):
        return ".0f"
    whole = max(1, math.floor(math.log10(largest)) + 1) if largest else 1
    return f".{max(0, 4 - whole)}f"


def value_format(labels: Reals) -> str:
    """Return how the targets of a regression are written, and the answers beside them."""
    form = number_format(labels)
    # Answers are hardly ever whole numbers.
    return ".3f" if form == ".0f" and np.abs(labels).max(initial=0.0) < 1000 else form


def loss_format(largest: float) -> str:
    """Return how losses are written, the largest of which is known: in seven characters."""
    if largest >= 1e5 or 0 < largest < 1e-3:
        return ".1e"
    whole = max(1, math.floor(math.log10(largest)) + 1) if largest > 0 else 1
    return f".{max(0, 5 - whole)}f"


def written(value: float, form: str) -> str:
    """Return a number as text, with a real minus sign; a dash for what has no meaning."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = format(value, form).replace("-", MINUS)
    # Rounded to nothing: a minus before zeros would only puzzle.
    return text.lstrip(MINUS) if not text.strip(f"{MINUS}0.") else text
