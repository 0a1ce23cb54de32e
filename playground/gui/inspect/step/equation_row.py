"""An operation as boxes in a row: DOWNSTREAM = UPSTREAM × LOCAL."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.inspect.step.matrix_box import MatrixBox
from playground.gui.theme import text_font, theme
from playground.inspection.operation import Matrix, Operation, Product

__all__ = ["EquationRow", "signs_of"]

SIGN_WIDTH = 34
GAP = 10
LEAST_BOX = 110
_BETWEEN = {
    Product.MATRIX: "·",
    Product.HADAMARD: "⊙",
    Product.ROUTED: "⊙",
    Product.ROW_SUM: "⊙",
    Product.SUM: "+",
    Product.JACOBIAN: "·",
    Product.SCALED: "·",
}


def signs_of(operation: Operation) -> tuple[str, ...]:
    """Return the sign before each operand: ``=`` first, then what joins them."""
    operands = operation.operands
    signs: list[str] = []
    for place, operand in enumerate(operands):
        if place == 0:
            signs.append(_first_sign(operation))
        elif operation.product in (Product.MATRIX, Product.HADAMARD) and place >= 2:
            # What stands after a product of two is added to it: a bias, a shift.
            signs.append("+")
        elif operation.product is not Product.SUM and operand.role is operands[place - 1].role:
            signs.append("⊕" if operation.product is Product.ROUTED else _joint(operation))
        else:
            signs.append(_joint(operation))
    return tuple(signs)


def _joint(operation: Operation) -> str:
    return _BETWEEN.get(operation.product, ",")


def _first_sign(operation: Operation) -> str:
    match operation.product:
        case Product.RULE:
            return "←"
        case Product.ROW_SUM:
            return "= Σ"
        case Product.STATISTIC:
            return "= mean"
        case Product.ELEMENTWISE | Product.NORMALIZATION:
            return "= f"
        case _:
            return "="


class EquationRow(QWidget):
    """Lays out result and operands with signs between them, wrapping where it must.

    Signals
    -------
    cell_pointed(object, object)
        The box (index into the operands, -1 for the result) and the cell or ``None``.
    cell_chosen(int, object)
        The same for a cell that was chosen.
    answered(int, int, str)
        A masked cell of the result was filled in.
    """

    cell_pointed = Signal(int, object)
    cell_chosen = Signal(int, object)
    answered = Signal(int, int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: list[MatrixBox] = []
        self._count = 0
        self._signs: tuple[str, ...] = ()
        self._places: list[QRect] = []
        self._height = 240
        self._type_size = 12
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    @property
    def boxes(self) -> list[MatrixBox]:
        """The boxes in use: the result, then the operands."""
        return self._boxes[: self._count]

    @property
    def result(self) -> MatrixBox:
        """The box of the result."""
        return self._box(0)

    def operand(self, index: int) -> MatrixBox:
        """Return the box of an operand."""
        return self._boxes[index + 1]

    def set_height(self, pixels: int) -> None:
        """Set the largest height of a box."""
        if pixels != self._height:
            self._height = pixels
            self._arrange()

    def set_type_size(self, pixels: int) -> None:
        """Set the height of the numbers."""
        self._type_size = pixels
        for box in self._boxes:
            box.set_type_size(pixels)
        self._arrange()

    def show_operation(self, operation: Operation, decimals: int, page: int) -> None:
        """Show another operation.

        Parameters
        ----------
        page
            Which sample, where each has a matrix of its own.
        """
        matrices = (operation.result, *operation.operands)
        self.show_matrices(matrices, signs_of(operation), decimals, page)

    def show_matrices(
        self, matrices: tuple[Matrix, ...], signs: tuple[str, ...], decimals: int, page: int
    ) -> None:
        """Show matrices with signs between them; the first is the result."""
        self._count, self._signs = len(matrices), signs
        for place, matrix in enumerate(matrices):
            self._box(place).take(matrix, decimals, page, is_result=place == 0)
        for box in self._boxes[self._count :]:
            box.hide()
        self._arrange()
        for box in self.boxes:
            box.show()

    def lacks(self, count: int) -> bool:
        """Return whether there are not yet boxes for so many matrices."""
        return len(self._boxes) < count

    def make_box(self) -> None:
        """Make a box more, to be there when it is needed."""
        self._box(len(self._boxes)).hide()

    def _box(self, place: int) -> MatrixBox:
        while len(self._boxes) <= place:
            box, index = MatrixBox(parent=self), len(self._boxes) - 1
            box.set_type_size(self._type_size)
            box.view.cell_pointed.connect(
                lambda cell, index=index: self.cell_pointed.emit(index, cell)
            )
            box.view.cell_chosen.connect(
                lambda cell, index=index: self.cell_chosen.emit(index, cell)
            )
            box.resized.connect(self._arrange)
            if index < 0:
                box.view.answered.connect(self.answered)
            self._boxes.append(box)
        return self._boxes[place]

    def _arrange(self) -> None:
        """Give each box its share of the width, and break the row where it is full."""
        boxes = self.boxes
        if not boxes:
            return
        self._share_width(boxes)
        x = y = row_height = 0
        first_of_row = 0
        places: list[QRect] = []
        areas: list[QRect] = []
        for place, box in enumerate(boxes):
            sign = self._sign_width(place) if place else 0
            size = box.sizeHint()
            if x and x + sign + size.width() > self.width():
                self._center(areas, places, first_of_row, row_height)
                x, y, first_of_row = 0, y + row_height + GAP, place
                row_height = 0
            places.append(QRect(x, y, sign, 0))
            areas.append(QRect(x + sign, y, size.width(), size.height()))
            x += sign + size.width()
            row_height = max(row_height, size.height())
        self._center(areas, places, first_of_row, row_height)
        self._places = places
        for box, area in zip(boxes, areas, strict=True):
            box.setGeometry(area)
        self.setFixedHeight(y + row_height)
        self.update()

    def _share_width(self, boxes: list[MatrixBox]) -> None:
        """Give every matrix room for its numbers; if that is too much, all get a fair share."""
        signs = sum(self._sign_width(place) for place in range(1, len(boxes)))
        left, height = max(self.width() - signs, LEAST_BOX), self._height
        for compact in (False, True):
            sizes = [box.natural_size(compact) for box in boxes]
            if self._fits_in_a_row(sizes, left):
                break
        else:
            if self._fits_wrapped(sizes):
                for box in boxes:
                    box.set_room(self.width() - SIGN_WIDTH, height, compact)
                return
        widths = [size.width() for size in sizes]
        places = list(range(len(boxes)))
        for place in self._with_numbers(widths, left):
            boxes[place].set_room(widths[place], height, compact)
            left -= boxes[place].sizeHint().width()
            places.remove(place)
        for rank, place in enumerate(sorted(places, key=widths.__getitem__)):
            share = max(LEAST_BOX, left // (len(places) - rank))
            boxes[place].set_room(min(share, max(widths[place], LEAST_BOX)), height, compact)
            left -= boxes[place].sizeHint().width()

    @staticmethod
    def _with_numbers(widths: list[int], width: int) -> list[int]:
        """Return which boxes get room for all their numbers: the result before the others."""
        chosen = []
        spare = width - LEAST_BOX * len(widths)
        for place in [0, *sorted(range(1, len(widths)), key=widths.__getitem__)]:
            extra = max(0, widths[place] - LEAST_BOX)
            if extra <= spare:
                spare -= extra
                chosen.append(place)
        return chosen

    def _fits_in_a_row(self, sizes: list[QSize], width: int) -> bool:
        if max(size.height() for size in sizes) > self._height:
            return False
        return sum(size.width() for size in sizes) <= width

    def _fits_wrapped(self, sizes: list[QSize]) -> bool:
        """Return whether all numbers have room if the row is broken."""
        x, used, tallest = 0, 0, 0
        for place, size in enumerate(sizes):
            sign = self._sign_width(place) if place else 0
            if sign + size.width() > self.width():
                return False
            if x and x + sign + size.width() > self.width():
                x, used, tallest = 0, used + tallest + GAP, 0
            x, tallest = x + sign + size.width(), max(tallest, size.height())
        return used + tallest <= self._height * 3 // 2

    @staticmethod
    def _center(areas: list[QRect], places: list[QRect], first: int, height: int) -> None:
        for area, place in zip(areas[first:], places[first:], strict=True):
            area.translate(0, (height - area.height()) // 2)
            place.setHeight(height)

    def _sign_width(self, place: int) -> int:
        return SIGN_WIDTH + 12 * max(0, len(self._signs[place - 1]) - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._arrange()

    def sizeHint(self) -> QSize:
        """Return the height that the boxes take."""
        return QSize(300, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the signs."""
        painter = QPainter(self)
        painter.setPen(theme().color("text_muted"))
        painter.setFont(text_font(20))
        for place, area in enumerate(self._places):
            if place:
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._signs[place - 1])
        painter.end()
