"""The Network tab of the Inspect workspace: one training step, operation by operation."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QStackedLayout, QWidget

from playground.gui.inspect.foot import place_at_foot
from playground.gui.inspect.step.background import Background
from playground.gui.inspect.step.checker import Checker, cell_text, mark_of
from playground.gui.inspect.step.controls import Controls
from playground.gui.inspect.step.inspector import Inspector, same_state
from playground.gui.inspect.step.ladder import Ladder
from playground.gui.inspect.step.latest_only import LatestOnly
from playground.gui.inspect.step.moves import KEYS, PHASES, RUNGS, Move
from playground.gui.inspect.step.predict_control import PredictControl
from playground.gui.inspect.step.predictor import Predictor
from playground.gui.inspect.step.sample_walk import SampleWalk
from playground.gui.inspect.step.screen import StepScreen
from playground.gui.inspect.step.settings import Settings, load_settings, save_settings
from playground.gui.inspect.step.switches import Switches
from playground.gui.inspect_requests import Place
from playground.gui.notice_bar import NoticeBar
from playground.gui.preferences import Preferences
from playground.gui.samples.requests import ask_for_samples
from playground.gui.session import Session
from playground.inspection.check import CellCheck
from playground.training.jobs import Progress
from playground.training.messages import Loaded, StateTaken

PATIENCE_SECONDS = 0.2
"""How long a move may take before its progress is shown."""


class StepPanel(QWidget):
    """Walks one training step of the current network.

    Attributes
    ----------
    controls
        What stands in the row above while this tab is shown.
    """

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        settings = load_settings(preferences)
        self.inspector = Inspector(settings, self)
        self._background = Background(self)
        self.checker = Checker(self)
        self.predictor = Predictor(self)
        self._wish: Place | None = None
        self._is_entering = False
        self._busy_since = 0.0
        self._taken: dict[str, Any] | None = None
        self._build(settings)
        self._add_keys()
        self._connect()
        self.view.show_settings(settings)
        self._tell("Preparing the step…")

    def _build(self, settings: Settings) -> None:
        self.ladder, self.switches = Ladder(), Switches(settings)
        self.controls = Controls(self.ladder, self.switches)
        self.view = StepScreen(self.inspector, self.predictor)
        self.status = self.view.status
        self.predict = PredictControl(self.inspector, self.predictor, self.view, self)
        self._message = QLabel()
        self._message.setProperty("role", "muted")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._message)
        self._stack.addWidget(self.view)
        self.notices = NoticeBar(self.view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Training step")
        self._latest = LatestOnly(self, lambda: self.inspector.is_open, self._show_operation)
        self._play_timer = QTimer(self)
        self._play_timer.timeout.connect(lambda: self.move_by(Move.NEXT_OPERATION))

    def _add_keys(self) -> None:
        for key, move in KEYS.items():
            self._key(key, partial(self.move_by, move))
        for number in (1, 2, 3, 4):
            self._key(str(number), partial(self._go_to_phase, number))
        self._key("Space", self.toggle_play)
        self._key("Escape", self._cancel)
        self._key("C", self.checker.check_all)
        self._key("P", lambda: self.set_predicting(not self.predictor.is_on))
        self._key("H", self.predict.give_hint)
        self._key("W", self.export_worksheet)
        self._key("F", self.view.tape.toggle_fold)
        self._key("B", lambda: self._flip("is_batch"))
        self._key("N", lambda: self._flip("columns"))
        self._key("U", lambda: self._flip("fused"))
        self._key("L", lambda: self._flip("large"))
        self._key("T", lambda: ask_for_samples(self))

    def _key(self, key: str, carry_out: object) -> None:
        # Of the tab and of its controls, which stand elsewhere: only one of them has the focus.
        for place in (self, self.controls):
            shortcut = QShortcut(QKeySequence(key), place)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(carry_out)

    def _connect(self) -> None:
        self.ladder.moved.connect(self.move_by)
        self.ladder.play_toggled.connect(self.toggle_play)
        self.switches.changed.connect(self._on_switched)
        self.view.tape.chosen.connect(self._go_to)
        self.view.tape.fold_chosen.connect(self._on_fold)
        self.view.card.cell_chosen.connect(self.inspector.choose)
        self.inspector.recorded.connect(self._show_tape)
        self.inspector.moved.connect(self._latest.ask)
        self.inspector.cell_moved.connect(self._show_cell)
        self._background.failed.connect(self._on_failed)
        self.inspector.at_start.connect(self._on_start)
        self.inspector.busy_changed.connect(self._on_busy)
        self.inspector.failed.connect(self._on_failed)
        self.inspector.progressed.connect(self._on_progress)
        self.status.cancelled.connect(self._cancel)
        self.switches.predict_toggled.connect(self.set_predicting)
        self.predict.left.connect(self.setFocus)
        self.switches.export_requested.connect(self.export_worksheet)
        self.switches.table_requested.connect(lambda: ask_for_samples(self))
        self.switches.check_requested.connect(self.checker.check_all)
        self.checker.progressed.connect(self.status.show_progress)
        self.checker.verdicts_changed.connect(self._show_verdicts)
        self.checker.cell_checked.connect(self._show_check)
        self._session.notice.connect(self._on_notice)
        self._session.loaded.connect(self._on_loaded)
        self._session.spec_changed.connect(self._on_spec_changed)

    # --- entering and leaving ---

    def showEvent(self, event: QShowEvent) -> None:
        """Pause training and take its state over."""
        super().showEvent(event)
        place_at_foot(self, self.status, True)
        self._enter()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop to play, and let training go on from what was shown."""
        super().hideEvent(event)
        self._latest.drop()
        self._set_playing(False)
        self.checker.stop()
        place_at_foot(self, self.status, False)
        self._leave()

    def _leave(self) -> None:
        """Let training go on from the state that was shown, if the inspection moved on."""
        self.inspector.cancel()
        self.inspector.wait()
        walk = self.inspector.walk
        if walk is None or self._taken is None or self._session.spec != walk.trainer.spec:
            return
        state = walk.state()
        if not same_state(state, self._taken):
            self._session.restore(state)
            self._taken = state

    def _enter(self) -> None:
        if self._session.is_loading:
            return
        self._is_entering = True
        self._session.pause()
        self._session.take_state(self._receive)

    def _receive(self, taken: StateTaken) -> None:
        self._is_entering = False
        if not self.isVisible():
            return
        run = self._session.current_run
        if taken.state is None or run is None:
            self.inspector.close()
            self._tell("There is no network to inspect: its data could not be read.")
            return
        walk = self.inspector.walk
        if walk is not None and walk.trainer.spec == taken.spec:
            if same_state(walk.state(), taken.state):
                self._show_tape()
                self._fulfil_wish()
                return
        state, data = taken.state, run.data

        def made(progress: Progress) -> SampleWalk:
            return SampleWalk(taken.spec, data, state)

        self._taken = state
        self._is_entering = True
        self._background.run("inspector", made, self._begin)

    def _begin(self, walk: SampleWalk) -> None:
        self._is_entering = False
        self.switches.show_samples(len(walk.trainer.data.samples.inputs))
        self.inspector.open(walk)
        self._fulfil_wish()

    def inspect(self, place: Place) -> None:
        """Go to the gradient of a unit, weight or bias, or to the first operation of a sample."""
        self._wish = place
        if self.isVisible() and not self._is_entering:
            self._fulfil_wish()

    def _fulfil_wish(self) -> None:
        place, self._wish = self._wish, None
        if place is not None and self.inspector.is_open:
            self._set_playing(False)
            if not self.inspector.go_to_place(place):
                self.notices.tell("info", "This part has no gradient of its own.")
            save_settings(self._preferences, self.inspector.settings)

    def _on_loaded(self, run: Loaded) -> None:
        if self.isVisible():
            self._enter()

    def _on_spec_changed(self) -> None:
        if self.isVisible() and not self._session.is_loading:
            self._enter()

    def _tell(self, message: str) -> None:
        self._message.setText(message)
        self._stack.setCurrentWidget(self._message)

    def _on_busy(self, busy: bool) -> None:
        self._busy_since = time.monotonic()
        if not busy:
            self.status.show_progress(None)

    def _on_progress(self, share: float, text: str) -> None:
        # What ends at once should not flash.
        if time.monotonic() - self._busy_since > PATIENCE_SECONDS:
            self.status.show_progress(share, text)

    def _cancel(self) -> None:
        """End what takes long, and take the keyboard back from what is typed in."""
        self.checker.stop()
        self.inspector.cancel()
        self.setFocus()

    def _on_notice(self, level: str, text: str) -> None:
        if self.isVisible():
            self.notices.tell(level, text)

    def _on_failed(self, message: str, trace: str) -> None:
        if trace:
            self._session.failed.emit(message, trace)
        else:
            self.notices.tell("error", message)

    # --- steps ---

    def move_by(self, move: Move) -> None:
        """Make a step of some size, forwards or backwards."""
        inspector = self.inspector
        if not inspector.is_open:
            return
        match move:
            case Move.START_OF_STEP:
                inspector.go_to(0)
            case Move.END_OF_STEP:
                inspector.go_to(len(inspector.tape) - 1)
            case Move.START:
                inspector.return_to_start()
            case _:
                inspector.move(*RUNGS[move])

    def _on_start(self) -> None:
        self._set_playing(False)
        self.notices.tell("info", "This is where the inspection started.")

    def _go_to(self, index: int) -> None:
        self._set_playing(False)
        self.inspector.go_to(index)

    def _go_to_phase(self, number: int) -> None:
        self._set_playing(False)
        self.inspector.jump(PHASES[number - 1])

    def toggle_play(self) -> None:
        """Go on by itself, or stop."""
        self._set_playing(not self._play_timer.isActive())

    def _set_playing(self, playing: bool) -> None:
        playing = playing and self.inspector.is_open
        if playing:
            self._play_timer.start(round(1000 / self.inspector.settings.speed))
        else:
            self._play_timer.stop()
        self.ladder.show_playing(playing)

    # --- predict and check ---

    def set_predicting(self, on: bool) -> None:
        """Hide results until they are answered, or show everything."""
        self._set_playing(False)
        self.switches.show_predicting(on)
        self.predict.invite()
        self.predictor.set_on(on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fill in the chosen cell with Enter; copy the operation as text."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.inspector.is_open:
            QApplication.clipboard().setText(self.view.as_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasFocus():
            self.predict.fill_in()
        else:
            super().keyPressEvent(event)

    def export_worksheet(self) -> None:
        """Open the dialog that writes the step as a page."""
        if not self.inspector.is_open:
            return
        from playground.gui.inspect.step.worksheet_dialog import WorksheetDialog

        self._set_playing(False)
        inspector = self.inspector
        WorksheetDialog(
            inspector.recording,
            inspector.settings.notation,
            inspector.settings.decimals,
            inspector.operation.key,
            self._session.spec.name,
            self._preferences,
            self.notices.tell,
            self.window(),
        ).open()

    # --- switches ---

    def _flip(self, name: str) -> None:
        self.switches.change(name, not getattr(self.switches.settings, name))

    def _on_fold(self, folded: bool) -> None:
        self._on_switched(replace(self.switches.settings, fold="yes" if folded else "no"))

    def _on_switched(self, settings: Settings) -> None:
        before = self.inspector.settings
        save_settings(self._preferences, settings)
        self.switches.show_settings(settings)
        self.view.show_settings(settings)
        self.inspector.set_settings(settings)
        if not self.inspector.is_open:
            return
        if before.decimals != settings.decimals or before.large != settings.large:
            self._show_operation()
        if self._play_timer.isActive():
            self._play_timer.setInterval(round(1000 / settings.speed))

    # --- showing ---

    def _show_tape(self) -> None:
        self._latest.drop()
        inspector = self.inspector
        self._stack.setCurrentWidget(self.view)
        situation = inspector.recording.situation
        loss = situation.architecture.head.loss
        self.switches.show_settings(inspector.settings)
        self.switches.show_fusable(bool(loss.fuses(situation.targets.shape[1])))
        self.checker.show_recording(inspector.recording)
        self.predictor.show_recording(
            inspector.recording, inspector.trainer.step, inspector.settings.figures
        )
        self.view.show_tape()
        self._show_verdicts()
        self._look_at_cell()

    def _show_operation(self) -> None:
        self.predict.invite()
        self._look_at_cell()
        self.view.show_operation()

    def _show_cell(self) -> None:
        self._look_at_cell()
        self.view.show_cell()

    def _look_at_cell(self) -> None:
        operation = self.inspector.operation
        self.checker.look_at(operation, self.inspector.cell)
        if operation.is_gradient:
            self.view.card.check.show_waiting()

    def _show_check(self, checked: CellCheck) -> None:
        text = cell_text(checked, self.inspector.settings.decimals)
        self.view.card.check.show_mark(mark_of(checked), text)

    def _show_verdicts(self) -> None:
        self.view.tape.show_marks(self.checker.marks)
