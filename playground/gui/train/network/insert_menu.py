"""The panel that opens at a plus: which kind of layer to put in there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from playground.engine.layers import AnyLayer
from playground.gui.editors.card import CardWindow
from playground.gui.formula import FormulaLabel
from playground.gui.icons import icon
from playground.gui.teaching_tip import set_option_tip
from playground.gui.theme import monospace_font, text_font, theme
from playground.gui.train.network.kind_cards import kind_icon_name
from playground.schema.describe import summary_of, title_of

__all__ = ["InsertMenu", "letters_of"]

KINDS: tuple[type[AnyLayer], ...] = get_args(AnyLayer)
_WIDTH = 388
_ROW_HEIGHT = 60
_FORMULA_HEIGHT = 80


def letters_of(titles: Sequence[str]) -> list[str]:
    """Return a letter for each title, the first in it that no earlier one has."""
    taken: list[str] = []
    for title in titles:
        free = (letter for letter in title.upper() if letter.isalpha() and letter not in taken)
        taken.append(next(free, ""))
    return taken


class KindRow(QAbstractButton):
    """One kind of layer: drawing, name, a sentence, and the key that chooses it."""

    def __init__(self, kind: type[AnyLayer], letter: str) -> None:
        super().__init__()
        self.kind, self.letter = kind, letter
        self._reason = ""
        self._icon = icon(kind_icon_name(kind), "accent")
        self.setFixedHeight(_ROW_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title_of(kind))
        set_option_tip(self, kind)

    def show_reason(self, reason: str) -> None:
        """Say why it cannot be chosen, or that it can ("")."""
        self._reason = reason
        self.setEnabled(not reason)
        self.setAccessibleDescription(reason or summary_of(self.kind))
        self.update()

    @property
    def text_shown(self) -> str:
        """The sentence below the name."""
        return self._reason or summary_of(self.kind)

    def sizeHint(self) -> QSize:
        """Return the size of a row."""
        return QSize(_WIDTH - 16, _ROW_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row, lit up where it has the keyboard."""
        colors = theme().current
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent_soft))
            painter.drawRoundedRect(QRectF(self.rect()), 7, 7)
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        self._icon.paint(painter, QRect(10, (self.height() - 26) // 2, 26, 26))
        painter.setOpacity(1.0)
        left, right = 48, self.width() - 40
        painter.setPen(QColor(colors.text if self.isEnabled() else colors.text_disabled))
        painter.setFont(text_font(13, bold=True))
        upper = QRectF(left, 6, right - left, 19)
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, title_of(self.kind))
        painter.setFont(text_font(11))
        painter.setPen(QColor(colors.text_muted if self.isEnabled() else colors.warning))
        wrapped = Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(left, 25, self.width() - left - 10, 32), wrapped, self.text_shown)
        if self.letter:
            chip = QRectF(self.width() - 32, 7, 20, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.field))
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(QColor(colors.text_muted))
            painter.setFont(monospace_font(11))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self.letter)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Take the keyboard where the pointer is, so that one row is lit."""
        if event.type() == QEvent.Type.Enter and self.isEnabled():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().event(event)


class InsertMenu(CardWindow):
    """Offers every kind of layer, with the formula of the one that is lit.

    Signals
    -------
    chosen(int, object)
        The place where to insert, and the class of the layer.
    """

    chosen = Signal(int, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("insert_menu")
        self.setAccessibleName("Insert a layer")
        self.place_to_insert = 0
        self.rows: list[KindRow] = []
        self._formula = FormulaLabel(size=15, role="text_muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(1)
        letters = letters_of([title_of(kind) for kind in KINDS])
        for kind, letter in zip(KINDS, letters, strict=True):
            row = KindRow(kind, letter)
            row.clicked.connect(lambda _=False, kind=kind: self._choose(kind))
            row.installEventFilter(self)
            column.addWidget(row)
            self.rows.append(row)
        # As high as the tallest formula, so that nothing jumps.
        below = QWidget()
        below.setFixedHeight(_FORMULA_HEIGHT)
        middle = QVBoxLayout(below)
        middle.setContentsMargins(0, 6, 0, 0)
        middle.addWidget(self._formula, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(below)
        self.setFixedWidth(_WIDTH)

    def open_at(self, place: int, reasons: Sequence[str], area: QRect) -> None:
        """Open for a place in the network.

        Parameters
        ----------
        reasons
            For each kind why it cannot be put in there, or "".
        area
            Of the button, on the screen.
        """
        self.place_to_insert = place
        for row, reason in zip(self.rows, reasons, strict=True):
            row.show_reason(reason)
        self.adjustSize()
        self.place(area.translated(QPoint((area.width() - _WIDTH) // 2, 0)))
        self.show()
        first = next((row for row in self.rows if row.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Show the formula of the row that got the keyboard."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, KindRow):
            self._formula.set_formula(watched.kind.formula)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go up and down; a letter, Enter or Space chooses."""
        rows = [row for row in self.rows if row.isEnabled()]
        at = next((place for place, row in enumerate(rows) if row.hasFocus()), -1)
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up if rows:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                rows[(at + step) % len(rows)].setFocus(Qt.FocusReason.TabFocusReason)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if at >= 0:
                self._choose(rows[at].kind)
            case _:
                row = next((row for row in rows if row.letter == event.text().upper()), None)
                if row is not None and event.text():
                    self._choose(row.kind)
                else:
                    super().keyPressEvent(event)

    def _choose(self, kind: type[AnyLayer]) -> None:
        self.close()
        self.chosen.emit(self.place_to_insert, kind)
