"""The operations of each kind of layer, forwards and backwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.engine.activations import Activation, Identity
from playground.engine.network import Parameters
from playground.inspection import products
from playground.inspection.names import (
    ACTIVATION,
    BIASES,
    LOSS,
    PRE_ACTIVATION,
    PREDICTION,
    WEIGHTS,
    Name,
    derivative,
    function_name,
    transposed,
)
from playground.inspection.operation import Axis, Formula, Matrix, Product, Role
from playground.inspection.recorder import Recorder, Slip

Floats = NDArray[np.float64]


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
    shape = recorder.situation.architecture.layers[layer]
    key = _record_dense(recorder, layer, key)
    if isinstance(shape.activation, Identity):
        return key
    return _record_activation(recorder, layer, key, shape.activation)


def is_last(recorder: Recorder, layer: int) -> bool:
    """Return whether it is the output layer."""
    return layer == len(recorder.situation.architecture.layers) - 1


def value_name(recorder: Recorder, layer: int) -> Name:
    """Return the name of the weighted sum: ŷ, if nothing is done to it after."""
    architecture = recorder.situation.architecture
    head = architecture.head
    if is_last(recorder, layer) and isinstance(architecture.layers[layer].activation, Identity):
        if not head.loss.fuses(head.output_count):
            return PREDICTION
    return PRE_ACTIVATION.of_layer(layer)


def places_of(recorder: Recorder) -> Parameters:
    """Return the place of every parameter in the flat vector, in the layout of the parameters."""
    vector = recorder.situation.parameters.vector
    return Parameters(recorder.situation.architecture.layers, np.arange(len(vector)))


def _record_dense(recorder: Recorder, layer: int, source: str) -> str:
    places = places_of(recorder)
    weights, biases, result = f"W.{layer}", f"b.{layer}", f"z.{layer}"
    w, b = WEIGHTS.of_layer(layer), BIASES.of_layer(layer)
    z, x = value_name(recorder, layer), recorder.names[source]
    recorder.parameter(
        weights, w, "weights", layer, places.weights(layer), Axis.INPUT, is_penalised=True
    )
    recorder.parameter(biases, b, "biases", layer, places.biases(layer))
    where = recorder.where(layer)
    recorder.compute(
        result,
        z,
        f"Weighted sums of {where}",
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
    weights, biases = f"W.{layer}", f"b.{layer}"
    weight_gradient(recorder, weights, source, upstream, layer)
    b, where = recorder.names[biases], recorder.where(layer)
    name = derivative(LOSS, b)
    recorder.gradient(
        biases,
        f"Gradient of the biases of {where}",
        Product.ROW_SUM,
        layer,
        Formula(
            rf"{name.latex} = \sum_s {upstream.latex}_{{s}}",
            f"{name.text} = Σₛ {upstream.symbol}",
        ),
        (upstream,),
        upstream.values.sum(0, keepdims=True),
        products.row_sum,
        note="A bias adds to every sample alike, so that the gradients of all samples are added.",
    )
    if source != "x":
        input_gradient(recorder, weights, source, upstream, layer)


def weight_gradient(
    recorder: Recorder, weights: str, source: str, upstream: Matrix, layer: int
) -> None:
    """Write down ∂L/∂W = xᵀ δ."""
    x, where = recorder.matrix(source, Role.LOCAL, is_transposed=True), recorder.where(layer)
    name = derivative(LOSS, recorder.names[weights])
    xt = transposed(x.latex)
    recorder.gradient(
        weights,
        f"Gradient of the {recorder.places[weights].words} of {where}",
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


def input_gradient(
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
        by=upstream.symbol.rpartition("∂")[2],
        note="Each input gathers the gradients of all units that it feeds, by their weights.",
    )


def _record_activation(recorder: Recorder, layer: int, source: str, activation: Activation) -> str:
    result = f"a.{layer}"
    z = recorder.names[source]
    a = (
        PREDICTION
        if is_last(recorder, layer) and not _fuses(recorder)
        else ACTIVATION.of_layer(layer)
    )
    f = function_name(type(activation).title)
    recorder.compute(
        result,
        a,
        f"Activation of {recorder.where(layer)}: {f.text}",
        Product.ELEMENTWISE,
        layer,
        Formula(rf"{a.latex} = {f.latex}\left({z.latex}\right)", f"{a.text} = {f.text}({z.text})"),
        (source,),
        activation.value,
        lambda result, z: products.element_wise(result, f"{f.text}({{}})", z),
        sides=lambda z: tuple(np.sign(z - kink) for kink in activation.kinks),
    )
    recorder.on_the_way_back(lambda: _activation_back(recorder, layer, source, result, activation))
    return result


def _fuses(recorder: Recorder) -> bool:
    head = recorder.situation.architecture.head
    return bool(head.loss.fuses(head.output_count))


def _activation_back(
    recorder: Recorder, layer: int, source: str, result: str, activation: Activation
) -> None:
    upstream = recorder.upstream(result, layer)
    z, f = recorder.names[source], function_name(type(activation).title)
    values = activation.derivative(recorder.graph[source])
    if recorder.slips(Slip.DERIVATIVE_OF_OUTPUT):
        values = activation.derivative(recorder.graph[result])
    if recorder.slips(Slip.NO_DERIVATIVE):
        values = np.ones_like(values)
    prime = Name(f"{f.text}′({z.text})", rf"{f.latex}'\left({z.latex}\right)")
    name = derivative(LOSS, z)
    note = "Each unit passes its gradient on, scaled by its own slope."
    if activation.surrogate_gradient:
        note = "The true slope is 0 nearly everywhere; a stand-in lets training go on."
    recorder.gradient(
        source,
        f"Activation of {recorder.where(layer)}: {f.text}",
        Product.HADAMARD,
        layer,
        Formula(
            rf"{name.latex} = {upstream.latex} \odot {prime.latex}",
            f"{name.text} = {upstream.symbol} ⊙ {prime.text}",
        ),
        (upstream, recorder.local(prime, values)),
        upstream.values * values,
        products.hadamard,
        kept=(recorder.matrix(source, Role.KEPT), recorder.matrix(result, Role.KEPT)),
        note=note,
    )
