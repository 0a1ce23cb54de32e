"""The operations of an activation, forwards and backwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation
from playground.engine.activations.coupled import Maxout, Softmax
from playground.inspection import products
from playground.inspection.names import ACTIVATION, PREDICTION, Name, derivative, function_name
from playground.inspection.operation import Formula, Matrix, Product, Role
from playground.inspection.recorder import Recorder
from playground.inspection.slips import Slip
from playground.inspection.spelling import Factor, Lit, Spelling, Term
from playground.inspection.sums import sum_over_samples

Floats = NDArray[np.float64]

SLOPES = Name("s", "s")


def record_activation(recorder: Recorder, layer: int, source: str, activation: Activation) -> str:
    """Write down a = f(z), and prepare its way back; return the key of a."""
    result = f"a.{layer}"
    z, f = recorder.names[source], function_name(type(activation).title)
    is_prediction = recorder.is_last(layer) and not recorder.fuses
    a = PREDICTION if is_prediction else ACTIVATION.of_layer(layer)
    arguments: tuple[str, ...] = (source,)
    inner, latex = z.text, z.latex
    if activation.parameter_rows:
        slopes, s = f"s.{layer}", SLOPES.of_layer(layer)
        recorder.parameter(slopes, s, "slopes", layer, recorder.indices.slopes[layer])
        arguments, inner, latex = (source, slopes), f"{z.text}; {s.text}", f"{z.latex}; {s.latex}"
    nothing = np.empty((0, recorder.graph[source].shape[1]))
    recorder.compute(
        result,
        a,
        f"Activation of {recorder.where(layer)}: {f.text}",
        Product.ELEMENTWISE,
        layer,
        Formula(rf"{a.latex} = {f.latex}\left({latex}\right)", f"{a.text} = {f.text}({inner})"),
        arguments,
        lambda z, s=nothing: activation.apply(z, s),
        lambda result, *operands: _spell_value(result, activation, f.text, *operands),
        sides=lambda z, s=nothing: activation.sides_of_kinks(z),
    )
    recorder.on_the_way_back(lambda: _activation_back(recorder, layer, source, result, activation))
    return result


def _spell_value(
    result: Matrix, activation: Activation, function: str, *operands: Matrix
) -> products.Spell:
    z = operands[0]
    if isinstance(activation, Maxout):
        units = result.shape[1]

        def largest(row: int, column: int) -> Spelling:
            pieces = range(column, z.shape[1], units)
            pattern = f"max({', '.join('{}' for _ in pieces)})"
            return Spelling(
                result.cell_name(row, column),
                pattern.format(*(z.cell_name(row, k) for k in pieces)),
                float(result.values[row, column]),
                tuple(Lit(0, row, k) for k in pieces),
                pattern=pattern,
                numbers=tuple(float(z.values[row, k]) for k in pieces),
            )

        return largest
    if isinstance(activation, Softmax):
        return products.softmax(result, z)
    if activation.parameter_rows:
        slopes = operands[1]

        def bent(row: int, column: int) -> Spelling:
            value = float(z.values[row, column])
            names = (z.cell_name(row, column), slopes.cell_name(0, column))
            numbers = (value, float(slopes.values[0, column]))
            is_above = value > 0
            pattern = "{}" if is_above else "{}·{}"
            return Spelling(
                result.cell_name(row, column),
                pattern.format(*names[: 1 if is_above else 2]),
                float(result.values[row, column]),
                (Lit(0, row, column), Lit(1, 0, column)),
                pattern=pattern,
                numbers=numbers[: 1 if is_above else 2],
            )

        return bent
    return products.element_wise(result, f"{function}({{}})", z)


def _activation_back(
    recorder: Recorder, layer: int, source: str, result: str, activation: Activation
) -> None:
    upstream = recorder.upstream(result, layer)
    if activation.parameter_rows:
        _slope_gradient(recorder, layer, source, upstream)
    if isinstance(activation, Softmax):
        _softmax_back(recorder, layer, source, result, upstream)
    elif isinstance(activation, Maxout):
        _maxout_back(recorder, layer, source, result, upstream, activation)
    else:
        _curve_back(recorder, layer, source, result, upstream, activation)


def _curve_back(
    recorder: Recorder,
    layer: int,
    source: str,
    result: str,
    upstream: Matrix,
    activation: Activation,
) -> None:
    z, f = recorder.names[source], function_name(type(activation).title)
    at = result if recorder.slips(Slip.DERIVATIVE_OF_OUTPUT, layer) else source
    values = _slope(recorder, layer, activation, recorder.graph[at])
    if recorder.slips(Slip.NO_DERIVATIVE, layer):
        values = np.ones_like(values)
    prime = Name(f"{f.text}′({z.text})", rf"{f.latex}'\left({z.latex}\right)")
    kept = (recorder.matrix(source, Role.KEPT), recorder.matrix(result, Role.KEPT))
    note = "Each unit passes its gradient on, scaled by its own slope."
    if activation.surrogate_gradient:
        note = "The true slope is 0 nearly everywhere; a stand-in lets training go on."
    recorder.gradient(
        source,
        f"Activation of {recorder.where(layer)}, backwards: {f.text}",
        Product.HADAMARD,
        layer,
        lambda name: Formula(
            rf"{name.latex} = {upstream.latex} \odot {prime.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {prime.text}",
        ),
        (upstream, recorder.local(prime, values)),
        upstream.values * values,
        lambda result, *operands: _spell_slope(result, activation, kept, *operands),
        by=layer,
        kept=kept,
        note=note,
    )


def _spell_slope(
    result: Matrix,
    activation: Activation,
    kept: tuple[Matrix, Matrix],
    upstream: Matrix,
    local: Matrix,
) -> products.Spell:
    """Upstream times f′, with f′ worked out from z or a where the rule is short."""
    rule = activation.derivative_rule
    if not rule:
        return products.hadamard(result, upstream, local)
    shown = {"z": kept[0], "a": kept[1]}
    marks = [part.partition("}")[0] for part in rule.split("{")[1:]]

    def spell(row: int, column: int) -> Spelling:
        names = {mark: matrix.cell_name(row, column) for mark, matrix in shown.items()}
        numbers = [float(shown[mark].values[row, column]) for mark in marks]
        return Spelling(
            result.cell_name(row, column),
            f"{upstream.cell_name(row, column)}·{rule.format(**names)}",
            float(result.values[row, column]),
            (Lit(0, row, column), Lit(1, row, column)),
            pattern="{}·" + rule.replace("{z}", "{}").replace("{a}", "{}"),
            numbers=(float(upstream.values[row, column]), *numbers),
        )

    return spell


def _slope(recorder: Recorder, layer: int, activation: Activation, z: Floats) -> Floats:
    """Return f′(z): what an upstream gradient of 1 becomes."""
    if activation.element_wise:
        return activation.derivative(z)
    slopes = recorder.graph[f"s.{layer}"]
    return np.asarray(activation.pull_back(np.ones_like(z), z, z, slopes)[0])


def _slope_gradient(recorder: Recorder, layer: int, source: str, upstream: Matrix) -> None:
    z = recorder.names[source]
    local = recorder.local(
        Name(f"min(0, {z.text})", rf"\min(0, {z.latex})"), np.minimum(recorder.graph[source], 0)
    )
    sum_over_samples(
        recorder,
        f"s.{layer}",
        layer,
        (upstream, local),
        "A slope acts where its unit is negative, and gathers the gradients of all samples.",
    )


def _maxout_back(
    recorder: Recorder,
    layer: int,
    source: str,
    result: str,
    upstream: Matrix,
    activation: Maxout,
) -> None:
    z, a = recorder.graph[source], recorder.graph[result]
    units = a.shape[1]
    nothing = np.empty((0, z.shape[1]))
    shares = activation.pull_back(np.ones_like(a), z, a, nothing)[0]
    zn, an = recorder.names[source], recorder.names[result]
    chosen = Name(f"[{zn.text} = {an.text}]", rf"\left[{zn.latex} = {an.latex}\right]")
    local = recorder.local(chosen, shares)

    def spell(result: Matrix, upstream: Matrix, local: Matrix) -> products.Spell:
        def of_cell(row: int, column: int) -> Spelling:
            unit = column % units
            factors = (
                Factor(upstream.cell_name(row, unit), float(upstream.values[row, unit])),
                Factor(chosen.text, float(local.values[row, column])),
            )
            return Spelling(
                result.cell_name(row, column),
                "·".join(factor.name for factor in factors),
                float(result.values[row, column]),
                (Lit(0, row, unit), Lit(1, row, column)),
                (Term(factors),),
            )

        return of_cell

    recorder.gradient(
        source,
        f"Activation of {recorder.where(layer)}, backwards: maxout",
        Product.ROUTED,
        layer,
        lambda name: Formula(
            rf"{name.latex} = {upstream.latex} \odot {chosen.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {chosen.text}",
        ),
        (upstream, local),
        np.tile(upstream.values, activation.pieces) * shares,
        spell,
        by=layer,
        kept=(recorder.matrix(source, Role.KEPT), recorder.matrix(result, Role.KEPT)),
        note="The gradient goes to the largest of the pieces; the others get none.",
    )


def _softmax_back(
    recorder: Recorder, layer: int, source: str, result: str, upstream: Matrix
) -> None:
    a, an = recorder.graph[result], recorder.names[result]
    softmax_jacobian(
        recorder,
        layer,
        source,
        a,
        an,
        upstream,
        f"Activation of {recorder.where(layer)}, backwards: softmax",
        recorder.matrix(result, Role.KEPT),
    )


def softmax_jacobian(
    recorder: Recorder,
    layer: int,
    source: str,
    values: Floats,
    output: Name,
    upstream: Matrix,
    title: str,
    kept: Matrix,
) -> None:
    """Write down the gradient by the inputs of a softmax, with the Jacobian of each sample."""
    stack = values[:, :, None] * (np.eye(values.shape[1]) - values[:, None, :])
    local = recorder.local(derivative(output, recorder.names[source]), stack[0], stack)
    o = output.latex
    diagonal = rf"\operatorname{{diag}}\left({o}\right)"

    def formula(name: Name) -> Formula:
        return Formula(
            rf"{name.latex} = {upstream.latex} \cdot \left({diagonal} - {{{o}}}^{{T}} {o}\right)",
            f"{name.text} = {upstream.symbol}·(diag({output.text}) − {output.text}ᵀ·{output.text})",
            rf"{name.latex} = \left({diagonal} - {o} {{{o}}}^{{T}}\right) \cdot {upstream.latex}",
            f"{name.text} = (diag({output.text}) − {output.text}·{output.text}ᵀ)·{upstream.symbol}",
        )

    recorder.gradient(
        source,
        title,
        Product.JACOBIAN,
        layer,
        formula,
        (upstream, local),
        np.einsum("sk,skj->sj", upstream.values, stack),
        products.jacobian,
        by=layer,
        kept=(kept,),
        note="Every output depends on every input: ∂pₖ/∂zⱼ = pₖ([k = j] − pⱼ).",
    )
