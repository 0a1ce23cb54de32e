"""The smaller cards: values kept, where the upstream came from, and the update opened up."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from playground.engine.arithmetic import Line, number_text
from playground.gui.inspect.step.equation_row import EquationRow, signs_of
from playground.gui.inspect.step.matrix_box import MatrixBox
from playground.gui.inspect.step.wrapped_label import WrappedLabel
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.operation import Matrix, Operation

__all__ = ["KeptCard", "OriginCard", "UpdateCard"]

BETWEEN, BELOW = 20, 10
"""Space between matrices side by side and one below the other, in device-independent pixels."""


class _Card(QFrame):
    """A titled card."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName(title)
        self._title = QLabel(title)
        self._title.setProperty("role", "heading")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(18, 11, 18, 13)
        self.column.setSpacing(8)
        self.column.addWidget(self._title)

    def set_title(self, title: str) -> None:
        """Write another title."""
        self._title.setText(title)
        self.setAccessibleName(title)


class KeptCard(_Card):
    """Values of the forward pass, or of the optimizer's memory, that an operation needs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Values kept from the forward pass", parent)
        self._boxes: list[MatrixBox] = []
        self._count = 0
        self._type_size = 12
        self._shelf = QWidget()
        self.column.addWidget(self._shelf)
        self.column.addStretch(1)

    def show_matrices(self, title: str, matrices: tuple[Matrix, ...], decimals: int) -> None:
        """Show matrices side by side; hide the card if there are none."""
        self.set_title(title)
        while self.lacks(len(matrices)):
            self.make_box()
        self._count = len(matrices)
        for box, matrix in zip(self.boxes(), matrices, strict=True):
            box.take(matrix, decimals)
        for box in self._boxes[self._count :]:
            box.hide()
        self._share()
        for box in self.boxes():
            box.show()
        self.setVisible(bool(matrices))

    def boxes(self) -> list[MatrixBox]:
        """Return the boxes in use."""
        return self._boxes[: self._count]

    def lacks(self, count: int) -> bool:
        """Return whether there are not yet boxes for so many matrices."""
        return len(self._boxes) < count

    def make_box(self) -> None:
        """Make a box more, to be there when it is needed."""
        box = MatrixBox(framed=False, parent=self._shelf)
        box.hide()
        box.set_type_size(self._type_size)
        box.resized.connect(self._share)
        self._boxes.append(box)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        self._type_size = pixels
        for box in self._boxes:
            box.set_type_size(pixels)
        self._share()

    def _share(self) -> None:
        """Side by side if all numbers have room so, else one below the other."""
        boxes, room = self.boxes(), max(self.width() - 36, 200)
        if not boxes:
            return
        widths = [box.natural_size(compact=True).width() for box in boxes]
        beside = sum(widths) + BETWEEN * (len(boxes) - 1) <= room
        columns = len(boxes) if beside else 1
        if max(widths) > room:
            # Two to a row where not even one has room for its numbers.
            columns = min(2, len(boxes))
        for box, natural in zip(boxes, widths, strict=True):
            width = natural if beside else room // columns - BETWEEN * (columns - 1)
            box.set_room(max(90, width), 170, compact=True)
        x_places = [0]
        for column in range(columns):
            widest = max(box.sizeHint().width() for box in boxes[column::columns])
            x_places.append(x_places[-1] + widest + BETWEEN)
        y = 0
        for first in range(0, len(boxes), columns):
            line = boxes[first : first + columns]
            for box, x in zip(line, x_places, strict=False):
                box.setGeometry(QRect(QPoint(x, y), box.sizeHint()))
            y += max(box.height() for box in line) + BELOW
        self._shelf.setFixedHeight(y - BELOW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._share()


class OriginCard(_Card):
    """How the upstream gradient of an operation was made, one operation before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Upstream came from", parent)
        self.row = EquationRow()
        self.row.set_height(200)
        self.column.addWidget(self.row)
        self.column.addStretch(1)

    def show_origin(self, maker: Operation | None, decimals: int) -> None:
        """Show the operation that made the upstream; hide the card if there is none."""
        self.setVisible(maker is not None and bool(maker.operands))
        if maker is None or not maker.operands:
            return
        self.set_title(f"Upstream came from: {maker.name[:1].lower()}{maker.name[1:]}")
        self.row.show_matrices((maker.result, *maker.operands), signs_of(maker), decimals, 0)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        self.row.set_type_size(pixels)


class UpdateCard(_Card):
    """The optimizer's arithmetic for one parameter, line by line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("The update, line by line", parent)
        self._lines = WrappedLabel()
        self._lines.setTextFormat(Qt.TextFormat.RichText)
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._balance = WrappedLabel()
        self._balance.setTextFormat(Qt.TextFormat.RichText)
        self.column.addWidget(self._lines)
        self.column.addWidget(self._balance)
        self._type_size = 12
        self._shown: tuple[str, tuple[Line, ...], int, str] | None = None
        theme().changed.connect(self._refresh)

    @property
    def text(self) -> str:
        """The lines as plain text."""
        if self._shown is None:
            return ""
        _, lines, decimals, balance = self._shown
        plain = balance.replace("<b>", "").replace("</b>", "")
        return "\n".join([*(line.text(decimals) for line in lines), plain])

    def show_lines(
        self, parameter: str, lines: tuple[Line, ...], decimals: int, balance: str
    ) -> None:
        """Show the arithmetic.

        Parameters
        ----------
        parameter
            Name of the chosen one, such as ``W¹[0,1]``.
        balance
            What the step promised against what came.
        """
        self._shown = (parameter, lines, decimals, balance)
        self._refresh()

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the letters."""
        self._type_size = pixels
        self._refresh()

    def _refresh(self) -> None:
        if self._shown is None:
            return
        parameter, lines, decimals, balance = self._shown
        self.set_title(f"The update of {parameter}, line by line")
        # Each time: a card that is shown for the first time gets the font of the application.
        self._lines.setFont(monospace_font(self._type_size))
        self._balance.setFont(text_font(self._type_size + 1))
        muted = theme().current.text_muted
        rows = []
        for line in lines:
            calculation = line.calculation(decimals)
            result = number_text(line.value, decimals)
            numbers = "" if calculation in (result, line.formula) else f"= {escape(calculation)}"
            formula = "" if line.formula == line.symbol else f"= {escape(line.formula)}"
            rows.append(
                f"<tr><td><b>{escape(line.symbol)}</b></td><td>{formula}</td><td>{numbers}</td>"
                f"<td>= <b>{escape(result)}</b></td>"
                f"<td style='color:{muted}'>{escape(line.meaning)}</td></tr>"
            )
        self._lines.setText(f"<table cellspacing='0' cellpadding='4'>{''.join(rows)}</table>")
        self._lines.setAccessibleName("; ".join(line.text(decimals) for line in lines))
        self._balance.setText(balance)
        self._balance.setVisible(bool(balance))
