"""From the outputs to the loss, and the first gradient back."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from playground.engine.losses import Loss
from playground.engine.losses.base import Part
from playground.inspection import products
from playground.inspection.error_back import go_back
from playground.inspection.names import LOSS, LOSSES, PROBABILITY, Name, Y
from playground.inspection.operation import (
    Axis,
    Formula,
    Matrix,
    Phase,
    Product,
)
from playground.inspection.recorder import Recorder
from playground.inspection.rules import filled, with_count
from playground.inspection.spelling import Lit, Spelling

Floats = NDArray[np.float64]

Q = Name("q", "q")
CLASS_WEIGHTS = Name("w", "w")


def record_loss(recorder: Recorder, key: str) -> str:
    """Write down the loss of the outputs, and prepare the way back.

    Parameters
    ----------
    key
        Of the outputs.

    Returns
    -------
    note
        Why the operations are fused although that was not asked for, or "".
    """
    situation = recorder.situation
    loss, targets = situation.architecture.head.loss, situation.targets
    fuses = loss.fuses(targets.shape[1])
    wanted = loss.wanted(targets)
    is_smoothed = not np.array_equal(wanted, targets)
    recorder.give("y", Q if is_smoothed else Y, wanted, Axis.SAMPLE)
    note = ""
    compared = key
    if fuses:
        probabilities = loss.probabilities(recorder.graph[key])
        if not (recorder.fused or _can_be_split(loss, probabilities, targets)):
            recorder.fused = True
            note = (
                f"A probability is so close to 0 or 1 that 1/p overflows: {fuses} and loss are "
                "shown as one operation, as the program computes them."
            )
        compared = _record_probabilities(recorder, key, loss, fuses)
    else:
        recorder.fused = True
    _record_values(recorder, key, compared, loss, fuses)
    _record_mean(recorder)
    recorder.on_the_way_back(lambda: go_back(recorder, key, compared, loss, fuses))
    return note


def _can_be_split(loss: Loss, probabilities: Floats, targets: Floats) -> bool:
    gradient = loss.probability_gradient(probabilities, targets)
    values = loss.probability_values(probabilities, targets)
    return bool(np.isfinite(gradient).all() and np.isfinite(values).all())


def _record_probabilities(recorder: Recorder, key: str, loss: Loss, fuses: str) -> str:
    z, p = recorder.names[key], PROBABILITY
    layer = len(recorder.situation.architecture.layers) - 1

    def spell(result: Matrix, logits: Matrix) -> products.Spell:
        if fuses == "sigmoid":
            return products.element_wise(result, "1/(1 + e^(−{}))", logits)
        return products.softmax(result, logits)

    recorder.compute(
        "p",
        p,
        f"Probabilities: {fuses} of the logits",
        Product.ELEMENTWISE,
        layer,
        Formula(
            rf"{p.latex} = \operatorname{{{fuses}}}\left({z.latex}\right)",
            f"{p.text} = {fuses}({z.text})",
        ),
        (key,),
        loss.probabilities,
        spell,
    )
    if recorder.fused:
        # The loss reads the logits themselves; p is shown, but nothing depends on it.
        recorder.forget_use(key)
    return "p"


def _record_values(recorder: Recorder, key: str, compared: str, loss: Loss, fuses: str) -> None:
    targets = recorder.situation.targets
    is_split = bool(fuses) and not recorder.fused
    situation = recorder.situation
    name = LOSSES if situation.has_mean else LOSS
    o, y = recorder.names[compared], recorder.names["y"]
    recorder.compute(
        "ℓ",
        name,
        f"{'Loss of each sample' if situation.has_mean else 'Loss'}: {type(loss).title}",
        Product.ELEMENTWISE,
        None,
        Formula(
            _with_names(loss.formula, name, o),
            f"{name.text} = {type(loss).title}({o.text}, {y.text})",
        ),
        ("p" if is_split else key, "y"),
        lambda outputs, wanted: _column(
            loss.probability_values(outputs, targets) if is_split else loss.values(outputs, targets)
        ),
        lambda result, outputs, wanted: _spell_loss(result, outputs, wanted, loss),
        shown=(compared, "y"),
        phase=Phase.ERROR,
        columns=Axis.ONE,
        sides=lambda outputs, wanted: () if is_split else loss.sides_of_kinks(outputs, targets),
    )


def _column(values: Floats) -> Floats:
    return values.reshape(-1, 1)


def _with_names(latex: str, name: Name, outputs: Name) -> str:
    """Return the first equation of a loss's formula with the names that are used here."""
    first = latex.split(r",\quad")[0]
    if first.startswith("L ="):
        first = f"{name.latex} ={first[3:]}"
    return first.replace(r"\hat y", outputs.latex if "hat" in outputs.latex else r"\hat y")


