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
            box = self._box(place)
            box.show_matrix(matrix, decimals, page, is_result=place == 0)
            box.show()
        for box in self._boxes[self._count :]:
            box.hide()
        self._arrange()

    def _box(self, place: int) -> MatrixBox:
        while len(self._boxes) <= place:
            box, index = MatrixBox(), len(self._boxes) - 1
            box.setParent(self)
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
        spots: list[tuple[int, int]] = []
        for place, box in enumerate(boxes):
            sign = self._sign_width(place) if place else 0
            size = box.sizeHint()
            if x and x + sign + size.width() > self.width():
                self._center(boxes, spots, places, first_of_row, row_height)
                x, y, first_of_row = 0, y + row_height + GAP, place
                row_height = 0
            places.append(QRect(x, y, sign, 0))
            spots.append((x + sign, y))
            box.resize(size)
            x += sign + size.width()
            row_height = max(row_height, size.height())
        self._center(boxes, spots, places, first_of_row, row_height)
        self._places = places
        for box, spot in zip(boxes, spots, strict=True):
            box.move(*spot)
        self.setFixedHeight(y + row_height)
        self.update()

    def _share_width(self, boxes: list[MatrixBox]) -> None:
        """Give every matrix room for its numbers; if that is too much, all get a fair share."""
        signs = sum(self._sign_width(place) for place in range(1, len(boxes)))
        left, height = max(self.width() - signs, LEAST_BOX), self._height
        for compact in (False, True):
            for box in boxes:
                box.view.set_compact(compact)
            if self._fits_in_a_row(boxes, left):
                break
        else:
            if self._fits_wrapped(boxes):
                for box in boxes:
                    box.set_room(self.width() - SIGN_WIDTH, height)
                return
        for box in self._with_numbers(boxes, left):
            left -= self._set_room(box, box.natural_width(), height)
            boxes = [other for other in boxes if other is not box]
        for place, box in enumerate(sorted(boxes, key=MatrixBox.natural_width)):
            share = max(LEAST_BOX, left // (len(boxes) - place))
            width = min(share, max(box.natural_width(), LEAST_BOX))
            left -= self._set_room(box, width, height)

    @staticmethod
    def _set_room(box: MatrixBox, width: int, height: int) -> int:
        """Set the largest size of a box, and return the width that it takes of it."""
        box.set_room(width, height)
        layout = box.layout()
        assert layout is not None  # made with the box
        layout.activate()
        return box.sizeHint().width()

    def _with_numbers(self, boxes: list[MatrixBox], width: int) -> list[MatrixBox]:
        """Return the boxes that get room for all their numbers: the result before the others."""
        chosen = []
        spare = width - LEAST_BOX * len(boxes)
        for box in [boxes[0], *sorted(boxes[1:], key=MatrixBox.natural_width)]:
            extra = max(0, box.natural_width() - LEAST_BOX)
            if extra <= spare:
                spare -= extra
                chosen.append(box)
        return chosen

    def _fits_in_a_row(self, boxes: list[MatrixBox], width: int) -> bool:
        if max(map(MatrixBox.natural_height, boxes)) > self._height:
            return False
        return sum(map(MatrixBox.natural_width, boxes)) <= width

    def _fits_wrapped(self, boxes: list[MatrixBox]) -> bool:
        """Return whether all numbers have room if the row is broken."""
        x, used, tallest = 0, 0, 0
        for place, box in enumerate(boxes):
            sign = self._sign_width(place) if place else 0
            width, height = box.natural_width(), box.natural_height()
            if sign + width > self.width():
                return False
            if x and x + sign + width > self.width():
                x, used, tallest = 0, used + tallest + GAP, 0
            x, tallest = x + sign + width, max(tallest, height)
        return used + tallest <= self._height * 3 // 2

    def _center(
        self,
        boxes: list[MatrixBox],
        spots: list[tuple[int, int]],
        places: list[QRect],
        first: int,
        height: int,
    ) -> None:
        for place in range(first, len(spots)):
            x, y = spots[place]
            spots[place] = (x, y + (height - boxes[place].sizeHint().height()) // 2)
            places[place].setHeight(height)

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
