"""The circuit as a picture: values above the wires, gradients below, the gate at work lit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.figures.figure import Figure
from playground.gui.inspect.circuits.drawing import (
    MASKED,
    UNDEFINED,
    draw_number,
    draw_small,
)
from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.inspect.circuits.placement import Placement
from playground.gui.inspect.circuits.words import spoken_step, tip_of_node
from playground.gui.teaching_tip import Tip, apply_tip
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.circuit.graph import Wire
from playground.inspection.circuit.leaves import Copy, Number
from playground.inspection.circuit.numbers import number_text
from playground.inspection.circuit.tape import Phase, State

SMALLEST, LARGEST = 0.3, 3.0
READABLE = 0.68
"""Large circuits are not shrunk further than this by themselves; the gate at work is followed."""
FITTED = 1.25
"""Small circuits are not blown up further than this to fill the room."""
_TIP = Tip(
    "Circuit",
    "Values stand above the wires, gradients below; × and a number before a gate is its local "
    "gradient. Click a gate to go there, drag to move the picture, turn the wheel to zoom.",
    shortcut="→ ← one gate · F fit",
)


class CircuitView(QWidget):
    """Draws the circuit of a model; a click on a gate goes to its moment."""

    def __init__(self, model: CircuitModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._placement = Placement(model)
        self._figures = model.figures
        self._scale, self._origin = 1.0, QPointF()
        self._is_fitted = True
        self._dragged: QPoint | None = None
        self._has_moved = False
        self._hovered: int | None = None
        self.setProperty("canvas", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(150)
        apply_tip(self, _TIP)
        # After the tip, so that this filter is asked before that of the tip.
        self.installEventFilter(self)
        model.changed.connect(self._place)
        model.moved.connect(self._show_step)
        theme().changed.connect(self.update)
        self._show_step()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(900, 360)

    # --- what is seen ---

    def _place(self) -> None:
        self._placement = Placement(self._model)
        self._figures = self._model.figures
        self._hovered = None
        if self._is_fitted:
            self.fit(READABLE)
        self.update()

    def _show_step(self) -> None:
        if self._model.figures != self._figures:
            # Longer numbers need more room.
            self._place()
        self.setAccessibleName(f"Circuit. {spoken_step(self._model)}")
        self._reveal()
        self.update()

    def fit(self, least: float = SMALLEST) -> None:
        """Show all of the circuit, or as much as has room at the least scale."""
        bounds = self._placement.bounds
        share = min(self.width() / bounds.width(), self.height() / bounds.height())
        self._scale = min(max(share, least), FITTED)
        middle = QPointF(self.width() / 2, self.height() / 2)
        self._origin = middle - bounds.center() * self._scale
        if bounds.width() * self._scale > self.width():
            self._origin.setX(-bounds.left() * self._scale)
        self._is_fitted = True
        self._reveal()
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Enlarge or shrink the picture about a point, the middle by default."""
        point = about if about is not None else QPointF(self.width() / 2, self.height() / 2)
        scale = min(max(self._scale * factor, SMALLEST), LARGEST)
        self._origin = point - (point - self._origin) * (scale / self._scale)
        self._scale = scale
        self._is_fitted = False
        self.update()

    def _reveal(self) -> None:
        """Move the picture so that the gate at work is in it."""
        node, room = self._model.step.node, QRectF(self.rect())
        if node is None or room.contains(self._to_screen(self._placement.bounds)):
            return
        place = self._to_screen(self._placement.gates[node].adjusted(-160, -60, 140, 60))
        shift = QPointF()
        if place.width() < room.width():
            shift.setX(max(0.0, -place.left()) - max(0.0, place.right() - room.right()))
        if place.height() < room.height():
            shift.setY(max(0.0, -place.top()) - max(0.0, place.bottom() - room.bottom()))
        self._origin += shift

    def _to_screen(self, rect: QRectF) -> QRectF:
        top = rect.topLeft() * self._scale + self._origin
        return QRectF(top, rect.size() * self._scale)

    def _node_at(self, point: QPointF) -> int | None:
        place = (point - self._origin) / self._scale
        for index, rect in enumerate(self._placement.gates):
            if rect.adjusted(-4, -4, 4, 4).contains(place):
                return index
        return None

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw wires, numbers and gates."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("background"))
        self._draw_in_view(painter)
        painter.end()

    def _draw_in_view(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._origin)
        painter.scale(self._scale, self._scale)
        self._draw(painter)

    def figure(self) -> Figure:
        """Return the whole circuit as a picture."""
        bounds = self._placement.bounds

        def paint(painter: QPainter) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-bounds.topLeft())
            self._draw(painter)

        size = bounds.size().toSize()
        return Figure("Circuit", size, paint, "background", within=self._draw_in_view)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the picture."""
        from playground.gui.figures.menu import figure_menu

        figure_menu(self, self.figure()).popup(event.globalPos())

    def _draw(self, painter: QPainter) -> None:
        model = self._model
        known = [abs(v) for v in model.numbers.values if v is not None]
        slopes = [abs(g) for g in model.numbers.gradients if g is not None]
        self._scales = (max(known, default=1.0), max(slopes, default=1.0))
        for wire in model.circuit.wires:
            self._draw_wire(painter, wire)
        for wire in model.circuit.wires:
            self._draw_numbers(painter, wire)
        # The gate at work comes last: its words may cover those of others.
        for node in sorted(range(len(model.circuit.nodes)), key=lambda n: n == model.step.node):
            self._draw_node(painter, node)
        self._draw_result(painter)

    def _draw_wire(self, painter: QPainter, wire: Wire) -> None:
        model, colors = self._model, theme()
        path = self._placement.wires[wire.index].path
        painter.setBrush(Qt.BrushStyle.NoBrush)
        is_current = any(wire.index == one.index for one in model.wires_of_step()) or (
            model.step.phase is Phase.FORWARD and wire.target == model.step.node
        )
        if not model.value_is_known(wire.source):
            painter.setPen(QPen(colors.color("border"), 1.4, Qt.PenStyle.DashLine))
        else:
            is_back = model.gradient_is_known(wire.index)
            number = model.numbers.gradients[wire.index] if is_back else model.numbers.value(wire)
            family = "gradient" if is_back else "value"
            sign = "negative" if number is not None and number < 0 else "positive"
            role = f"{family}_{sign}" if number else "text_disabled"
            if model.is_masked(wire.index):
                role = "accent"
            painter.setPen(QPen(colors.color(role), 2.8 if is_current else 1.8))
        painter.drawPath(path)

    def _draw_numbers(self, painter: QPainter, wire: Wire) -> None:
        model = self._model
        place = self._placement.wires[wire.index]
        figures = model.figures
        if model.value_is_known(wire.source):
            value = model.numbers.value(wire)
            text = UNDEFINED if value is None else number_text(value, figures)
            draw_number(painter, place.value, text, value, self._scales[0], gradient=False)
        if not model.gradient_is_known(wire.index):
            return
        gradient = model.numbers.gradients[wire.index]
        if model.is_masked(wire.index):
            if model.question is not None and model.question.index == wire.index:
                draw_number(painter, place.gradient, MASKED, None, 1.0, gradient=True)
            else:
                draw_small(painter, place.gradient, "…")
            return
        text = UNDEFINED if gradient is None else number_text(gradient, figures)
        draw_number(painter, place.gradient, text, gradient, self._scales[1], gradient=True)
        if wire.target is None or isinstance(model.circuit.nodes[wire.target].gate, Copy):
            return
        local = model.numbers.locals[wire.index]
        painter.setFont(monospace_font(11))
        painter.setPen(theme().color("text_muted"))
        shown = UNDEFINED if local is None else number_text(local, figures)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place.local, int(align | Qt.TextFlag.TextDontClip), f"×{shown}")

    def _draw_node(self, painter: QPainter, index: int) -> None:
        model, colors = self._model, theme()
        node = model.circuit.nodes[index]
        rect = self._placement.gates[index]
        if not node.sources:
            self._draw_leaf(painter, rect, node.gate.symbol, isinstance(node.gate, Number))
            return
        state = model.tape.node_state(index, model.now)
        is_back = model.step.phase is Phase.BACKWARD
        role = "gradient_positive" if is_back else "value_positive"
        if state is State.CURRENT:
            glow = colors.color(role, 0.22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(glow)
            painter.drawRoundedRect(rect.adjusted(-6, -6, 6, 6), 26, 26)
            painter.setBrush(colors.color(role))
            ink = "#ffffff"
        else:
            is_past = state is State.PAST
            style = Qt.PenStyle.SolidLine if is_past else Qt.PenStyle.DashLine
            outline = colors.color(role if is_past else "border")
            painter.setPen(QPen(outline, 1.8 if is_past else 1.4, style))
            painter.setBrush(colors.color("surface"))
            ink = colors.color("text" if is_past or is_back else "text_muted").name()
        if self._hovered == index and state is not State.CURRENT:
            painter.setBrush(colors.color("hover"))
        radius = min(rect.height(), rect.width()) / 2
        painter.drawRoundedRect(rect, radius, radius)
        if isinstance(node.gate, Copy):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color(role) if state is not State.CURRENT else ink)
            painter.drawEllipse(rect.center(), 3.2, 3.2)
        else:
            size = 15 if len(node.gate.symbol) > 1 else 19
            painter.setFont(text_font(size, bold=True))
            painter.setPen(ink)
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), node.gate.symbol)
            above = QRectF(rect.center().x() - 40, rect.top() - 17, 80, 14)
            is_result = index == len(model.circuit.nodes) - 1
            if not is_result:
                draw_small(painter, above, node.name)
        if state is State.CURRENT:
            words = node.gate.does if is_back else node.gate.title.lower()
            width = QFontMetricsF(text_font(11, bold=True)).horizontalAdvance(words) + 12
            below = QRectF(rect.center().x() - width / 2, rect.bottom() + 8, width, 16)
            painter.setPen(QPen(colors.color("border"), 1))
            painter.setBrush(colors.color("surface"))
            painter.drawRoundedRect(below, 8, 8)
            draw_small(painter, below, words, "text", bold=True)
        if model.numbers.is_at_kink(index) and model.value_is_known(index):
            badge = QRectF(rect.right() - 9, rect.top() - 5, 16, 16)
            painter.setPen(QPen(colors.color("warning_line"), 1.2))
            painter.setBrush(colors.color("warning_soft"))
            painter.drawEllipse(badge)
            draw_small(painter, badge, "∧", "warning", bold=True)

    def _draw_leaf(self, painter: QPainter, rect: QRectF, text: str, is_number: bool) -> None:
        colors = theme()
        painter.setPen(QPen(colors.color("border"), 1.4))
        painter.setBrush(colors.color("field" if is_number else "surface"))
        painter.drawRoundedRect(rect, 8, 8)
        painter.setFont(monospace_font(14, bold=not is_number))
        painter.setPen(colors.color("text_muted" if is_number else "text"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)

    def _draw_result(self, painter: QPainter) -> None:
        end = self._placement.wires[-1].path.currentPosition()
        painter.setFont(monospace_font(15, bold=True))
        painter.setPen(theme().color("text"))
        place = QRectF(end.x() + 6, end.y() - 12, 60, 24)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(align | Qt.TextFlag.TextDontClip), self._model.circuit.result)

    # --- pointer and keys ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep all in sight, unless somebody zoomed."""
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit(READABLE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        self._dragged, self._has_moved = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or light what is under the pointer."""
        point = event.position().toPoint()
        if self._dragged is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = point - self._dragged
            if self._has_moved or moved.manhattanLength() > 5:
                self._has_moved, self._is_fitted = True, False
                self._origin += QPointF(moved)
                self._dragged = point
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.update()
            return
        hovered = self._node_at(event.position())
        if hovered != self._hovered:
            self._hovered = hovered
            is_gate = hovered is not None and bool(self._model.circuit.nodes[hovered].sources)
            pointing = Qt.CursorShape.PointingHandCursor
            self.setCursor(pointing if is_gate else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the gate that was clicked."""
        node = self._node_at(event.position())
        if not self._has_moved and node is not None and self._model.circuit.nodes[node].sources:
            self._model.go_to_gate(node)
        self._dragged = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit, on free ground."""
        if self._node_at(event.position()) is None:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        self.zoom(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by keys."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(1.2)
            case Qt.Key.Key_Minus:
                self.zoom(1 / 1.2)
            case Qt.Key.Key_F | Qt.Key.Key_0:
                self.fit()
            case _:
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Zoom by pinching."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom(1 + event.value(), event.position())
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the tip be about the gate under the pointer; free ground needs none."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            node = self._node_at(QPointF(event.pos()))
            if node is None:
                return True
            apply_tip(self, tip_of_node(self._model, node))
        elif event.type() == QEvent.Type.Leave:
            apply_tip(self, _TIP)
        return False
