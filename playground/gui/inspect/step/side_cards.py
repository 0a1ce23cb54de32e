"""The smaller cards: values kept, where the upstream came from, and the update opened up."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.engine.arithmetic import Line, number_text
from playground.gui.inspect.step.equation_row import EquationRow, signs_of
from playground.gui.inspect.step.matrix_box import MatrixBox
from playground.gui.theme import monospace_font, text_font, theme
from playground.inspection.operation import Matrix, Operation

__all__ = ["KeptCard", "OriginCard", "UpdateCard"]


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
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(10)
        self.column.addLayout(self._grid)
        self.column.addStretch(1)

    def show_matrices(self, title: str, matrices: tuple[Matrix, ...], decimals: int) -> None:
        """Show matrices side by side; hide the card if there are none."""
        self.set_title(title)
        self._count = len(matrices)
        for place, matrix in enumerate(matrices):
            if place == len(self._boxes):
                box = MatrixBox(framed=False)
                box.view.set_compact(True)
                box.set_type_size(self._type_size)
                box.setParent(self)
                self._boxes.append(box)
            self._boxes[place].show_matrix(matrix, decimals)
            self._boxes[place].show()
        for box in self._boxes[self._count :]:
            box.hide()
        self.setVisible(bool(matrices))
        self._share()

    def boxes(self) -> list[MatrixBox]:
        """Return the boxes in use."""
        return self._boxes[: self._count]

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        self._type_size = pixels
        for box in self._boxes:
            box.set_type_size(pixels)

    def _share(self) -> None:
        """Side by side if all numbers have room so, else one below the other."""
        boxes, room = self.boxes(), max(self.width() - 36, 200)
        spacing = 20 * (len(boxes) - 1)
        beside = sum(map(MatrixBox.natural_width, boxes)) + spacing <= room
        for box in self._boxes:
            self._grid.removeWidget(box)
        left_top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        # Two to a row where not even one has room for its numbers.
        columns = len(boxes) if beside else 1
        if boxes and max(map(MatrixBox.natural_width, boxes)) > room:
            columns = min(2, len(boxes))
        for place, box in enumerate(boxes):
            width = box.natural_width() if beside else room // columns - 20 * (columns - 1)
            box.set_room(max(90, width), 170)
            self._grid.addWidget(box, place // columns, place % columns, left_top)
        self._grid.setColumnStretch(max(0, columns - 1), 1)

    def resizeEvent(self, event: object) -> None:
        """Share the width anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._share()


class OriginCard(_Card):
    """How the upstream gradient of an operation was made, one operation before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Upstream came from", parent)
        self._row = EquationRow()
        self._row.set_height(200)
        self.column.addWidget(self._row)
        self.column.addStretch(1)

    def show_origin(self, maker: Operation | None, decimals: int) -> None:
        """Show the operation that made the upstream; hide the card if there is none."""
        self.setVisible(maker is not None and bool(maker.operands))
        if maker is None or not maker.operands:
            return
        self.set_title(f"Upstream came from: {maker.name[:1].lower()}{maker.name[1:]}")
        self._row.show_matrices((maker.result, *maker.operands), signs_of(maker), decimals, 0)

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        self._row.set_type_size(pixels)


class UpdateCard(_Card):
    """The optimizer's arithmetic for one parameter, line by line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("The update, line by line", parent)
        self._lines = QLabel()
        self._lines.setTextFormat(Qt.TextFormat.RichText)
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lines.setWordWrap(True)
        self._lines.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._balance = QLabel()
        self._balance.setWordWrap(True)
        self._balance.setTextFormat(Qt.TextFormat.RichText)
        self._balance.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
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
