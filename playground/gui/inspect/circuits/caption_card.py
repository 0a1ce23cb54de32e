"""The card below the circuit: upstream × local = downstream, with the numbers of this moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.gui.inspect.circuits.drawing import MASKED, UNDEFINED, chip_width, draw_number
from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.inspect.circuits.words import (
    explanation,
    heading,
    place_in_film,
    problem_of,
    spoken_step,
)
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.circuit.check import WireCheck
from playground.inspection.circuit.graph import Wire
from playground.inspection.circuit.leaves import Copy
from playground.inspection.circuit.numbers import number_text
from playground.inspection.circuit.tape import Phase

ROW = 46.0
CHIP = 58.0
_CENTER = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class CaptionCard(QFrame):
    """Says what the gate at work does, in words and in numbers."""

    def __init__(self, model: CircuitModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setProperty("card", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 8)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(10)
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._place = QLabel()
        self._place.setProperty("role", "caption")
        row.addWidget(self._heading)
        row.addStretch(1)
        row.addWidget(self._place)
        self._text = QLabel()
        self._text.setProperty("role", "muted")
        self._text.setWordWrap(True)
        self._rows = _Rows(model)
        column.addLayout(row)
        column.addWidget(self._text)
        column.addWidget(self._rows, 1)
        model.moved.connect(self._show)
        self._show()

    def _show(self) -> None:
        model = self._model
        self._heading.setText(heading(model))
        self._place.setText(place_in_film(model))
        self._text.setText(explanation(model))
        node = model.step.node
        role = "error" if node is not None and problem_of(model, node) else "muted"
        if self._text.property("role") != role:
            self._text.setProperty("role", role)
            self._text.style().unpolish(self._text)
            self._text.style().polish(self._text)
        self._rows.setAccessibleName(spoken_step(model))
        self._rows.update()


class _Rows(QWidget):
    """One equation per input of the gate, drawn with coloured numbers."""

    def __init__(self, model: CircuitModel) -> None:
        super().__init__()
        self._model = model
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        """Return room for the two equations of a gate with two inputs."""
        return QSize(420, int(2 * ROW))

    def sizeHint(self) -> QSize:
        """Return room for two equations."""
        return self.minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the equations of this moment, what belongs together in one column."""
        model = self._model
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        values = [abs(v) for v in model.numbers.values if v is not None]
        slopes = [abs(g) for g in model.numbers.gradients if g is not None]
        pen = _Pen(painter, (max(values, default=1.0), max(slopes, default=1.0)))
        rows = self._rows()
        widths = [
            max(_width(row[column]) for row in rows if column < len(row))
            for column in range(max(map(len, rows), default=0))
        ]
        y = 0.0
        for row in rows:
            x = 0.0
            for cell, width in zip(row, widths, strict=False):
                if x + _width(cell) <= self.width() + 2:
                    pen.draw(cell, x, y)
                x += width
            y += ROW
        painter.end()

    def _rows(self) -> list[list[_Cell]]:
        """Return the equations of this moment."""
        model = self._model
        if model.step.phase is Phase.BACKWARD:
            return [self._gradient(wire) for wire in model.wires_of_step()]
        if model.step.phase is Phase.FORWARD:
            return [self._value()]
        return [[self._number(name, model.values[name]) for name in model.circuit.variables]]

    def _number(
        self, caption: str, number: float | None, masked: bool = False, gradient: bool = False
    ) -> _Cell:
        text = number_text(number, self._model.figures) if number is not None else UNDEFINED
        kind = _Kind.GRADIENT if gradient else _Kind.VALUE
        return _Cell(kind, MASKED if masked else text, caption, None if masked else number)

    def _value(self) -> list[_Cell]:
        model = self._model
        assert model.step.node is not None  # forward steps have a gate
        node = model.circuit.nodes[model.step.node]
        names = model.circuit.names_of_inputs(node.index)
        row = [
            self._number(node.name, model.numbers.values[node.index]),
            _Cell(_Kind.SIGN, "="),
            _Cell(_Kind.WORDS, node.gate.text(names)),
            _Cell(_Kind.SIGN, "with"),
        ]
        for name, source in dict(zip(names, node.sources, strict=True)).items():
            row.append(self._number(name, model.numbers.values[source]))
        return row

    def _gradient(self, wire: Wire) -> list[_Cell]:
        model, circuit, numbers = self._model, self._model.circuit, self._model.numbers
        masked = model.is_masked(wire.index)
        over = f"∂{circuit.result}/∂"
        down = f"downstream  {over}{circuit.wire_name(wire)}"
        row = [self._number(down, numbers.gradients[wire.index], masked, gradient=True)]
        if wire.target is not None:
            row.append(_Cell(_Kind.SIGN, "="))
            node = circuit.nodes[wire.target]
            if isinstance(node.gate, Copy):
                for index, branch in enumerate(circuit.outputs(node.index)):
                    if index:
                        row.append(_Cell(_Kind.SIGN, "+"))
                    name = f"upstream  {over}{circuit.wire_name(branch)}"
                    row.append(self._number(name, numbers.gradients[branch.index], gradient=True))
            else:
                name, upstream = f"upstream  {over}{node.name}", numbers.upstream(node.index)
                row.append(self._number(name, upstream, gradient=True))
                row.append(_Cell(_Kind.SIGN, "×"))
                names = circuit.names_of_inputs(node.index)
                formula = node.gate.local_text(wire.slot, names, node.name)
                own = f"∂{node.name}/∂{circuit.nodes[wire.source].name}"
                local = numbers.locals[wire.index]
                row.append(self._number(f"local  {own} = {formula}", local, masked))
        check = None if masked else model.check(wire)
        if check is not None:
            row.append(_check_cell(check))
        return row