def _spell_loss(result: Matrix, outputs: Matrix, wanted: Matrix, loss: Loss) -> products.Spell:
    count = outputs.shape[1]
    common = with_count(loss.value_rule, count)

    def spell(row: int, column: int) -> Spelling:
        given, aims = outputs.values[row], wanted.values[row]
        rule, parts = loss.value_parts(given, aims)
        if common:
            index = "k" if count > 1 else "0"
            rule = ("Σₖ " if count > 1 else "") + common
            rule = rule.replace("{o}", f"{{o:{index}}}").replace("{y}", f"{{y:{index}}}")
            # Of what softmax made only the probabilities count that are wanted at all.
            needs_all = loss.fuses(count) != "softmax"
            for output, aim in zip(given.tolist(), aims.tolist(), strict=True):
                if needs_all or aim:
                    pattern, numbers = filled(common, output, aim)
                    parts.append(Part(pattern, tuple(numbers)))
        pattern, figures = products.shortened(parts)
        return Spelling(
            result.cell_name(row, column),
            _with_cells(rule, row, outputs, wanted),
            float(result.values[row, column]),
            (Lit(0, row, None), Lit(1, row, None)),
            pattern=pattern,
            numbers=figures,
        )

    return spell


def _with_cells(rule: str, row: int, outputs: Matrix, wanted: Matrix) -> str:
    """Put the names of cells where a rule has marks such as ``{o:k}``."""

    def name(mark: re.Match[str]) -> str:
        matrix, index = outputs if mark[1] == "o" else wanted, mark[2]
        return products.symbolic(matrix, row, int(index) if index.isdigit() else index)

    return re.sub(r"\{([oy]):(\w+)\}", name, rule)


def _record_mean(recorder: Recorder) -> None:
    situation = recorder.situation
    weights, count = situation.weights, situation.divisor
    if weights is not None:
        recorder.give("w", CLASS_WEIGHTS, weights.reshape(-1, 1), Axis.SAMPLE, Axis.ONE)
    if not situation.has_mean:
        recorder.alias("L", "ℓ")
        return
    arguments = ("ℓ",) if weights is None else ("ℓ", "w")
    latex, text = (r"w_s \ell_s", "w ⊙ ℓ") if weights is not None else (r"\ell_s", "ℓ")
    note = "The mean, so that a step does not depend on how many samples a batch has."
    if weights is not None:
        note = "Each sample counts with the weight w of its class."
    if count != len(situation.inputs):
        note = f"n is {count}: the update averages over several batches. This is one's share."
    recorder.compute(
        "L",
        LOSS,
        "Loss of the batch: the mean over its samples",
        Product.STATISTIC,
        None,
        Formula(rf"L = \frac{{1}}{{n}} \sum_s {latex}", f"L = 1/{count} · Σₛ {text}"),
        arguments,
        lambda losses, weights=1.0: (losses * weights).sum(0, keepdims=True) / count,
        lambda result, *factors: products.mean_of_rows(result, count, *factors),
        phase=Phase.ERROR,
        rows=Axis.ONE,
        columns=Axis.ONE,
        note=note,
    )
