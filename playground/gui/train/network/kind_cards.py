"""The cards of norms, dropout and skip connections."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtWidgets import QLabel, QWidget

from playground.engine.layers import (
    AnyLayer,
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    Skip,
)
from playground.gui.icons import icon
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import text_font, theme
from playground.gui.train.network.cards import ActivationCombo, SmallText, heading
from playground.gui.train.network.layer_card import (
    DenseCard,
    LayerCard,
    NumberBox,
    line_of,
    stepping_buttons,
)
from playground.gui.train.network.naming import Names
from playground.gui.train.network.plans import card_width_of
from playground.gui.train.slider_row import DirectSlider
from playground.resources import MissingResource, resource
from playground.schema.describe import field_of, tag_of

__all__ = ["DropoutCard", "NormCard", "SkipCard", "card_for", "kind_icon_name"]

_NOTES = {BatchNorm: "γ, β · over the batch", LayerNorm: "γ, β · over the units"}


def kind_icon_name(kind: type[Layer]) -> str:
    """Return the name of the drawing of a kind of layer; that of a dense one if it has none."""
    name = f"layer-{tag_of(kind)}"
    try:
        resource(f"icons/{name}.svg")
    except MissingResource:
        return "layer-dense"
    return name


class KindCard(LayerCard):
    """A card with a drawing that tells its kind, on a ground of its own."""

    ground = "background"

    def __init__(self, kind: type[Layer], parent: QWidget | None = None) -> None:
        super().__init__(kind, card_width_of(kind()), parent)
        self._sign = QLabel()
        self._sign.setFixedWidth(18)
        theme().changed.connect(self._draw_sign)
        self._draw_sign()
        self.lines.setContentsMargins(8, 6, 6, 6)

    def _draw_sign(self) -> None:
        drawing = icon(kind_icon_name(self.kind), "accent")
        self._sign.setPixmap(drawing.pixmap(QSize(15, 15), self.devicePixelRatioF()))


class NormCard(KindCard):
    """The activation behind a norm, and over what it measures."""

    def __init__(self, kind: type[Layer], parent: QWidget | None = None) -> None:
        super().__init__(kind, parent)
        self.activation = ActivationCombo()
        self.activation.chosen.connect(partial(self.edited.emit, "activation.kind"))
        self._about = SmallText()
        self._about.show_text(_NOTES.get(kind, ""))
        self.stops += [self.activation, self.menu]
        self.lines.addLayout(line_of(self._sign, heading(kind.title)))
        self.lines.addLayout(line_of(self.activation, self.menu, stretched=self.activation))
        self.lines.addLayout(line_of(self._about, self.snowflake, stretched=self._about))

    def show_layer(self, layer: AnyLayer, place: int, names: Names) -> None:
        """Show a norm."""
        super().show_layer(layer, place, names)
        self.activation.show_activation(layer.activation)

    def _show_name(self, name: str) -> None:
        super()._show_name(name)
        self.activation.setAccessibleName(f"Activation of {name[:1].lower()}{name[1:]}")


class DropoutCard(KindCard):
    """The rate of a dropout, typed or slid; a running training goes on with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Dropout, parent)
        field = field_of(Dropout, "rate")
        self._step, self._most = field.shown.step or 0.05, field.le or 1.0
        self.rate = NumberBox(Dropout, "rate", 5)
        self.rate.input.committed.connect(partial(self.edited.emit, "rate"))
        self.slider = DirectSlider()
        self.slider.setRange(0, round(self._most / self._step))
        self.slider.setPageStep(2)
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.setFixedHeight(18)
        self.stops += [self.rate, self.menu, self.slider]
        head = heading(Dropout.title)
        head.setFont(text_font(12))
        self.lines.addLayout(line_of(self._sign, head))
        middle = line_of(self.rate)
        middle.addStretch(1)
        middle.addWidget(self.menu)
        self.lines.addLayout(middle)
        self.lines.addWidget(self.slider)

    def show_layer(self, layer: AnyLayer, place: int, names: Names) -> None:
        """Show a dropout."""
        super().show_layer(layer, place, names)
        assert isinstance(layer, Dropout)
        self.rate.input.show_value(layer.rate)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(layer.rate / self._step))

    def step(self, step: int) -> None:
        """Change the rate by a step."""
        self.slider.setValue(self.slider.value() + step)

    def _show_name(self, name: str) -> None:
        super()._show_name(name)
        help_text = field_of(Dropout, "rate").shown.help
        for widget in (self.rate, self.slider):
            widget.setAccessibleName(f"Rate of {name[:1].lower()}{name[1:]}")
            set_tip(widget, "Rate", f"{help_text} Training goes on with it.")

    def _more_keys(self) -> str:
        return "+ and − change its rate."

    def _on_slid(self, position: int) -> None:
        self.edited.emit("rate", round(min(position * self._step, self._most), 10))


class SkipCard(KindCard):
    """How many layers a skip connection bridges, and what it adds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Skip, parent)
        self.reach = NumberBox(Skip, "reach", 2)
        self.reach.input.committed.connect(partial(self.edited.emit, "reach"))
        self.fewer, self.more = stepping_buttons(self)
        self.activation = ActivationCombo()
        self.activation.chosen.connect(partial(self.edited.emit, "activation.kind"))
        self._about = SmallText()
        self.stops += [self.reach, self.activation, self.menu]
        head = heading("Skip")
        top = line_of(self._sign, head, self.reach)
        top.addStretch(1)
        top.addWidget(self.fewer)
        top.addWidget(self.more)
        self.lines.addLayout(top)
        self.lines.addLayout(line_of(self.activation, self.menu, stretched=self.activation))
        self.lines.addLayout(line_of(self._about, self.snowflake, stretched=self._about))

    def show_layer(self, layer: AnyLayer, place: int, names: Names) -> None:
        """Show a skip connection."""
        super().show_layer(layer, place, names)
        assert isinstance(layer, Skip)
        self.reach.input.show_value(layer.reach)
        self.fewer.setEnabled(layer.reach > 1)
        self.more.setEnabled(layer.reach < place)
        self.activation.show_activation(layer.activation)
        self._about.show_text(f"+ {names.skip(place).removeprefix('output of ')}")

    def step(self, step: int) -> None:
        """Bridge one layer more or less, as far as there are layers."""
        reach = min(self.place, max(1, self.layer.reach + step))
        if reach != self.layer.reach:
            self.edited.emit("reach", reach)

    def _show_name(self, name: str) -> None:
        super()._show_name(name)
        lower = name[:1].lower() + name[1:]
        self.reach.setAccessibleName(f"Layers bridged by {lower}")
        set_tip(
            self.reach,
            "Layers bridged",
            f"{field_of(Skip, 'reach').shown.help} The arc on the canvas can be dragged, too.",
        )
        self.activation.setAccessibleName(f"Activation of {lower}")
        for button, text in ((self.fewer, "Bridge one less"), (self.more, "Bridge one more")):
            button.setAccessibleName(f"{text} with {lower}")
            set_tip(button, text, shortcut="−" if button is self.fewer else "+")

    def _more_keys(self) -> str:
        return "+ and − change how many layers it bridges, F freezes it."


def card_for(layer: Layer, parent: QWidget) -> LayerCard:
    """Return a new card for a kind of layer."""
    if isinstance(layer, Dense):
        return DenseCard(parent)
    if isinstance(layer, Dropout):
        return DropoutCard(parent)
    return SkipCard(parent) if isinstance(layer, Skip) else NormCard(type(layer), parent)