class _Kind(Enum):
    """What a cell of an equation is."""

    VALUE = "value"
    GRADIENT = "gradient"
    SIGN = "sign"
    WORDS = "words"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A piece of an equation: a number under its caption, a sign, a formula, a verdict."""

    kind: _Kind
    text: str
    caption: str = ""
    number: float | None = None


def _check_cell(check: WireCheck) -> _Cell:
    text = f"{'✓' if check.is_happy else '!'} {check.verdict}"
    if check.relative_error is not None:
        text += f"  relative error {number_text(check.relative_error, 2)}"
    return _Cell(_Kind.GOOD if check.is_happy else _Kind.WARNING, text)


def _width(cell: _Cell) -> float:
    """Return the room that a cell takes, with the gap after it."""
    match cell.kind:
        case _Kind.VALUE | _Kind.GRADIENT:
            caption = QFontMetricsF(text_font(11)).horizontalAdvance(cell.caption)
            return max(chip_width(cell.text, CHIP), caption) + 12
        case _Kind.SIGN:
            return QFontMetricsF(text_font(15)).horizontalAdvance(cell.text) + 12
        case _Kind.WORDS:
            return QFontMetricsF(monospace_font(14)).horizontalAdvance(cell.text) + 12
        case _:
            return QFontMetricsF(text_font(11)).horizontalAdvance(cell.text) + 34


class _Pen:
    """Draws cells.

    Parameters
    ----------
    scales
        The largest value and the largest gradient, which have the strongest colours.
    """

    def __init__(self, painter: QPainter, scales: tuple[float, float]) -> None:
        self._painter = painter
        self._scales = scales

    def draw(self, cell: _Cell, x: float, y: float) -> None:
        """Draw a cell with its upper left corner at a point."""
        painter, colors = self._painter, theme()
        width = _width(cell)
        match cell.kind:
            case _Kind.VALUE | _Kind.GRADIENT:
                painter.setFont(text_font(11))
                painter.setPen(colors.color("text_muted"))
                painter.drawText(QRectF(x, y, width, 16), _LEFT, cell.caption)
                is_gradient = cell.kind is _Kind.GRADIENT
                chip = QRectF(x + 1, y + 17, chip_width(cell.text, CHIP), 22)
                scale = self._scales[is_gradient]
                draw_number(painter, chip, cell.text, cell.number, scale, is_gradient)
            case _Kind.SIGN:
                painter.setFont(text_font(15 if len(cell.text) == 1 else 12))
                painter.setPen(colors.color("text_muted"))
                painter.drawText(QRectF(x - 6, y + 17, width, 22), _CENTER, cell.text)
            case _Kind.WORDS:
                painter.setFont(monospace_font(14))
                painter.setPen(colors.color("text"))
                painter.drawText(QRectF(x, y + 17, width, 22), _LEFT, cell.text)
            case _:
                rect = QRectF(x + 12, y + 18, width - 16, 20)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colors.color(f"{cell.kind.value}_soft"))
                painter.drawRoundedRect(rect, 10, 10)
                painter.setFont(text_font(11))
                painter.setPen(colors.color(cell.kind.value))
                painter.drawText(rect, _CENTER, cell.text)
