"""What all cards above the columns have in common, and the cards of input and output."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.engine.activations import Activation
from playground.engine.layers import Dense, Output
from playground.gui.editors.base import TagCombo
from playground.gui.icons import icon
from playground.gui.teaching_tip import Tip, option_tip, set_option_tip, set_tip
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.network.geometry import CARD_WIDTH
from playground.schema.describe import field_of, tag_of, title_of
from playground.schema.parameter import Option

CARD_HEIGHT = 68
BUTTON_SIZE = 26
AUTOMATIC = "automatic"

FLAT_COMBO = """
QComboBox { background: transparent; border: 1px solid transparent; border-radius: 5px;
    padding: 0px 16px 0px 3px; min-height: 17px; }
QComboBox:hover { border-color: palette(mid); }
QComboBox:focus, QComboBox:on { border-color: palette(highlight); }
QComboBox::drop-down { width: 16px; }
"""
_FLAT_BUTTON = """
QToolButton { padding: 0px; border: 1px solid transparent; border-radius: 5px; }
QToolButton:hover { background: palette(light); }
QToolButton:focus { border-color: palette(highlight); }
"""


class Card(QFrame):
    """A rounded card of fixed size with up to three lines.

    Attributes
    ----------
    lines
        Where a subclass puts its rows.
    """

    ground = "surface"
    """Role of the colour of the card."""

    def __init__(self, parent: QWidget | None = None, width: int = CARD_WIDTH) -> None:
        super().__init__(parent)
        self.setFixedSize(width, CARD_HEIGHT)
        self.lines = QVBoxLayout(self)
        self.lines.setContentsMargins(9, 6, 6, 6)
        self.lines.setSpacing(1)
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, and a ring while the card has the focus."""
        colors = theme().current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge = colors.accent if focused else colors.border
        width = 2.0 if focused else 1.0
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(colors.role(self.ground)))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 8, 8)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()


class SmallText(QLabel):
    """A muted line that is shortened where it does not fit; its tooltip then tells all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(text_font(11))
        self.setProperty("role", "caption")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(10)
        self._whole = ""

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text == self._whole:
            return
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    @property
    def whole_text(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width(), 10)
        fitted = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        if fitted != self.text():
            self.setText(fitted)
        self.setToolTip(self._whole if fitted != self._whole else "")


def heading(text: str) -> QLabel:
    """Return the name of a card."""
    label = QLabel(text)
    label.setFont(text_font(13))
    label.setMinimumHeight(20)
    return label


def count_label() -> QLabel:
    """Return a bold number behind the name of a card."""
    label = QLabel()
    label.setFont(monospace_font(13, bold=True))
    return label


def flat_button(name: str, size: int = 20, role: str = "text_muted") -> QToolButton:
    """Return a small button without an outline."""
    button = QToolButton()
    button.setIcon(icon(name, role))
    button.setIconSize(QSize(14, 14))
    button.setFixedSize(size, size)
    button.setStyleSheet(_FLAT_BUTTON)
    return button


class ActivationCombo(TagCombo):
    """Chooses an activation, in the order of the registry."""

    def __init__(self, is_optional: bool = False) -> None:
        super().__init__()
        declared = field_of(Output if is_optional else Dense, "activation")
        if is_optional:
            self.add(AUTOMATIC, "Automatic", Tip("Automatic", declared.shown.help))
        for option in declared.options:
            assert issubclass(option, Option)
            self.add(tag_of(option), title_of(option), option_tip(option))
        self.setMinimumContentsLength(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(text_font(12))
        self.setStyleSheet(FLAT_COMBO)

    def show_activation(
        self, activation: Activation | None, automatic: Activation | None = None
    ) -> None:
        """Show an activation, or that it is chosen by itself and which one that is."""
        if automatic is not None:
            text = f"{title_of(type(automatic))} (auto)"
            if self.itemText(0) != text:
                self.setItemText(0, text)
        key = AUTOMATIC if activation is None else tag_of(activation)
        if self.key() != key or self.currentIndex() != self.keys().index(key):
            self.select(key)
        shown = activation if activation is not None else automatic
        assert shown is not None  # a card without an activation does not show one
        set_option_tip(self, shown)


class InputCard(Card):
    """Says what goes into the network."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = SmallText()
        self._names = SmallText()
        self.lines.addWidget(heading("Input"))
        self._about.setFont(text_font(12))
        self._about.setMinimumHeight(19)
        self.lines.addWidget(self._about)
        self.lines.addWidget(self._names)
        self.setAccessibleName("Input")

    def show_inputs(self, names: tuple[str, ...], image_shape: tuple[int, int] | None) -> None:
        """Show the number of features, or the size of the images."""
        count = len(names)
        if image_shape is not None:
            about, listed = f"{image_shape[0]} × {image_shape[1]} pixels", f"{count} values"
            text = "Every pixel of the image is one input, from 0 (paper) to 1 (ink)."
        else:
            about = f"{count} feature" if count == 1 else f"{count} features"
            listed = ", ".join(names)
            text = "What the network is given of each point. Choose features in the data panel."
        self._about.show_text(about)
        self._names.show_text(listed)
        set_tip(self, "Input", f"{text} Now: {about}." if image_shape else f"{text} Now: {listed}.")


