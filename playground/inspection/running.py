"""The running averages of batch norms, which move with every batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine.arithmetic import Line, Setting
from playground.engine.layers import BatchNorm
from playground.inspection.names import Name
from playground.inspection.norms import MEAN, VARIANCE
from playground.inspection.operation import (
    Axis,
    Formula,
    Matrix,
    Operation,
    Phase,
    Product,
    Role,
    Shade,
)
from playground.inspection.penalty import spell_line
from playground.inspection.recorder import Recorder

Floats = NDArray[np.float64]


def record_running(recorder: Recorder) -> None:
    """Write down how the averages move that stand in for the batch when the network is asked."""
    count = len(recorder.situation.inputs)
    if not recorder.situation.is_batch or count < 2:
        return
    for layer, shape in enumerate(recorder.situation.architecture.layers):
        if isinstance(shape.layer, BatchNorm) and not shape.layer.frozen:
            before = recorder.situation.parameters.running[layer]
            # PyTorch's convention: the average of variances is of those divided by n - 1.
            _record(recorder, layer, shape.layer, "mean", MEAN, before[:1], 1.0)
            _record(
                recorder, layer, shape.layer, "variance", VARIANCE, before[1:], count / (count - 1)
            )


def _record(
    recorder: Recorder,
    layer: int,
    spec: BatchNorm,
    words: str,
    name: Name,
    before: Floats,
    factor: float,
) -> None:
    share, own = spec.momentum, name.of_layer(layer)
    measured = recorder.matrix(f"{words}.{layer}", Role.INPUT)
    average = Name(f"avg {own.text}", rf"\bar{{{name.latex}}}^{{{layer + 1}}}")
    old = Matrix(average.text, average.latex, before, Role.MEMORY, Shade.VALUE, Axis.ONE, Axis.UNIT)
    key = f"running.{words}.{layer}"
    result = Matrix(
        f"{average.text}_new",
        rf"{average.latex}_{{new}}",
        (1 - share) * before + share * factor * measured.values,
        Role.RESULT,
        Shade.VALUE,
        Axis.ONE,
        Axis.UNIT,
        key=key,
    )
    has_factor = factor != 1
    rule = "(1 − {m})·{old} + {m}·{new}" + ("·{n/(n−1)}" if has_factor else "")

    def line(row: int, column: int) -> Line:
        numbers: dict[str, float | Setting] = {
            "m": Setting(share),
            "old": float(before[row, column]),
            "new": float(measured.values[row, column]),
            "n/(n−1)": Setting(factor),
        }
        return Line("avg", rule, numbers, float(result.values[row, column]))

    tail = r" \frac{n}{n - 1}" if has_factor else ""
    recorder.append(
        Operation(
            key=key,
            name=f"Running {words} of {recorder.where(layer)}",
            symbol=f"{average.text} ←",
            phase=Phase.UPDATE,
            product=Product.RULE,
            layer=layer,
            layer_name=recorder.situation.layer_names[layer],
            formula=Formula(
                rf"{average.latex} \leftarrow (1 - {share:g}) {average.latex}"
                rf" + {share:g} {own.latex}{tail}",
                f"{average.text} ← (1 − {share:g})·{average.text} + {share:g}·{own.text}"
                + ("·n/(n − 1)" if has_factor else ""),
            ),
            operands=(old, measured),
            result=result,
            spell=spell_line(result, (old, measured), line),
            note="Not learned but measured: it stands in for the batch when the network is asked.",
        )
    )
