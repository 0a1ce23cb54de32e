"""From the places of a layout to points of a picture: gates, wires, and where numbers stand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainterPath

from playground.gui.inspect.circuits.drawing import CHIP_HEIGHT, chip_width
from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.theme import text_font
from playground.inspection.circuit.graph import Wire
from playground.inspection.circuit.leaves import Copy, Number, Variable
from playground.inspection.circuit.numbers import number_text

PITCH = 66.0
RADIUS = 20.0
GAP = 9.0
PORT = 9.0
TAIL = 40.0


@dataclass(frozen=True, slots=True)
class WirePlace:
    """Where a wire runs and where its numbers stand."""

    path: QPainterPath
    value: QRectF
    gradient: QRectF
    local: QRectF


class Placement:
    """Every point of the picture of a circuit, at scale 1.

    Attributes
    ----------
    gates
        The outline of each node.
    wires
        Each wire.
    bounds
        What must be seen.
    """

    def __init__(self, model: CircuitModel) -> None:
        self._model = model
        circuit, layout = model.circuit, model.layout
        texts = [self._longest(wire) for wire in circuit.wires]
        chip = max(chip_width(text) for text in texts)
        self._chip = chip
        self._local = max(
            (
                chip_width(self._local_text(wire), 24)
                for wire in circuit.wires
                if wire.target is not None
            ),
            default=24.0,
        )
        sizes = [self._gate_width(index) for index in range(len(circuit.nodes))]
        self.gates: list[QRectF] = []
        centers: list[float] = []
        x = 0.0
        for column in range(layout.width):
            widest = max(
                (sizes[i] for i, place in enumerate(layout.columns) if place == column),
                default=2 * RADIUS,
            )
            centers.append(x + widest / 2)
            x += widest + chip + self._local + 4 * GAP
        for index in range(len(circuit.nodes)):
            width, y = sizes[index], layout.heights[index] * PITCH
            center = centers[layout.columns[index]]
            height = 2 * RADIUS if circuit.nodes[index].sources else 30.0
            self.gates.append(QRectF(center - width / 2, y - height / 2, width, height))
        self._centers = centers
        self.wires = tuple(self._wire(wire) for wire in circuit.wires)
        bounds = QRectF()
        for rect in (*self.gates, *(w.path.boundingRect() for w in self.wires)):
            bounds = bounds.united(rect)
        self.bounds = bounds.adjusted(-14, -30, 26, 30)

    def _longest(self, wire: Wire) -> str:
        model = self._model
        numbers = (model.numbers.value(wire), model.numbers.gradients[wire.index])
        return max((number_text(n, model.figures) for n in numbers if n is not None), key=len,
                   default="undef.")  # fmt: skip

    def _local_text(self, wire: Wire) -> str:
        local = self._model.numbers.locals[wire.index]
        return "×" + ("undef." if local is None else number_text(local, self._model.figures))

    def _gate_width(self, index: int) -> float:
        gate = self._model.circuit.nodes[index].gate
        if isinstance(gate, Copy):
            return 18.0
        bold = text_font(15, bold=True)
        text = QFontMetricsF(bold).horizontalAdvance(gate.symbol)
        if isinstance(gate, Variable | Number):
            return max(34.0, text + 20)
        return max(2 * RADIUS, text + 16)

    def _wire(self, wire: Wire) -> WirePlace:
        circuit, layout = self._model.circuit, self._model.layout
        source = self.gates[wire.source]
        branches = list(circuit.outputs(wire.source))
        if len(branches) > 1:
            branches.sort(key=self._next_height)
        start = QPointF(source.right(), source.center().y())
        path = QPainterPath(start)
        lane = start.y()
        # The branches of a copy part first: each carries a gradient of its own.
        if len(branches) > 1:
            lane += (branches.index(wire) - (len(branches) - 1) / 2) * 0.7 * PITCH
        chips = QPointF(start.x() + GAP * (1.4 if len(branches) > 1 else 1), lane)
        _curve(path, QPointF(chips.x(), lane))
        end_of_chips = QPointF(chips.x() + self._chip, lane)
        path.lineTo(end_of_chips)
        local = QRectF()
        if wire.target is None:
            path.lineTo(QPointF(end_of_chips.x() + TAIL, lane))
        else:
            for column, height in layout.routes[wire.index]:
                y = height * PITCH
                _curve(path, QPointF(self._centers[column] - RADIUS, y))
                path.lineTo(QPointF(self._centers[column] + RADIUS + GAP + self._chip, y))
            gate = self.gates[wire.target]
            several = len(circuit.inputs(wire.target)) > 1
            is_lower = several and self._is_lower(wire)
            offset = (PORT if is_lower else -PORT) if several else 0.0
            port = QPointF(gate.left() + (2.2 if several else 0), gate.center().y() + offset)
            before = QPointF(port.x() - self._local - GAP, port.y())
            _curve(path, QPointF(max(before.x(), path.currentPosition().x() + 4), port.y()))
            path.lineTo(port)
            top = port.y() + 3 if is_lower else port.y() - 3 - 15
            local = QRectF(port.x() - self._local - 3, top, self._local, 15)
        value = QRectF(chips.x(), lane - 2.5 - CHIP_HEIGHT, self._chip, CHIP_HEIGHT)
        gradient = QRectF(chips.x(), lane + 2.5, self._chip, CHIP_HEIGHT)
        return WirePlace(path, value, gradient, local)

    def _is_lower(self, wire: Wire) -> bool:
        """Return whether a wire enters a gate with two inputs below the other."""
        circuit = self._model.circuit
        assert wire.target is not None  # it enters a gate
        if not circuit.nodes[wire.target].gate.is_symmetric:
            return wire.slot == 1
        first, second = circuit.inputs(wire.target)
        other = second if wire is first else first
        return (self._arrival(wire), wire.slot) > (self._arrival(other), other.slot)

    def _arrival(self, wire: Wire) -> float:
        """Return from which height a wire comes to its gate."""
        layout = self._model.layout
        route = layout.routes[wire.index]
        return route[-1][1] if route else layout.heights[wire.source]

    def _next_height(self, wire: Wire) -> tuple[float, int]:
        """Return where a wire goes next, so that branches part without crossing."""
        layout = self._model.layout
        route = layout.routes[wire.index]
        if route:
            return route[0][1], wire.slot
        assert wire.target is not None  # a copy hands on to gates
        return layout.heights[wire.target], wire.slot


def _curve(path: QPainterPath, end: QPointF) -> None:
    """Go on to a point, leaving and arriving horizontally."""
    start = path.currentPosition()
    if abs(start.y() - end.y()) < 0.01:
        path.lineTo(end)
        return
    middle = (start.x() + end.x()) / 2
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
