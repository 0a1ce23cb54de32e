"""The operations of each kind of layer, forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Identity
from playground.engine.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm, Skip
from playground.inspection import products
from playground.inspection.activations import record_activation
from playground.inspection.names import (
    BIASES,
    LOSS,
    PRE_ACTIVATION,
    PREDICTION,
    WEIGHTS,
    Name,
    derivative,
    transposed,
)
from playground.inspection.norms import record_batch_norm, record_layer_norm
from playground.inspection.operation import Axis, Formula, Matrix, Product, Role
from playground.inspection.recorder import Recorder
from playground.inspection.sums import sum_over_samples

Floats = NDArray[np.float64]

DROPPED = Name("d", "d")
MASK = Name("m", "m")
PROJECTION = Name("P", "P")
SHORTCUT = Name("q", "q")


def record_layer(recorder: Recorder, layer: int, key: str) -> str:
    """Write down a layer forwards, and prepare its way back.

    Parameters
    ----------
    key
        Of the value that goes in.

    Returns
    -------
    key
        Of the value that comes out.
    """
    shape = recorder.shape(layer)
    key = RECORDERS[type(shape.layer)](recorder, layer, key)
    if not isinstance(shape.activation, Identity):
        key = record_activation(recorder, layer, key, shape.activation)
    recorder.outputs.append(key)
    return key


def _sum_name(recorder: Recorder, layer: int) -> Name:
    """Return the name of the weighted sums: ŷ, if nothing is done to them after."""
    if recorder.is_last(layer) and isinstance(recorder.shape(layer).activation, Identity):
        if not recorder.fuses:
            return PREDICTION
    return PRE_ACTIVATION.of_layer(layer)


def _record_dense(recorder: Recorder, layer: int, source: str) -> str:
    indices = recorder.indices.matrices[layer]
    weights, biases, result = f"W.{layer}", f"b.{layer}", f"z.{layer}"
    w, b = WEIGHTS.of_layer(layer), BIASES.of_layer(layer)
    z, x = _sum_name(recorder, layer), recorder.names[source]
    recorder.parameter(weights, w, "weights", layer, indices[:-1], Axis.INPUT, is_penalised=True)
    recorder.parameter(biases, b, "biases", layer, indices[-1])
    recorder.compute(
        result,
        z,
        f"Weighted sums of {recorder.where(layer)}",
        Product.MATRIX,
        layer,
        Formula(
            f"{z.latex} = {x.latex} {w.latex} + {b.latex}",
            f"{z.text} = {x.text}·{w.text} + {b.text}",
            f"{z.latex} = {w.latex} {x.latex} + {b.latex}",
            f"{z.text} = {w.text}·{x.text} + {b.text}",
        ),
        (source, weights, biases),
        lambda x, w, b: x @ w + b,
        products.matrix_product,
    )
    recorder.on_the_way_back(lambda: _dense_back(recorder, layer, source, result))
    return result


def _dense_back(recorder: Recorder, layer: int, source: str, result: str) -> None:
    upstream = recorder.upstream(result, layer)
    _weight_gradient(recorder, f"W.{layer}", source, upstream, layer)
    sum_over_samples(
        recorder,
        f"b.{layer}",
        layer,
        (upstream,),
        "A bias adds to every sample alike, so that the gradients of all samples are added.",
    )
    if recorder.needs_gradient(source):
        _input_gradient(recorder, f"W.{layer}", source, upstream, layer)


def _weight_gradient(
    recorder: Recorder, weights: str, source: str, upstream: Matrix, layer: int
) -> None:
    """Write down ∂L/∂W = xᵀ δ."""
    x = recorder.matrix(source, Role.LOCAL, is_transposed=True)
    name, xt = derivative(LOSS, recorder.names[weights]), transposed(x.latex)
    recorder.gradient(
        weights,
        f"Gradient of the {recorder.places[weights].words} of {recorder.where(layer)}",
        Product.MATRIX,
        layer,
        Formula(
            rf"{name.latex} = {xt} \cdot {upstream.latex}",
            f"{name.text} = {x.name}·{upstream.symbol}",
            rf"{name.latex} = {upstream.latex} \cdot {xt}",
            f"{name.text} = {upstream.symbol}·{x.name}",
        ),
        (x, upstream),
        x.values @ upstream.values,
        products.matrix_product,
        note="Each weight gathers, over all samples, what went in times the gradient behind it.",
    )


def _input_gradient(
    recorder: Recorder, weights: str, source: str, upstream: Matrix, layer: int
) -> None:
    """Write down ∂L/∂x = δ Wᵀ."""
    w = recorder.matrix(weights, Role.LOCAL, is_transposed=True)
    wt, x = transposed(w.latex), recorder.names[source]

    def formula(name: Name) -> Formula:
        return Formula(
            rf"{name.latex} = {upstream.latex} \cdot {wt}",
            f"{name.text} = {upstream.symbol}·{w.name}",
            rf"{name.latex} = {wt} \cdot {upstream.latex}",
            f"{name.text} = {w.name}·{upstream.symbol}",
        )

    recorder.gradient(
        source,
        f"Gradient of {x.text}, the inputs of {recorder.where(layer)}",
        Product.MATRIX,
        layer,
        formula,
        (upstream, w),
        upstream.values @ w.values,
        products.matrix_product,
        by=layer,
        note="Each input gathers the gradients of all units that it feeds, by their weights.",
    )


def _record_dropout(recorder: Recorder, layer: int, source: str) -> str:
    result, mask_key = f"z.{layer}", f"m.{layer}"
    d, m, x = DROPPED.of_layer(layer), MASK.of_layer(layer), recorder.names[source]
    masks = recorder.situation.masks
    drawn = masks[layer] if masks else None
    mask = np.ones_like(recorder.graph[source]) if drawn is None else drawn
    recorder.give(mask_key, m, mask, Axis.SAMPLE)
    recorder.compute(
        result,
        d,
        f"Dropout of {recorder.where(layer)}",
        Product.HADAMARD,
        layer,
        Formula(rf"{d.latex} = {x.latex} \odot {m.latex}", f"{d.text} = {x.text} ⊙ {m.text}"),
        (source, mask_key),
        np.multiply,
        products.hadamard,
        note="The mask is drawn anew for every step: 0 silences, the rest makes up for it.",
    )
    recorder.on_the_way_back(lambda: _dropout_back(recorder, layer, source, result))
    return result


def _dropout_back(recorder: Recorder, layer: int, source: str, result: str) -> None:
    if not recorder.needs_gradient(source):
        return
    upstream = recorder.upstream(result, layer)
    mask = recorder.matrix(f"m.{layer}", Role.LOCAL)
    recorder.gradient(
        source,
        f"Dropout of {recorder.where(layer)}, backwards",
        Product.ROUTED,
        layer,
        lambda name: Formula(
            rf"{name.latex} = {upstream.latex} \odot {mask.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {mask.symbol}",
        ),
        (upstream, mask),
        upstream.values * mask.values,
        products.hadamard,
        by=layer,
        note="What was silenced gets no gradient: the mask routes it past.",
    )


def _record_skip(recorder: Recorder, layer: int, key: str) -> str:
    shape = recorder.shape(layer)
    assert shape.source is not None
    source, result = recorder.outputs[shape.source], f"z.{layer}"
    x, s, z = recorder.names[key], recorder.names[source], PRE_ACTIVATION.of_layer(layer)
    shortcut = source
    if shape.rows:
        shortcut = f"q.{layer}"
        p, q = PROJECTION.of_layer(layer), SHORTCUT.of_layer(layer)
        indices = recorder.indices.matrices[layer]
        recorder.parameter(
            f"W.{layer}", p, "projection", layer, indices, Axis.INPUT, is_penalised=True
        )
        recorder.compute(
            shortcut,
            q,
            f"Projected shortcut of {recorder.where(layer)}",
            Product.MATRIX,
            layer,
            Formula(
                f"{q.latex} = {s.latex} {p.latex}",
                f"{q.text} = {s.text}·{p.text}",
                f"{q.latex} = {p.latex} {s.latex}",
                f"{q.text} = {p.text}·{s.text}",
            ),
            (source, f"W.{layer}"),
            np.matmul,
            products.matrix_product,
            note="The widths differ, so that the earlier values go through a learned matrix.",
        )
    added = recorder.names[shortcut]
    recorder.compute(
        result,
        z,
        f"Sum of {recorder.where(layer)}",
        Product.SUM,
        layer,
        Formula(f"{z.latex} = {x.latex} + {added.latex}", f"{z.text} = {x.text} + {added.text}"),
        (key, shortcut),
        np.add,
        products.total,
        note=f"{s.text} takes a short way, past the layers between.",
    )
    recorder.on_the_way_back(lambda: _skip_back(recorder, layer, key, source, shortcut))
    return result


def _skip_back(recorder: Recorder, layer: int, key: str, source: str, shortcut: str) -> None:
    upstream = recorder.upstream(f"z.{layer}", layer)
    for target in (key, shortcut):
        if not recorder.needs_gradient(target):
            continue
        value = recorder.names[target].text
        recorder.gradient(
            target,
            f"Sum of {recorder.where(layer)}, backwards: to {value}",
            Product.ROUTED,
            layer,
            lambda name: Formula(
                f"{name.latex} = {upstream.latex}", f"{name.text} = {upstream.symbol}"
            ),
            (upstream,),
            upstream.values,
            products.total,
            by=layer,
            note="A sum hands its gradient on to each of its parts, unchanged.",
        )
    if shortcut == source:
        return
    arriving = recorder.upstream(shortcut, layer)
    _weight_gradient(recorder, f"W.{layer}", source, arriving, layer)
    if recorder.needs_gradient(source):
        _input_gradient(recorder, f"W.{layer}", source, arriving, layer)


RECORDERS: dict[type[Layer], Callable[[Recorder, int, str], str]] = {
    Dense: _record_dense,
    BatchNorm: record_batch_norm,
    LayerNorm: record_layer_norm,
    Dropout: _record_dropout,
    Skip: _record_skip,
}
"""How each kind of layer is taken apart."""
