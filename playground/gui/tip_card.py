"""The card in which tips appear, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.engine.activations import Activation
from playground.gui.editors.card import CardWindow
from playground.gui.formula import FormulaLabel, lines_of, readable
from playground.gui.theme import text_font, theme

__all__ = ["ActivationCurve", "Tip", "TipCard", "TipOpener"]

CARD_WIDTH = 300


@dataclass(frozen=True, slots=True)
class Tip:
    """What a card says.

    Attributes
    ----------
    title, text
        A name, and one or two sentences.
    formula
        LaTeX, or "".
    derivative
        LaTeX of the derivative, or "".
    curve
        An activation whose curve is drawn, or ``None``.
    shortcut
        Keys, as a person reads them, or "".
    problem
        Whether the card says what is wrong with an input.
    """

    title: str
    text: str = ""
    formula: str = ""
    derivative: str = ""
    curve: Activation | None = None
    shortcut: str = ""
    problem: bool = False

    @property
    def plain(self) -> str:
        """The same as one text without typesetting, in lines."""
        return "\n".join(self._lines())

    @property
    def spoken(self) -> str:
        """The same in sentences, for screen readers."""
        return " ".join(line if line.endswith(".") else f"{line}." for line in self._lines())

    def _lines(self) -> list[str]:
        title = f"{self.title} ({self.shortcut})" if self.shortcut else self.title
        formulas = [readable(f) for f in (self.formula, self.derivative) if f]
        return [line for line in (title, self.text, *formulas) if line]


class TipOpener(Protocol):
    """What has opened a card, and wants to know when another one takes it over."""

    card: TipCard | None


class TipCard(CardWindow):
    """The one window in which tips appear."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.ToolTip | Qt.WindowType.WindowTransparentForInput)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setObjectName("teaching_tip")
        self.opener: TipOpener | None = None
        """Who has opened it for a widget, if anybody."""
        self._tip: Tip | None = None
        self._anchor = QRect()
        self._beside = False

        self._title = QLabel()
        self._title.setFont(text_font(13, bold=True))
        self._shortcut = QLabel()
        self._shortcut.setProperty("chip", "muted")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._formula = FormulaLabel(size=16)
        self._derivative = FormulaLabel(size=14, role="text_muted")
        self._curve = ActivationCurve()
        self._formula.resized.connect(self._fit)
        self._derivative.resized.connect(self._fit)

        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title, 1)
        head.addWidget(self._shortcut, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 11, 14, 13)
        column.setSpacing(7)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(head)
        for part in (self._text, self._formula, self._derivative, self._curve):
            column.addWidget(part)

    @property
    def tip(self) -> Tip | None:
        """What the card says now."""
        return self._tip

    def show_tip(self, tip: Tip, widget: QWidget, pointer: QPoint | None) -> None:
        """Show the card below the pointer, or below the widget if there is no pointer."""
        if pointer is not None:
            self._anchor = QRect(pointer - QPoint(4, 8), QSize(8, 26))
        else:
            self._anchor = QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
        self._open(tip, beside=False)

    def show_beside_item(self, tip: Tip, view: QAbstractItemView, row: int) -> None:
        """Show the card to the right of an open list, level with one of its rows."""
        window = view.window()
        index = view.model().index(row, 0)
        y = view.viewport().mapToGlobal(view.visualRect(index).topLeft()).y()
        self._anchor = QRect(window.x(), y - 6, window.width(), view.visualRect(index).height())
        self._open(tip, beside=True)

    def _open(self, tip: Tip, beside: bool) -> None:
        self._beside = beside
        if tip != self._tip:
            self._tip = tip
            self._title.setText(tip.title)
            role = "error" if tip.problem else ""
            if self._title.property("role") != role:
                self._title.setProperty("role", role)
                self._title.style().polish(self._title)
            self._shortcut.setText(tip.shortcut)
            self._shortcut.setVisible(bool(tip.shortcut))
            self._text.setText(tip.text)
            self._text.setVisible(bool(tip.text))
            self._formula.set_formula(tip.formula)
            self._formula.setVisible(bool(lines_of(tip.formula)))
            self._derivative.set_formula(tip.derivative)
            self._derivative.setVisible(bool(tip.derivative))
            self._curve.show_activation(tip.curve)
            self._curve.setVisible(tip.curve is not None)
        self._fit()
        self.show()

    def _fit(self) -> None:
        """Take the size of the contents and a place on the screen that has room."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        tip = self._tip
        plain = tip is not None and not (tip.formula or tip.curve)
        wide = self._formula.sizeHint().width() + 28
        metrics = self._text.fontMetrics()
        if plain and tip is not None:
            head = self._title.sizeHint().width() + self._shortcut.sizeHint().width() + 50
            text = metrics.horizontalAdvance(tip.text) + 34
            width = min(CARD_WIDTH, max(head if tip.shortcut else head - 40, text))
        else:
            # What follows the sentences, such as an optimizer's memory, stays on one line.
            facts = tip.text.split("\n")[1:] if tip is not None else []
            wide = max([wide, *(metrics.horizontalAdvance(fact) + 34 for fact in facts)])
            width = min(CARD_WIDTH + 90, max(CARD_WIDTH - 30, wide))
        self.resize(width, layout.totalHeightForWidth(width))
        self.place(self._anchor, self._beside)

    def outline(self) -> str:
        """Return the role of the outline's colour: red for a problem."""
        return "danger" if self._tip is not None and self._tip.problem else "border"


