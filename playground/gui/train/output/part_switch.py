"""The heading of the output panel, which is a switch: pictures of the output, or the samples."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from playground.gui.icons import icon
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import text_font

__all__ = ["PICTURE", "TABLE", "PartSwitch"]

PICTURE, TABLE = "picture", "table"
"""Names of the parts. The second is a name in the settings, too."""
_PARTS = (
    (
        PICTURE,
        "Output",
        "What the network says about every point of the plane, or about every image. Move "
        "over the surface to probe it; a click pins the probe, Escape removes it.",
    ),
    (
        TABLE,
        "Samples",
        "Every sample as a row: its inputs, its target, what the network says, and the loss. Sort "
        "by loss to see what is hardest; Enter steps through a row in the inspector.",
    ),
)
_LOOK = """
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 1px 0; }
QToolButton:hover { background: transparent; }
QToolButton:checked { background: transparent; border-color: transparent;
    color: palette(window-text); }
QToolButton:!checked { color: palette(placeholder-text); }
QToolButton:focus { border-color: palette(highlight); }
"""


class PartSwitch(QWidget):
    """Two headings side by side, of which one is on.

    Signals
    -------
    chosen(str)
        Another part was chosen, by name.
    window_wanted()
        The table should be shown in a window of its own.
    """

    chosen = Signal(str)
    window_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part = PICTURE
        self._buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for name, title, text in _PARTS:
            button = _Heading(self)
            button.setText(title)
            button.setCheckable(True)
            button.setStyleSheet(_LOOK)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setAccessibleName(f"Show {title.lower()}")
            set_tip(button, title, text)
            # Qt leaves room for a space at both sides, which would part the words from the margin.
            width = QFontMetrics(text_font(bold=True)).horizontalAdvance(title)
            button.setFixedWidth(width + 3)
            button.clicked.connect(lambda _=False, name=name: self.choose(name))
            group.addButton(button)
            self._buttons[name] = button
            row.addWidget(button)
        self._widen = QToolButton()
        self._widen.setIcon(icon("expand", "text_muted"))
        self._widen.setIconSize(QSize(14, 14))
        self._widen.setFixedSize(22, 22)
        self._widen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._widen.clicked.connect(self.window_wanted)
        set_tip(
            self._widen,
            "Open in a window",
            "The same table with room for all of its columns.",
            shortcut="Ctrl+T",
        )
        self._widen.hide()
        row.addStretch(1)
        row.addWidget(self._widen)
        self._show()

    @property
    def part(self) -> str:
        """What is shown: ``picture`` or ``table``."""
        return self._part

    def choose(self, part: str) -> None:
        """Show a part by name."""
        is_other, self._part = part != self._part, part
        self._show()
        if is_other:
            self.chosen.emit(part)

    def step(self) -> None:
        """Show the other part, with the keyboard on its heading."""
        other = PICTURE if self._part == TABLE else TABLE
        self._buttons[other].setFocus(Qt.FocusReason.TabFocusReason)
        self.choose(other)

    def _show(self) -> None:
        for name, button in self._buttons.items():
            button.setChecked(name == self._part)
            button.setFont(text_font(bold=name == self._part))
        self._widen.setVisible(self._part == TABLE)


class _Heading(QToolButton):
    """One of the headings; arrow keys lead to the other."""

    def __init__(self, switch: PartSwitch) -> None:
        super().__init__()
        self._switch = switch

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the other heading."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            self._switch.step()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