class OutputCard(Card):
    """The output layer: its width follows the task, its activation may be chosen.

    Signals
    -------
    activation_chosen(object)
        A tag, or ``None`` for automatic.
    menu_requested()
        The button for all settings was pressed.
    thawed()
        The layer was frozen, and is to learn again.
    """

    activation_chosen = Signal(object)
    menu_requested = Signal()
    thawed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Output layer")
        self._count = count_label()
        self.activation = ActivationCombo(is_optional=True)
        self.activation.setAccessibleName("Activation of the output layer")
        self.activation.chosen.connect(self._on_chosen)
        self.menu = flat_button("more")
        set_tip(self.menu, "Output layer", "Initial weights and bias, own regularization, freeze.")
        self.snowflake = flat_button("snowflake", 16, "accent")
        self.snowflake.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_tip(self.snowflake, "Frozen", "A click lets the output layer learn again.")
        self.snowflake.clicked.connect(self.thawed)
        self.menu.clicked.connect(self.menu_requested)
        self._loss = SmallText()
        top = QHBoxLayout()
        top.setSpacing(5)
        top.addWidget(heading("Output"))
        top.addWidget(self._count)
        top.addStretch(1)
        top.addWidget(self.menu)
        self.lines.addLayout(top)
        self.activation.setContentsMargins(0, 0, 0, 0)
        self.lines.addWidget(self.activation)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self._loss, 1)
        below.addWidget(self.snowflake)
        self.lines.addLayout(below)

    def show_output(
        self, output: Output, units: int, automatic: Activation, loss_title: str
    ) -> None:
        """Show an output layer.

        Parameters
        ----------
        units
            Its width, which follows the task.
        automatic
            The activation that is used unless another is chosen.
        """
        if self._count.text() != str(units):
            self._count.setText(str(units))
        self.activation.show_activation(output.activation, automatic)
        self._loss.show_text(loss_title)
        self.snowflake.setVisible(output.frozen)
        set_tip(
            self,
            "Output layer",
            f"{units} {'unit' if units == 1 else 'units'}: the task and the loss decide how many. "
            f"Trained with {loss_title}.",
        )

    def _on_chosen(self, key: Any) -> None:
        self.activation_chosen.emit(None if key == AUTOMATIC else key)


class InsertButton(QAbstractButton):
    """The round button between two cards that inserts a layer there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(BUTTON_SIZE, BUTTON_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def show_place(self, name: str, enabled: bool, why: str) -> None:
        """Say where the layer would go."""
        self.setEnabled(enabled)
        set_tip(self, "Insert a layer", f"{name} {why}".strip(), shortcut="Space")
        self.setAccessibleName(f"Insert a layer {name[:1].lower()}{name[1:]}".rstrip("."))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Fade back."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a dashed ring that fills under the pointer."""
        colors = theme().current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.isEnabled() and (self.underMouse() or self.hasFocus() or self.isDown())
        ink = QColor(colors.accent if active else colors.text_muted)
        if not self.isEnabled():
            ink = QColor(colors.text_disabled)
        ring = QPen(ink if active else QColor(colors.border), 2 if self.hasFocus() else 1.2)
        if not active:
            ring.setStyle(Qt.PenStyle.CustomDashLine)
            ring.setDashPattern([2.2, 2.2])
        painter.setPen(ring)
        filled = colors.accent_soft if active else colors.background
        painter.setBrush(QColor(filled))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.setPen(QPen(ink, 1.5))
        middle, arm = self.width() / 2, 4.0
        painter.drawLine(QPointF(middle - arm, middle), QPointF(middle + arm, middle))
        painter.drawLine(QPointF(middle, middle - arm), QPointF(middle, middle + arm))
        painter.end()
