"""From the loss back to the outputs: where 1/n comes in, fused or one operation at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine.losses import Loss
from playground.inspection import products
from playground.inspection.activations import softmax_jacobian
from playground.inspection.names import LOSS, LOSSES, PROBABILITY, Name, derivative
from playground.inspection.operation import (
    Axis,
    Formula,
    Matrix,
    Product,
    Role,
    Shade,
)
from playground.inspection.recorder import Recorder
from playground.inspection.rules import filled, with_count
from playground.inspection.slips import Slip
from playground.inspection.spelling import Lit, Spelling

Floats = NDArray[np.float64]


def go_back(recorder: Recorder, key: str, compared: str, loss: Loss, fuses: str) -> None:
    situation = recorder.situation
    outputs, targets = recorder.graph[key], situation.targets
    count = len(outputs)
    divisor = 1 if recorder.slips(Slip.NO_MEAN) else situation.divisor
    share = np.full((count, 1), 1 / divisor)
    if situation.weights is not None:
        share = share * situation.weights.reshape(-1, 1)
    if situation.has_mean:
        name = derivative(LOSS, LOSSES)
        is_weighted = "w" in recorder.graph
        upstream = recorder.gradient(
            "ℓ",
            "Gradient of the mean",
            Product.GIVEN,
            None,
            Formula(
                rf"{name.latex} = \frac{{{'w' if is_weighted else '1'}}}{{n}}",
                f"{name.text} = {'w' if is_weighted else '1'}/{divisor}",
            ),
            (recorder.matrix("w", Role.LOCAL),) if is_weighted else (),
            share,
            lambda result, *weights: products.given(result, f"1/{divisor}", *weights),
            note="Here 1/n comes in: each sample has one n-th of a say.",
        )
    else:
        name = derivative(LOSS, LOSS)
        upstream = Matrix(
            name.text, name.latex, share, Role.UPSTREAM, Shade.GRADIENT, columns=Axis.ONE
        )
    factor = _slip_factor(recorder)
    if not fuses or recorder.fused:
        factor *= loss.residual_factor(targets.shape[1])
        _loss_gradient(
            recorder, key, compared, upstream, loss, factor * loss.residual(outputs, targets), fuses
        )
        return
    probabilities = recorder.graph["p"]
    local = factor * loss.probability_gradient(probabilities, targets)
    _loss_gradient(recorder, "p", compared, upstream, loss, local, "")
    if fuses == "softmax":
        softmax_jacobian(
            recorder,
            len(recorder.situation.architecture.layers) - 1,
            key,
            recorder.graph["p"],
            PROBABILITY,
            recorder.upstream("p", None),
            "Softmax, backwards: the Jacobian of each sample",
            recorder.matrix("p", Role.KEPT),
        )
    else:
        _sigmoid_back(recorder, key)


def _slip_factor(recorder: Recorder) -> float:
    factors = {Slip.SIGN: -1.0, Slip.DOUBLED: 2.0, Slip.HALVED: 0.5}
    return factors.get(recorder.slip, 1.0) if recorder.slip else 1.0


def _loss_gradient(
    recorder: Recorder,
    of: str,
    compared: str,
    upstream: Matrix,
    loss: Loss,
    local: Floats,
    fuses: str,
) -> None:
    name = derivative(LOSS, recorder.names[of])
    inner = recorder.names["ℓ"]
    slope = derivative(inner, recorder.names[of])
    outputs, wanted = recorder.matrix(compared, Role.KEPT), recorder.matrix("y", Role.KEPT)
    count = local.shape[1]
    # Through the probabilities one at a time, the rule of the fused form does not hold.
    rule = "" if of == "p" else with_count(loss.gradient_rule, count)
    text = rule.replace("{o}", outputs.symbol).replace("{y}", wanted.symbol) or slope.text
    latex = slope.latex
    if rule:
        # For whole matrices: without the index of an output.
        latex = loss.gradient_formula.replace("_k", "").replace("q", wanted.latex)
        latex = latex.replace(r"\hat y", outputs.latex)
    if not loss.gradient_rule:
        # Too long for a chip: by its name, as for an activation. A cell shows the numbers.
        argument = recorder.names[of]
        text = f"{loss.title}′({argument.text})"
        latex = rf"\operatorname{{{loss.title}}}'\left({argument.latex}\right)"
    elif of == "p":
        text, latex = _PROBABILITY_SLOPES.get(fuses or loss.fuses(count), ("", ""))
        text = text.replace("q", wanted.symbol) or slope.text
        latex = latex.replace("q", wanted.latex) or slope.latex
    shown = Name(text, latex) if text else slope
    local_matrix = recorder.local(shown, local)
    title = "Gradient of the loss by the outputs"
    note = ""
    if fuses:
        title = f"Gradient of {fuses} and loss together"
        note = f"The slopes of {fuses} and of the logarithm cancel: what remains is simple."
    formula = Formula(
        rf"{name.latex} = {upstream.latex} \odot {slope.latex}",
        f"{name.text} = {upstream.symbol} ⊙ ({text})",
    )
    if not loss.gradient_rule:
        formula = Formula(
            rf"{name.latex} = {upstream.latex} \odot {shown.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {shown.text}",
        )
    elif shown.latex != slope.latex:
        formula = Formula(
            rf"{name.latex} = {upstream.latex} \odot \left({shown.latex}\right)",
            f"{name.text} = {upstream.symbol} ⊙ ({text})",
        )
    recorder.gradient(
        of,
        title,
        Product.HADAMARD,
        len(recorder.situation.architecture.layers) - 1,
        formula,
        (upstream, local_matrix),
        upstream.values * local,
        lambda result, up, slope: _spell_gradient(result, up, slope, rule, outputs, wanted),
        kept=(outputs, wanted),
        note=note,
    )


_PROBABILITY_SLOPES = {
    "softmax": ("−q / p", r"-\frac{q}{p}"),
    "sigmoid": ("(p − q) / (p·(1 − p))", r"\frac{p - q}{p (1 - p)}"),
}


def _spell_gradient(
    result: Matrix, upstream: Matrix, local: Matrix, rule: str, outputs: Matrix, wanted: Matrix
) -> products.Spell:
    plain = products.hadamard(result, upstream, local)

    def spell(row: int, column: int) -> Spelling:
        if not rule:
            return plain(row, column)
        pattern, numbers = filled(
            rule, float(outputs.values[row, column]), float(wanted.values[row, column])
        )
        names = rule.replace("{o}", outputs.cell_name(row, column))
        names = names.replace("{y}", wanted.cell_name(row, column))
        share = float(upstream.values[row, 0])
        return Spelling(
            result.cell_name(row, column),
            f"{upstream.cell_name(row, 0)}·({names})",
            float(result.values[row, column]),
            (Lit(0, row, 0), Lit(1, row, column)),
            pattern="{}·(" + pattern + ")",
            numbers=(share, *numbers),
        )

    return spell


def _sigmoid_back(recorder: Recorder, key: str) -> None:
    upstream = recorder.upstream("p", None)
    p, layer = recorder.graph["p"], len(recorder.situation.architecture.layers) - 1
    name = derivative(LOSS, recorder.names[key])
    slope = Name("p·(1 − p)", r"p \odot (1 - p)")
    values = p * (1 - p)
    recorder.gradient(
        key,
        "Sigmoid, backwards",
        Product.HADAMARD,
        layer,
        Formula(
            rf"{name.latex} = {upstream.latex} \odot {slope.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {slope.text}",
        ),
        (upstream, recorder.local(slope, values)),
        upstream.values * values,
        products.hadamard,
        kept=(recorder.matrix("p", Role.KEPT),),
    )