class ActivationCurve(QWidget):
    """The graph of an activation and its derivative for z from -4 to 4."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shown: Activation | None = None
        self._z = np.linspace(-4.0, 4.0, 161)
        self._value = self._slope = np.zeros_like(self._z)

    def show_activation(self, activation: Activation | None) -> None:
        """Draw another activation."""
        if activation is not None and activation != self._shown:
            with np.errstate(all="ignore"):
                self._value = np.nan_to_num(np.asarray(activation.value(self._z), float))
                self._slope = np.nan_to_num(np.asarray(activation.derivative(self._z), float))
        self._shown = activation
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, f (accent) and f′ (dashed)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme()
        whole = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("field"))
        painter.drawRoundedRect(whole, 6, 6)
        area = whole.adjusted(8, 8, -58, -8)
        low = max(-4.0, min(0.0, float(self._value.min()), float(self._slope.min()))) - 0.1
        high = min(4.0, max(1.0, float(self._value.max()), float(self._slope.max()))) + 0.1

        def place(z: float, y: float) -> QPointF:
            across = (z + 4) / 8 * area.width()
            up = (y - low) / (high - low) * area.height()
            return QPointF(area.left() + across, area.bottom() - up)

        painter.setPen(QPen(colors.color("border"), 1))
        painter.drawLine(place(-4, 0), place(4, 0))
        painter.drawLine(place(0, low), place(0, high))
        painter.save()
        painter.setClipRect(area.adjusted(-2, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dashed = QPen(colors.color("text_muted"), 1.5, Qt.PenStyle.DashLine)
        solid = QPen(colors.color("accent"), 2)
        for values, pen in ((self._slope, dashed), (self._value, solid)):
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            points = [place(float(z), float(y)) for z, y in zip(self._z, values, strict=True)]
            painter.drawPolyline(QPolygonF(points))
        painter.restore()
        painter.setFont(text_font(11))
        self._key(painter, whole, 0, "f(z)", colors.color("accent"), solid)
        self._key(painter, whole, 1, "f′(z)", colors.color("text_muted"), dashed)
        painter.end()

    def _key(
        self, painter: QPainter, whole: QRectF, row: int, name: str, ink: QColor, pen: QPen
    ) -> None:
        y = whole.top() + 18 + 18 * row
        left = whole.right() - 50
        painter.setPen(pen)
        painter.drawLine(QPointF(left, y), QPointF(left + 14, y))
        painter.setPen(ink)
        painter.drawText(QPointF(left + 18, y + 4), name)
