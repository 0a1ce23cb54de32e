"""The operations of batch norm and layer norm, forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.engine.layers import BatchNorm, LayerNorm
from playground.inspection import products
from playground.inspection.names import PRE_ACTIVATION, Name
from playground.inspection.operation import Axis, Formula, Matrix, Product, Role
from playground.inspection.recorder import Recorder
from playground.inspection.spelling import Factor, Lit, Spelling, Term
from playground.inspection.sums import sum_over_samples

Floats = NDArray[np.float64]
Mean = Callable[[Floats], Floats]

MEAN, VARIANCE = Name("μ", r"\mu"), Name("v", "v")
NORMALIZED = Name("x̂", r"\hat{x}")
SCALE, SHIFT = Name("γ", r"\gamma"), Name("β", r"\beta")


def record_batch_norm(recorder: Recorder, layer: int, source: str) -> str:
    """Write down z = γ x̂ + β, with mean and variance of each unit over the batch."""
    spec = recorder.shape(layer).layer
    assert isinstance(spec, BatchNorm)
    measures = recorder.situation.is_batch and not spec.frozen
    mean, variance = f"mean.{layer}", f"variance.{layer}"
    if measures:
        _record_statistics(recorder, layer, source, 0)
    else:
        running = recorder.situation.parameters.running[layer]
        recorder.give(mean, MEAN.of_layer(layer), running[:1], Axis.ONE)
        recorder.give(variance, VARIANCE.of_layer(layer), running[1:], Axis.ONE)
    note = "" if measures else "Mean and variance are the running averages."
    return _record_rest(recorder, layer, source, spec.epsilon, 0 if measures else None, note)


def record_layer_norm(recorder: Recorder, layer: int, source: str) -> str:
    """Write down z = γ x̂ + β, with mean and variance of each sample over its units."""
    spec = recorder.shape(layer).layer
    assert isinstance(spec, LayerNorm)
    _record_statistics(recorder, layer, source, 1)
    return _record_rest(recorder, layer, source, spec.epsilon, 1, "")


def _record_statistics(recorder: Recorder, layer: int, source: str, axis: int) -> None:
    """Write down mean and variance over samples (axis 0) or over units (axis 1)."""
    x, mu, v = recorder.names[source], MEAN.of_layer(layer), VARIANCE.of_layer(layer)
    rows, columns = (Axis.ONE, Axis.UNIT) if axis == 0 else (Axis.SAMPLE, Axis.ONE)
    letter, words = ("s", "each unit") if axis == 0 else ("j", "each sample")
    count = recorder.graph[source].shape[axis]
    index = rf"\sum_{letter}"
    recorder.compute(
        f"mean.{layer}",
        mu,
        f"Mean of {words}",
        Product.STATISTIC,
        layer,
        Formula(
            rf"{mu.latex} = \frac{{1}}{{{count}}} {index} {x.latex}",
            f"{mu.text} = 1/{count} · Σ{_SMALL[letter]} {x.text}",
        ),
        (source,),
        lambda x: x.mean(axis, keepdims=True),
        lambda result, x: _spell_mean(result, axis, x),
        rows=rows,
        columns=columns,
        is_counted=False,
    )
    recorder.compute(
        f"variance.{layer}",
        v,
        f"Variance of {words}",
        Product.STATISTIC,
        layer,
        Formula(
            rf"{v.latex} = \frac{{1}}{{{count}}} {index} \left({x.latex} - {mu.latex}\right)^2",
            f"{v.text} = 1/{count} · Σ{_SMALL[letter]} ({x.text} − {mu.text})²",
        ),
        (source, f"mean.{layer}"),
        # Not from the mean that is given: nudging that one alone is no question anybody asks.
        lambda x, mean: np.square(x - mean).mean(axis, keepdims=True),
        lambda result, x, mean: _spell_variance(result, axis, x, mean),
        rows=rows,
        columns=columns,
        is_counted=False,
    )


_SMALL = {"s": "ₛ", "j": "ⱼ"}


def _line_of(matrix: Matrix, axis: int, row: int, column: int) -> list[tuple[int, int]]:
    """Return the cells over which a statistic is taken."""
    if axis == 0:
        return [(s, column) for s in range(matrix.shape[0])]
    return [(row, j) for j in range(matrix.shape[1])]


def _lit_line(axis: int, row: int, column: int) -> Lit:
    return Lit(0, None, column) if axis == 0 else Lit(0, row, None)


def _symbolic(matrix: Matrix, axis: int, row: int, column: int) -> str:
    at = ("s", column) if axis == 0 else (row, "j")
    return products.symbolic(matrix, *at)


def _spell_mean(result: Matrix, axis: int, x: Matrix) -> products.Spell:
    def spell(row: int, column: int) -> Spelling:
        cells = _line_of(x, axis, row, column)
        terms = tuple(Term((Factor(x.cell_name(*at), float(x.values[at])),)) for at in cells)
        sign = _SMALL["s" if axis == 0 else "j"]
        return Spelling(
            result.cell_name(row, column),
            f"1/{len(cells)} · Σ{sign} {_symbolic(x, axis, row, column)}",
            float(result.values[row, column]),
            (_lit_line(axis, row, column),),
            terms,
            pattern=f"1/{len(cells)} · {{}}",
        )

    return spell


def _spell_variance(result: Matrix, axis: int, x: Matrix, mean: Matrix) -> products.Spell:
    def spell(row: int, column: int) -> Spelling:
        cells = _line_of(x, axis, row, column)
        middle = float(mean.values[row, column])
        terms = tuple(
            Term(
                (Factor("", float(x.values[at]) - middle), Factor("", float(x.values[at]) - middle))
            )
            for at in cells
        )
        sign = _SMALL["s" if axis == 0 else "j"]
        rule = f"({_symbolic(x, axis, row, column)} − {mean.cell_name(row, column)})²"
        return Spelling(
            result.cell_name(row, column),
            f"1/{len(cells)} · Σ{sign} {rule}",
            float(result.values[row, column]),
            (_lit_line(axis, row, column), Lit(1, row, column)),
            terms,
            pattern=f"1/{len(cells)} · {{}}",
        )

    return spell


def _record_rest(
    recorder: Recorder, layer: int, source: str, epsilon: float, axis: int | None, note: str
) -> str:
    """Write down x̂ and z, given mean and variance.

    Parameters
    ----------
    axis
        Over what the statistics were measured; ``None`` if they are given numbers.
    """
    hat, result, scale, shift = f"x̂.{layer}", f"z.{layer}", f"γ.{layer}", f"β.{layer}"
    indices = recorder.indices.matrices[layer]
    mu, v, x = MEAN.of_layer(layer), VARIANCE.of_layer(layer), recorder.names[source]
    xh, z = NORMALIZED.of_layer(layer), PRE_ACTIVATION.of_layer(layer)
    gamma, beta = SCALE.of_layer(layer), SHIFT.of_layer(layer)
    recorder.parameter(scale, gamma, "scales", layer, indices[0])
    recorder.parameter(shift, beta, "shifts", layer, indices[1])
    where = recorder.where(layer)
    recorder.compute(
        hat,
        xh,
        f"Normalised values of {where}",
        Product.NORMALIZATION,
        layer,
        Formula(
            rf"{xh.latex} = \frac{{{x.latex} - {mu.latex}}}{{\sqrt{{{v.latex} + \epsilon}}}}",
            f"{xh.text} = ({x.text} − {mu.text}) / √({v.text} + ε)",
        ),
        (source, f"mean.{layer}", f"variance.{layer}"),
        lambda x, mean, variance: (x - mean) / np.sqrt(variance + epsilon),
        lambda result, *operands: products.element_wise(
            result, f"({{}} − {{}}) / √({{}} + {epsilon:g})", *operands
        ),
        note=note,
    )
    recorder.compute(
        result,
        z,
        f"Scaled and shifted values of {where}",
        Product.HADAMARD,
        layer,
        Formula(
            rf"{z.latex} = {xh.latex} \odot {gamma.latex} + {beta.latex}",
            f"{z.text} = {xh.text} ⊙ {gamma.text} + {beta.text}",
        ),
        (hat, scale, shift),
        lambda hat, scale, shift: hat * scale + shift,
        _spell_scaled,
    )
    recorder.on_the_way_back(lambda: _back(recorder, layer, source, epsilon, axis))
    return result


def _spell_scaled(result: Matrix, hat: Matrix, scale: Matrix, shift: Matrix) -> products.Spell:
    def spell(row: int, column: int) -> Spelling:
        factors = (
            Factor(hat.cell_name(row, column), float(hat.values[row, column])),
            Factor(scale.cell_name(0, column), float(scale.values[0, column])),
        )
        added = Factor(shift.cell_name(0, column), float(shift.values[0, column]))
        return Spelling(
            result.cell_name(row, column),
            f"{factors[0].name}·{factors[1].name} + {added.name}",
            float(result.values[row, column]),
            (Lit(0, row, column), Lit(1, 0, column), Lit(2, 0, column)),
            (Term(factors), Term((added,))),
        )

    return spell


def _back(recorder: Recorder, layer: int, source: str, epsilon: float, axis: int | None) -> None:
    upstream, where = recorder.upstream(f"z.{layer}", layer), recorder.where(layer)
    hat = recorder.matrix(f"x̂.{layer}", Role.LOCAL)
    sum_over_samples(
        recorder,
        f"γ.{layer}",
        layer,
        (upstream, hat),
        "A scale acts on every sample: their gradients, times what was scaled, are added.",
    )
    sum_over_samples(
        recorder, f"β.{layer}", layer, (upstream,), "A shift adds to every sample alike."
    )
    if not recorder.needs_gradient(source):
        return
    scale = recorder.matrix(f"γ.{layer}", Role.LOCAL)
    inner = recorder.gradient(
        f"x̂.{layer}",
        f"Gradient of the normalised values of {where}",
        Product.HADAMARD,
        layer,
        lambda name: Formula(
            rf"{name.latex} = {upstream.latex} \odot {scale.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {scale.symbol}",
        ),
        (upstream, scale),
        upstream.values * scale.values,
        products.hadamard,
    )
    deviation = np.sqrt(recorder.graph[f"variance.{layer}"] + epsilon)
    _through_the_statistics(recorder, layer, source, inner, hat, deviation, axis)


def _through_the_statistics(
    recorder: Recorder,
    layer: int,
    source: str,
    upstream: Matrix,
    hat: Matrix,
    deviation: Floats,
    axis: int | None,
) -> None:
    v = VARIANCE.of_layer(layer)
    share = Name(f"1/√({v.text} + ε)", rf"\frac{{1}}{{\sqrt{{{v.latex} + \epsilon}}}}")
    local = recorder.local(share, 1 / deviation)
    g, h = upstream, hat
    if axis is None:
        recorder.gradient(
            source,
            f"Gradient of the inputs of {recorder.where(layer)}",
            Product.HADAMARD,
            layer,
            lambda name: Formula(
                rf"{name.latex} = {g.latex} \odot {share.latex}",
                f"{name.text} = {g.symbol} ⊙ {share.text}",
            ),
            (upstream, local),
            upstream.values / deviation,
            products.hadamard,
            by=layer,
        )
        return
    mean = upstream.values.mean(axis, keepdims=True)
    along = (upstream.values * hat.values).mean(axis, keepdims=True)
    values = (upstream.values - mean - hat.values * along) / deviation
    letter = "s" if axis == 0 else "j"

    def formula(name: Name) -> Formula:
        average = rf"\frac{{1}}{{n}} \sum_{letter}"
        return Formula(
            rf"{name.latex} = {share.latex} \left({g.latex} - {average} {g.latex}"
            rf" - {h.latex} \odot {average} {g.latex} \odot {h.latex}\right)",
            f"{name.text} = ({g.symbol} − mean({g.symbol}) − {h.symbol} ⊙ "
            f"mean({g.symbol} ⊙ {h.symbol})) ⊙ {share.text}",
        )

    def spell(result: Matrix, g: Matrix, h: Matrix, local: Matrix) -> products.Spell:
        def of_cell(row: int, column: int) -> Spelling:
            at = (0, column) if axis == 0 else (row, 0)
            pattern = "({} − {} − {}·{})·{}"
            line = (None, column) if axis == 0 else (row, None)
            names = (g.cell_name(row, column), h.cell_name(row, column))
            return Spelling(
                result.cell_name(row, column),
                f"({names[0]} − mean({g.symbol}) − {names[1]}·mean({g.symbol} ⊙ {h.symbol}))"
                f"·{share.text}",
                float(result.values[row, column]),
                (Lit(0, *line), Lit(1, *line), Lit(2, *at)),
                pattern=pattern,
                numbers=(
                    float(g.values[row, column]),
                    float(mean[at]),
                    float(h.values[row, column]),
                    float(along[at]),
                    float(local.values[at]),
                ),
            )

        return of_cell

    words = "sample of the batch" if axis == 0 else "unit of the sample"
    recorder.gradient(
        source,
        f"Gradient of the inputs of {recorder.where(layer)}, through mean and variance",
        Product.NORMALIZATION,
        layer,
        formula,
        (upstream, hat, local),
        values,
        spell,
        by=layer,
        note=f"Mean and variance depend on every {words}: the gradient flows through them too.",
    )
