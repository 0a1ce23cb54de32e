"""The curves of a training: what is drawn of the record of a run."""

from __future__ import annotations

from typing import Protocol

from playground.gui.plots.series import Floats, Series

__all__ = ["HistoryArrays", "gradient_norms", "losses", "update_ratios"]


class HistoryArrays(Protocol):
    """What the plots need of the record of a run; n records, in order.

    Attributes
    ----------
    epoch : (n,)
        Passes over the training data, with fractions, ascending.
    train_loss, validation_loss, test_loss : (n,)
        NaN where there is no value.
    gradient_norm, update_ratio : (n, layers)
        NaN where there is no value.
    layer_names
        One per layer.
    """

    @property
    def epoch(self) -> Floats: ...
    @property
    def train_loss(self) -> Floats: ...
    @property
    def validation_loss(self) -> Floats: ...
    @property
    def test_loss(self) -> Floats: ...
    @property
    def gradient_norm(self) -> Floats: ...
    @property
    def update_ratio(self) -> Floats: ...
    @property
    def layer_names(self) -> tuple[str, ...]: ...


def _per_layer(history: HistoryArrays, values: Floats) -> list[Series]:
    """Return one series per layer, in the layers' colours."""
    return [
        Series(name, f"layer:{index}", history.epoch, values[:, index])
        for index, name in enumerate(history.layer_names)
    ]


def losses(history: HistoryArrays) -> list[Series]:
    return [
        Series("test", "curve_test", history.epoch, history.test_loss),
        Series("validation", "curve_validation", history.epoch, history.validation_loss),
        Series("train", "curve_train", history.epoch, history.train_loss),
    ]


def gradient_norms(history: HistoryArrays) -> list[Series]:
    return _per_layer(history, history.gradient_norm)


def update_ratios(history: HistoryArrays) -> list[Series]:
    return _per_layer(history, history.update_ratio)
