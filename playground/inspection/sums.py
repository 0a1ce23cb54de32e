"""Gradients of what acts on all samples alike: a bias, a scale, a shift, a slope."""

from __future__ import annotations

from playground.inspection import products
from playground.inspection.matrix import Matrix
from playground.inspection.names import LOSS, derivative
from playground.inspection.operation import Formula, Product
from playground.inspection.recorder import Recorder


def sum_over_samples(
    recorder: Recorder, key: str, layer: int, factors: tuple[Matrix, ...], note: str
) -> None:
    """Write down the gradient of what acts on all samples alike: a bias, a scale, a slope."""
    name, words = derivative(LOSS, recorder.names[key]), recorder.places[key].words
    values = factors[0].values
    for factor in factors[1:]:
        values = values * factor.values
    inner = r" \odot ".join(factor.latex for factor in factors)
    recorder.gradient(
        key,
        f"Gradient of the {words} of {recorder.where(layer)}",
        Product.ROW_SUM,
        layer,
        Formula(
            rf"{name.latex} = \sum_s {inner}",
            f"{name.text} = Σₛ {' ⊙ '.join(factor.symbol for factor in factors)}",
        ),
        factors,
        values.sum(0, keepdims=True),
        products.row_sum,
        note=note,
    )
