"""Everything about one layer, in a panel that opens below its card."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.engine.layers import AnyLayer, Output
from playground.gui.icons import icon
from playground.gui.parameter_form import ParameterForm
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import text_font, theme

_WIDTH = 252


class LayerMenu(QFrame):
    """A panel with a form of all fields of a layer, and what can be done with the layer.

    Signals
    -------
    edited(str, object)
        Dotted path below the layer, and the new value.
    command(str)
        ``move_left``, ``move_right``, ``duplicate`` or ``remove``.
    """

    edited = Signal(str, object)
    command = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("layer_menu")
        self.setFixedWidth(_WIDTH)
        self._title = QLabel()
        self._title.setFont(text_font(13, bold=True))
        self._kind: type[msgspec.Struct] | None = None
        self._form: ParameterForm | None = None
        self.buttons: dict[str, QToolButton] = {}
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(9)
        column.addLayout(head)
        self._head, self._column = head, column

    @property
    def form(self) -> ParameterForm:
        """The form of the layer that is shown."""
        assert self._form is not None
        return self._form

    def add_commands(self) -> None:
        """Offer what can be done with a hidden layer."""
        for name, drawing, title, keys in (
            ("move_left", "arrow-left", "Move left", "Alt+←"),
            ("move_right", "arrow-right", "Move right", "Alt+→"),
            ("duplicate", "copy", "Duplicate", "Ctrl+D"),
            ("remove", "trash", "Remove", "Del"),
        ):
            button = QToolButton()
            button.setIcon(icon(drawing))
            button.setIconSize(QSize(16, 16))
            set_tip(button, f"{title} this layer", shortcut=keys)
            button.clicked.connect(lambda _=False, name=name: self._on_command(name))
            self._head.addWidget(button)
            self.buttons[name] = button

    def show_layer(
        self, title: str, layer: AnyLayer | Output, place: int = 0, count: int = 1
    ) -> None:
        """Show a layer at a place among some hidden layers; emits nothing."""
        self._title.setText(title)
        self.setAccessibleName(f"Settings: {title}")
        self._make_form(type(layer))
        self.form.show_value(layer)
        if self.buttons:
            self.buttons["move_left"].setEnabled(place > 0)
            self.buttons["move_right"].setEnabled(place < count - 1)
        if self.isVisible():
            self.adjustSize()

    def _make_form(self, kind: type[msgspec.Struct]) -> None:
        if kind is self._kind:
            return
        self._kind = kind
        if self._form is not None:
            self._column.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
        self._form = ParameterForm(kind)
        self._form.edited.connect(self.edited)
        self._column.addWidget(self._form)

    def open_below(self, widget: QWidget) -> None:
        """Open below a card, within the screen, with the keyboard in the form."""
        self.adjustSize()
        card = QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
        room = widget.screen().availableGeometry()
        x = min(max(card.left(), room.left() + 4), room.right() - self.width() - 4)
        y = card.bottom() + 4
        if y + self.height() > room.bottom():
            y = max(room.top() + 4, room.bottom() - self.height() - 4)
        self.move(x, y)
        self.show()
        self.form.focus_first()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and outline, which the style sheet does not give to a window."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("surface_raised"))
        painter.setPen(QPen(theme().color("border"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _on_command(self, name: str) -> None:
        # Moving keeps the panel open: one may want to go on.
        if name in ("remove", "duplicate"):
            self.close()
        self.command.emit(name)
