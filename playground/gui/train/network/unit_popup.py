"""The card beside a unit or link that is pointed at: large picture, name and numbers."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.gui.formula import FormulaLabel
from playground.gui.theme import monospace_font, text_font, theme

PICTURE = 148
_GAP = 14


class Picture(QWidget):
    """A large picture of what a unit computes."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(PICTURE, PICTURE)
        self._image: QImage | None = None
        self._smooth = True

    def show_image(self, image: QImage | None, smooth: bool) -> None:
        """Show another image; weights as sharp squares, maps of the plane smoothly."""
        self._image, self._smooth = image, smooth
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the image with rounded corners."""
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setClipPath(path)
        painter.drawImage(QRectF(self.rect()), self._image)
        painter.end()


class UnitPopup(QFrame):
    """Tells about a unit or link. The pointer goes through it.

    Parameters
    ----------
    top
        Height of what the card should not cover, if there is room below.
    """

    def __init__(self, parent: QWidget, top: int = 0) -> None:
        super().__init__(parent)
        self._top = top
        self.setObjectName("unit_popup")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.picture = Picture()
        self.title = QLabel()
        self.title.setFont(text_font(13, bold=True))
        self.formula = FormulaLabel(size=14)
        self._rows: list[tuple[QLabel, QLabel]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 11)
        column.setSpacing(5)
        column.addWidget(self.title)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(2)
        column.addWidget(self.formula)
        for _ in range(4):
            name, value = QLabel(), QLabel()
            name.setProperty("role", "muted")
            name.setFont(text_font(12))
            value.setFont(monospace_font(12))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row = QHBoxLayout()
            row.setSpacing(14)
            row.addWidget(name)
            row.addStretch(1)
            row.addWidget(value)
            column.addLayout(row)
            self._rows.append((name, value))
        self._hint = QLabel()
        self._hint.setProperty("role", "caption")
        self._hint.setFont(text_font(11))
        column.addWidget(self._hint)
        self._formula_shown = ""
        self._anchor = QRect()
        self.formula.resized.connect(self._refit)
        theme().changed.connect(self.update)
        self.hide()

    def show_about(
        self,
        title: str,
        rows: list[tuple[str, str]],
        formula: str = "",
        hint: str = "",
        has_picture: bool = False,
    ) -> bool:
        """Show texts; return whether the card may need another size."""
        changed = self.title.text() != title
        if changed:
            self.title.setText(title)
        for place, (name, value) in enumerate(self._rows):
            is_used = place < len(rows)
            texts = rows[place] if is_used else ("", "")
            for label, text in zip((name, value), texts, strict=True):
                if label.text() != text:
                    changed = changed or len(label.text()) != len(text)
                    label.setText(text)
                if label.isHidden() is is_used:
                    label.setVisible(is_used)
                    changed = True
        if formula != self._formula_shown:
            self._formula_shown = formula
            self.formula.set_formula(formula)
            changed = True
        if self._hint.text() != hint:
            self._hint.setText(hint)
            changed = True
        for widget, is_used in (
            (self.formula, bool(formula)),
            (self._hint, bool(hint)),
            (self.picture, has_picture),
        ):
            if widget.isHidden() is is_used:
                widget.setVisible(is_used)
                changed = True
        return changed

    def open_beside(self, anchor: QRect) -> None:
        """Show the card beside a box, in the coordinates of the parent, within the parent."""
        self._anchor = anchor
        self._refit()
        if not self.isVisible():
            self.show()
        self.raise_()

    def sizeHint(self) -> QSize:
        """Return the size of the contents."""
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("border"), 1))
        painter.setBrush(QColor(theme().current.surface_raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()

    def _refit(self) -> None:
        layout = self.layout()
        parent = self.parentWidget()
        assert layout is not None
        assert parent is not None
        if self._anchor.isNull():
            return
        layout.activate()
        size = layout.sizeHint()
        room, anchor = parent.rect().adjusted(4, 4, -4, -4), self._anchor
        x = anchor.right() + _GAP
        if x + size.width() > room.right():
            x = anchor.left() - _GAP - size.width()
        x = max(room.left(), min(x, room.right() - size.width()))
        y = max(self._top, anchor.center().y() - size.height() // 2)
        y = max(room.top(), min(y, room.bottom() - size.height()))
        self.setGeometry(x, y, size.width(), size.height())
