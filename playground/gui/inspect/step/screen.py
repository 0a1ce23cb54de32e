"""What is seen of a training step: tape on top, cards below, map and sample at the right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from playground.data.dataset import Split
from playground.engine.arithmetic import number_text
from playground.engine.network import Architecture
from playground.engine.optimizers import SGD
from playground.gui.inspect.step.ahead import Ahead
from playground.gui.inspect.step.equation_card import EquationCard, sample_of
from playground.gui.inspect.step.inspector import Inspector
from playground.gui.inspect.step.looks import forget_looks
from playground.gui.inspect.step.map_state import map_state
from playground.gui.inspect.step.matrix_model import Cell
from playground.gui.inspect.step.predict_bar import PredictBar
from playground.gui.inspect.step.predictor import Predictor
from playground.gui.inspect.step.settings import Settings
from playground.gui.inspect.step.side_cards import KeptCard, OriginCard, UpdateCard
from playground.gui.inspect.step.side_panel import SidePanel
from playground.gui.inspect.step.status_line import StatusLine
from playground.gui.inspect.step.tape_view import TapeView
from playground.gui.train.panel_scroll import PanelScroll
from playground.inspection.operation import Operation, Phase, Tape

__all__ = ["StepScreen"]

UPDATE = "update."
"""What the keys of the updates of parameters begin with."""
MOST_OUTPUTS = 4
NESTED = 5
"""Layouts within each other, each of which may change what the one around it has room for."""
LEAST_HEIGHT = 240
"""Room for a matrix in its box, in device-independent pixels."""


class StepScreen(QWidget):
    """Shows where an inspector stands.

    Attributes
    ----------
    tape, card, predict, update_card, kept, origin, side, status
        Its parts. ``status`` has its place at the foot of the window.
    """

    def __init__(
        self, inspector: Inspector, predictor: Predictor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._inspector, self._predictor = inspector, predictor
        self.setProperty("canvas", True)
        self.tape, self.card = TapeView(), EquationCard()
        self.update_card, self.kept, self.origin = UpdateCard(), KeptCard(), OriginCard()
        self.side, self.status = SidePanel(), StatusLine()
        self.predict = PredictBar()
        self._ahead = Ahead(self._make_room, self)
        self.predict.hide()
        self.card.put_below_sum(self.predict)
        self.status.setParent(self)
        self.status.hide()
        self._scroll = PanelScroll(ground="canvas")
        column = self._scroll.column
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(14)
        # Above the matrices: there is where one looks for the new weight first.
        column.addWidget(self.update_card)
        column.addWidget(self.card)
        below = QHBoxLayout()
        below.setSpacing(14)
        below.addWidget(self.kept, 1)
        below.addWidget(self.origin, 1)
        column.addLayout(below)
        column.addStretch(1)
        line = QFrame()
        line.setProperty("separator", "vertical")
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._scroll, 1)
        middle.addWidget(line)
        middle.addWidget(self.side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.tape)
        whole.addLayout(middle, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the matrices about half of the height."""
        super().resizeEvent(event)
        self.card.row.set_height(max(LEAST_HEIGHT, self._scroll.height() * 11 // 20))

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being made for operations to come."""
        return self._ahead.is_done

    def hideEvent(self, event: QHideEvent) -> None:
        """Make nothing more for what nobody steps to."""
        super().hideEvent(event)
        self._ahead.stop()

    def show_settings(self, settings: Settings) -> None:
        """Take over the size of the letters, and whether the tape is folded."""
        size = settings.type_size
        self.tape.set_type_size(size)
        self.tape.set_fold({"yes": True, "no": False}.get(settings.fold))
        parts = (self.card, self.predict, self.update_card, self.kept, self.origin, self.side)
        for part in parts:
            part.set_type_size(size)

    def show_tape(self) -> None:
        """Show another tape, and the current operation of it."""
        forget_looks()
        self.tape.show_tape(self._inspector.tape, self._inspector.index)
        self.show_operation()

    def show_operation(self) -> None:
        """Show the current operation."""
        self.tape.show_current(self._inspector.index)
        # Each part that appears would have everything around it laid out at once.
        with laid_out_once(*self._layouts()):
            self._fill_cards()
        self._scroll.verticalScrollBar().setValue(0)
        self._ahead.look_around(self._inspector.tape, self._inspector.index)

    def _make_room(self, tape: Tape) -> bool:
        """Make one box of those that the largest operation needs; return whether there are more."""
        most_operands = 1 + max(len(operation.operands) for operation in tape.operations)
        most_kept = max(len(operation.kept) for operation in tape.operations)
        for card, count in (
            (self.card.row, most_operands),
            (self.origin.row, most_operands),
            (self.kept, most_kept),
        ):
            if card.lacks(count):
                card.make_box()
                return True
        return False

    def _fill_cards(self) -> None:
        inspector = self._inspector
        operation, decimals = inspector.operation, inspector.settings.decimals
        self.card.show_operation(operation, decimals, inspector.cell)
        is_update = operation.key.startswith(UPDATE)
        title = "What the optimizer remembers" if is_update else "Values kept from the forward pass"
        self.kept.show_matrices(title, operation.kept, decimals)
        self.origin.show_origin(self._maker(operation), decimals)
        self.show_mask()
        self._show_cell()

    def _layouts(self) -> list[QLayout | None]:
        return [self._scroll.column, self.card.layout(), self.update_card.layout()]

    def as_text(self) -> str:
        """Return the operation as text: name, formula, shapes, the chosen cell, the check."""
        operation, card = self._inspector.operation, self.card
        lines = [operation.name, f"{operation.text}    {operation.shapes}", card.sum.plain]
        if card.check.isVisible():
            lines.append(card.check.text)
        if self.update_card.isVisible():
            lines.append(self.update_card.text)
        return "\n".join(lines)

    def show_mask(self) -> None:
        """Hide what is to be predicted, and show what was answered."""
        operation, predictor = self._inspector.operation, self._predictor
        self.card.set_mask(predictor.mask(operation), predictor.answers(operation))
        is_done = predictor.is_done(operation)
        self.card.check.setVisible(operation.is_gradient and is_done)
        self.update_card.setVisible(operation.key.startswith(UPDATE) and is_done)
        self.predict.setVisible(predictor.hides(operation))
        self.predict.show_open(not is_done)
        self.predict.show_score(predictor.score.text)

    @property
    def known(self) -> int:
        """Place of the last operation whose result may be seen."""
        index = self._inspector.index
        return index if self._predictor.is_done(self._inspector.operation) else index - 1

    def show_cell(self) -> None:
        """Show the chosen cell of the current operation."""
        with laid_out_once(*self._layouts()):
            self._show_cell()

    def _show_cell(self) -> None:
        inspector = self._inspector
        tape, recording = inspector.tape, inspector.recording
        operation, cell = inspector.operation, inspector.cell
        self.card.choose(cell)
        if operation.key.startswith(UPDATE):
            self._show_update(operation, cell)
        situation = recording.situation
        samples = situation.samples
        row = min(sample_of(operation.result, cell), len(samples) - 1)
        where = operation.layer_name or ("inputs" if operation.key == "x" else "loss")
        phase = operation.phase.value
        state = map_state(
            tape, inspector.index, self.known, row, cell, _skips(situation.architecture)
        )
        self.side.map.show_state(state, f"{phase}, {operation.name}")
        self.side.show_place(f"{phase.capitalize()} · {where}")
        self._show_sample(row)
        scope = f"batch of {len(samples)}" if situation.is_batch else f"sample {samples[0]}"
        self.status.show_text(
            f"Step {inspector.trainer.step + 1:,} of training · {scope} · {phase} · "
            f"operation {inspector.index + 1} of {len(tape)}"
        )

    def _maker(self, operation: Operation) -> Operation | None:
        """Return the operation that made the upstream gradient, if there is one to show."""
        tape = self._inspector.tape
        if not operation.upstreams or operation.phase is not Phase.BACKWARD:
            return None
        key = operation.upstreams[0].key
        return tape.operation(key) if key in tape else None

    def _show_update(self, operation: Operation, cell: Cell) -> None:
        recording, settings = self._inspector.recording, self._inspector.settings
        place = recording.places[operation.key.removeprefix(UPDATE)]
        row, column = cell[::-1] if settings.columns else cell
        lines = recording.update.lines(int(place.indices[row, column]))
        name = operation.operands[0].cell_name(*cell)
        decimals = max(settings.decimals + 2, 5)
        self.update_card.show_lines(name, lines, decimals, self._balance(decimals))

    def _balance(self, decimals: int) -> str:
        """Return what the whole update promised, and what came of it."""
        recording = self._inspector.recording
        key = "C" if "C" in recording.graph else "L"
        before, after = float(recording.graph[key][0, 0]), self._inspector.cost_after
        promised = number_text(recording.update.expected_change, decimals)
        plain = isinstance(recording.situation.optimizer, SGD)
        rule = "−η‖g‖²" if plain and recording.situation.optimizer == SGD() else "g·Δ"
        word = "cost" if key == "C" else "loss"
        return (
            f"Expected change of the {word}, {rule} = <b>{promised}</b>. What came: "
            f"{number_text(before, decimals)} → {number_text(after, decimals)}, a change of "
            f"<b>{number_text(after - before, decimals)}</b>."
        )

    def _show_sample(self, row: int) -> None:
        inspector = self._inspector
        recording, trainer, tape = inspector.recording, inspector.trainer, inspector.tape
        situation = recording.situation
        number = situation.samples[row]
        names = trainer.data.task.class_names
        label = float(trainer.data.samples.labels[number])
        target = f"target {names[int(label)]}" if names else f"target {label:.4g}"
        key = output_key(inspector)
        output = ""
        if key in tape and tape.index(key) <= self.known:
            decimals = min(inspector.settings.decimals, 4)
            output = _outputs(
                tape.operation(key).symbol, recording.graph[key][row], names, decimals
            )
        losses = next((name for name in ("ℓ", "L") if name in tape), "")
        if losses and tape.index(losses) <= self.known:
            found = recording.graph[losses].reshape(-1)
            loss = float(found[min(row, len(found) - 1)])
            output += f"\nloss {number_text(loss, max(inspector.settings.decimals, 4))}"
        if situation.is_batch:
            title = f"Sample #{number} · {row + 1} of {len(situation.samples)}"
        else:
            title = f"Sample #{number} · {_set_of(trainer.data.split, number)}"
        self.side.show_sample(title, trainer.data, number, target, output)


@contextmanager
def laid_out_once(*layouts: QLayout | None) -> Iterator[None]:
    """Leave everything where it is until all has been changed, and then arrange it at once.

    Left to the event loop, what one layout makes of another would be arranged after the window has
    been painted, and everything would be painted again.
    """
    held = [layout for layout in layouts if layout is not None]
    for layout in held:
        layout.setEnabled(False)
    try:
        yield
    finally:
        for layout in held:
            layout.setEnabled(True)
        for _ in range(NESTED):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def _skips(architecture: Architecture) -> tuple[tuple[int, int], ...]:
    """Return the columns that skip connections lead from and to, 0 for the inputs."""
    return tuple(
        (shape.source, index + 1)
        for index, shape in enumerate(architecture.layers)
        if shape.source is not None
    )


def _outputs(
    symbol: str, values: NDArray[np.float64], names: tuple[str, ...], decimals: int
) -> str:
    """Return what the network answers; of many classes the one that it believes in most."""
    texts = [number_text(float(value), decimals) for value in values]
    if len(texts) == 1:
        return f"{symbol} = {texts[0]}"
    if len(texts) <= MOST_OUTPUTS or len(names) != len(texts):
        return f"{symbol} = ({', '.join(texts[: 2 * MOST_OUTPUTS])})"
    best = int(np.nan_to_num(values).argmax())
    return f"answer {names[best]}\n{symbol} = {texts[best]}"


def _set_of(split: Split, number: int) -> str:
    """Return which set a sample belongs to."""
    sets = (("validation", split.validation), ("test", split.test))
    return next((name for name, indices in sets if number in indices), "training")


def output_key(inspector: Inspector) -> str:
    """Return the key of what the network answers: probabilities where there are such."""
    tape = inspector.recording.tape
    if "p" in tape:
        return "p"
    forward = [op for op in tape.phase(Phase.FORWARD) if op.layer is not None]
    return forward[-1].key if forward else "x"
