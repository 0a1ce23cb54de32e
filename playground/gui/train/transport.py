"""The bar above everything: start, step, reset, and what steers a running training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QSizePolicy, QToolButton, QWidget

from playground.engine.schedules import Constant, Schedule
from playground.experiment.spec import ExperimentSpec, TrainingSpec, suitable_losses
from playground.gui.icons import icon
from playground.gui.parameter_form import joined
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import theme
from playground.gui.train.batch_selector import BatchSelector
from playground.gui.train.pace import PaceButton
from playground.gui.train.readout import (
    Readout,
    count_text,
    epoch_text,
    loss_role,
    loss_text,
    rate_text,
    share_text,
)
from playground.gui.train.selector import NumberSelector, OptionSelector
from playground.schema.describe import field_of, tag_of, title_of
from playground.schema.task import TaskKind
from playground.training.messages import Loaded
from playground.training.snapshot import Snapshot

if TYPE_CHECKING:
    from playground.gui.workspaces import WorkspaceSwitch

__all__ = ["TransportBar"]

HEIGHT = 58


class TransportBar(QWidget):
    """Play, step and reset; the learning rate and its companions; how well it goes.

    Where the window is narrow the gaps shrink, then the step counter, the speed and the accuracy
    make room, in this order.

    Signals
    -------
    play_toggled()
        Start training, or pause it.
    reset_requested()
        Back to exactly the initial weights.
    new_weights_requested()
        Other initial weights, from another seed.
    rate_wanted()
        Find a learning rate by a range test.
    step_requested(bool)
        Train one batch (``False``) or to the end of the epoch (``True``).
    edited(str, object, str, str)
        Path in the spec, new value, label for Undo, merge key.
    """

    play_toggled = Signal()
    reset_requested = Signal()
    new_weights_requested = Signal()
    rate_wanted = Signal()
    step_requested = Signal(bool)
    edited = Signal(str, object, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAccessibleName("Transport")
        self.setProperty("panel", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._running = False
        self._has_classes = True
        self._has_validation = False
        self._whole_epoch = False
        self._snapshot: Snapshot | None = None
        self._schedule: Schedule = Constant()
        self._switch: WorkspaceSwitch | None = None

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 7, 14, 8)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._add_buttons()
        self._epoch = Readout("Epoch", 7)
        self._step_count = Readout("Step", 7)
        self._row.addWidget(self._epoch)
        self._row.addWidget(self._step_count)
        self._add_selectors()
        self._row.addStretch(1)
        self._train_loss = Readout("Train loss", 7)
        self._validation_loss = Readout("Validation", 7)
        self._validation_loss.hide()
        self._test_loss = Readout("Test loss", 7)
        self._accuracy = Readout("Accuracy %", 9)
        self._speed = Readout("Steps/s", 6)
        for readout in (
            self._train_loss,
            self._validation_loss,
            self._test_loss,
            self._accuracy,
            self._speed,
        ):
            self._row.addWidget(readout)
        self._tip_readouts()
        self._clear()

    # --- parts ---

    def place_switch(self, switch: WorkspaceSwitch) -> None:
        """Put the switch between the workspaces at the left end."""
        self._switch = switch
        self._row.insertWidget(0, switch)
        self._fit()

    def _add_buttons(self) -> None:
        group = self._buttons = QHBoxLayout()
        group.setSpacing(7)
        self._reset = self._button("reset", "reset")
        self._reset.clicked.connect(self.reset_requested)
        set_tip(
            self._reset,
            "Reset",
            "Back to step 0 with exactly the same initial weights, so that runs can be compared.",
            shortcut="R",
        )
        self._new_weights = self._button("new_weights", "shuffle")
        self._new_weights.clicked.connect(self.new_weights_requested)
        set_tip(
            self._new_weights,
            "New weights",
            "Draws other initial weights, with a new seed. Undo brings the old ones back.",
            shortcut="N",
        )
        self._play = QToolButton()
        self._play.setObjectName("play")
        self._play.setIconSize(QSize(18, 18))
        self._play.clicked.connect(self.play_toggled)
        self._show_play()
        self._step = self._button("step", "step-batch")
        self._step.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._step.clicked.connect(lambda: self.step_requested.emit(self._whole_epoch))
        menu = QMenu(self._step)
        self._step_actions: dict[bool, QAction] = {}
        for whole_epoch, text, key in ((False, "One batch", "."), (True, "One epoch", "Shift+.")):
            action = menu.addAction(icon(_STEP_ICONS[whole_epoch]), f"{text}\t{key}")
            action.triggered.connect(partial(self._step_as, whole_epoch))
            self._step_actions[whole_epoch] = action
        self._step.setMenu(menu)
        self._show_step_mode()
        for button in (self._reset, self._new_weights, self._play, self._step):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            group.addWidget(button)
        self.pace = PaceButton()
        group.addWidget(self.pace)
        self._row.addLayout(group)

    def _button(self, name: str, drawing: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("framed", True)
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(18, 18))
        return button

    def _add_selectors(self) -> None:
        fields = {
            name: field_of(TrainingSpec, name)
            for name in ("optimizer", "learning_rate", "batch_size", "loss", "regularizer")
        }
        self._optimizer = OptionSelector(fields["optimizer"], "Optimizer")
        self._learning_rate = NumberSelector(
            fields["learning_rate"], "Learning rate", helper="find-rate"
        )
        self._learning_rate.helper_clicked.connect(self.rate_wanted)
        assert self._learning_rate.helper is not None  # it has just got one
        set_tip(
            self._learning_rate.helper,
            "Find a learning rate",
            "Trains a copy of the network with rising rates, and shows with which it learns.",
            shortcut="Ctrl+R",
        )
        self._batch = BatchSelector(fields["batch_size"], "Batch")
        self._loss = OptionSelector(fields["loss"], "Loss")
        self._regularizer = OptionSelector(fields["regularizer"], "Regularization", summarize=True)
        # Least width at which usual entries can be read, and the width where there is room.
        self._optimizer.set_widths(108, 124)
        self._learning_rate.set_widths(97, 107)
        self._batch.set_widths(64, 74)
        self._loss.set_widths(152, 176)
        self._regularizer.set_widths(118, 134)
        for name, selector in (
            ("optimizer", self._optimizer),
            ("learning_rate", self._learning_rate),
            ("batch_size", self._batch),
            ("loss", self._loss),
            ("regularizer", self._regularizer),
        ):
            if isinstance(selector, OptionSelector):
                selector.edited.connect(partial(self._on_option_edited, name))
            else:
                selector.edited.connect(partial(self._on_number_edited, name))
            self._row.addWidget(selector)

    def _tip_readouts(self) -> None:
        set_tip(self._epoch, "Epoch", "How often the network has seen all of the training data.")
        set_tip(
            self._step_count,
            "Step",
            "Batches so far: each updates the weights, unless gradients are accumulated.",
        )
        set_tip(
            self._train_loss,
            "Train loss",
            "Mean loss on the training data, without the penalty of regularization.",
        )
        set_tip(
            self._validation_loss,
            "Validation loss",
            "Mean loss on data that the network never learns from, but by which people and early "
            "stopping choose.",
        )
        set_tip(
            self._test_loss,
            "Test loss",
            "Mean loss on data that the network never learns from. Much above the train loss, "
            "it has learned by heart.",
        )
        set_tip(
            self._accuracy,
            "Accuracy",
            "Share of right answers in %: on training data, on validation data if there is any, "
            "and on test data.",
        )
        set_tip(self._speed, "Steps per second", "How fast training goes right now.")

    # --- what is shown ---

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show an edited experiment; touches only what differs."""
        training = spec.training
        self._optimizer.show_value(training.optimizer)
        self._learning_rate.show_value(training.learning_rate)
        self._show_schedule(training.schedule)
        self._batch.show_training(training)
        self._loss.show_value(training.loss)
        self._regularizer.show_value(training.regularizer)
        task = spec.data.task.kind
        suitable = suitable_losses(spec)
        reason = f"Has no meaning for {task.value}, which the data asks for."
        options = field_of(TrainingSpec, "loss").options
        self._loss.show_availability({t: reason for t in map(tag_of, options) if t not in suitable})
        has_classes = task is not TaskKind.REGRESSION
        has_validation = spec.data.validation_count > 0
        if (has_classes, has_validation) != (self._has_classes, self._has_validation):
            self._has_classes, self._has_validation = has_classes, has_validation
            self._accuracy.set_characters(14 if has_validation else 9)
            self._fit()

    def show_loaded(self, loaded: Loaded) -> None:
        """Show that a new run stands at its start."""
        self.show_nothing()

    def show_nothing(self) -> None:
        """Show that nothing is known yet."""
        self._snapshot = None
        self._clear()

    def show_running(self, running: bool) -> None:
        """Show whether training runs."""
        if running != self._running:
            self._running = running
            self._show_play()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a frame; nothing is painted while they stay the same."""
        self._snapshot = snapshot
        if not self.isVisible():
            return
        metrics = snapshot.metrics
        self._epoch.show_text(epoch_text(snapshot.epoch))
        self._step_count.show_text(count_text(snapshot.step))
        for readout, value, role in (
            (self._train_loss, metrics.train_loss, "curve_train"),
            (self._validation_loss, metrics.validation_loss, "curve_validation"),
            (self._test_loss, metrics.test_loss, "curve_test"),
        ):
            readout.show_text(loss_text(value), loss_role(value, role))
        self._show_accuracies(
            metrics.train_accuracy, metrics.validation_accuracy, metrics.test_accuracy
        )
        self._speed.show_text(rate_text(snapshot.steps_per_second))
        if not self._schedule.is_constant:
            self._learning_rate.show_caption(f"Now {loss_text(snapshot.learning_rate)}")

    def _show_schedule(self, schedule: Schedule) -> None:
        """Let the caption of the learning rate tell what a schedule makes of it."""
        if schedule == self._schedule:
            return
        self._schedule = schedule
        if schedule.is_constant:
            self._learning_rate.show_caption(None)
            self._learning_rate.show_remark("")
            return
        name = title_of(type(schedule)).lower()
        self._learning_rate.show_remark(
            f"The small number above is what the schedule ({name}) makes of it right now.",
            schedule.formula,
        )

    def _clear(self) -> None:
        self._epoch.show_text(epoch_text(0))
        self._step_count.show_text(count_text(0))
        self._train_loss.show_text(loss_text(None), "curve_train")
        self._validation_loss.show_text(loss_text(None), "curve_validation")
        self._test_loss.show_text(loss_text(None), "curve_test")
        self._show_accuracies(None, None, None)
        self._speed.show_text(rate_text(None))

    def _show_accuracies(
        self, train: float | None, validation: float | None, test: float | None
    ) -> None:
        parts = [(share_text(train), "curve_train"), (share_text(test), "curve_test")]
        if self._has_validation:
            parts.insert(1, (share_text(validation), "curve_validation"))
        self._accuracy.show_parts(*parts)

    def _show_play(self) -> None:
        self._play.setIcon(icon("pause" if self._running else "play", "on_accent"))
        title = "Pause" if self._running else "Play"
        text = "Stop after the current step." if self._running else "Train until paused."
        self._play.setAccessibleName(title)
        set_tip(self._play, title, text, shortcut="Space")

    # --- stepping ---

    def set_steps_whole_epochs(self, whole_epoch: bool) -> None:
        """Choose what the step button does."""
        self._whole_epoch = whole_epoch
        self._show_step_mode()

    def _step_as(self, whole_epoch: bool) -> None:
        """Step, and let the button do the same from now on."""
        self.set_steps_whole_epochs(whole_epoch)
        self.step_requested.emit(whole_epoch)

    def _show_step_mode(self) -> None:
        whole = self._whole_epoch
        self._step.setText("epoch" if whole else "batch")
        self._step.setIcon(icon(_STEP_ICONS[whole]))
        title = "Step one epoch" if whole else "Step one batch"
        text = (
            "Trains to the end of the current pass over the training data, then pauses."
            if whole
            else "Trains on one batch: one update of all weights, then pauses."
        )
        self._step.setAccessibleName(title)
        set_tip(self._step, title, text, shortcut="Shift+." if whole else ".")

    # --- edits ---

    def _on_option_edited(self, name: str, path: str, value: Any, continuous: bool) -> None:
        what = _LABELS[name] if not path else f"{_LABELS[name]} {path.replace('_', ' ')}"
        self._tell(joined(f"training.{name}", path), value, f"Set {what}", continuous)

    def _on_number_edited(self, name: str, value: Any, continuous: bool) -> None:
        path = f"training.{name}"
        if name == "batch_size":
            path, value = self._batch.change(value)
        self._tell(path, value, f"Set {_LABELS[name]}", continuous)

    def _tell(self, path: str, value: Any, label: str, continuous: bool) -> None:
        self.edited.emit(path, value, label, path if continuous else "")

    # --- room ---

    def minimumSizeHint(self) -> QSize:
        """Return the size at which the most dispensable parts have made room."""
        return QSize(900, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let parts make room, or bring them back."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was not painted while hidden."""
        super().showEvent(event)
        self._fit()
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line below."""
        painter = QPainter(self)
        painter.setPen(theme().color("separator"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def _fit(self) -> None:
        dispensable = (self._step_count, self._speed, self._accuracy, self._validation_loss)
        readouts = (self._epoch, self._train_loss, self._test_loss, *dispensable)
        meaningful = {
            self._accuracy: self._has_classes,
            self._validation_loss: self._has_validation,
        }
        for hidden in range(len(dispensable) + 1):
            for index, readout in enumerate(dispensable):
                readout.setVisible(meaningful.get(readout, True) and index >= hidden)
            for gap, is_terse, is_tight in _STAGES:
                self._row.setSpacing(gap)
                self._buttons.setSpacing(5 if is_tight else 7)
                if self._switch is not None:
                    self._switch.set_compact(is_tight)
                self._step.setToolButtonStyle(_STEP_STYLES[is_terse])
                self._step.setFixedWidth(54 if is_terse else 92)
                for readout in readouts:
                    readout.set_compact(is_tight)
                # Only the last button to go has a key and a place in the menu as well.
                for with_helper in (True, False) if is_tight else (True,):
                    self._learning_rate.show_helper(with_helper)
                    # A layout within a layout keeps its old size until the next turn.
                    self._buttons.invalidate()
                    self._row.invalidate()
                    needed = self._row.minimumSize() if is_tight else self._row.sizeHint()
                    if needed.width() <= self.width():
                        return


_STAGES = ((20, False, False), (14, False, False), (14, True, False), (7, True, True))
"""From roomy to narrow: gap, step button without text, everything as small as can be read."""
_STEP_ICONS = {False: "step-batch", True: "step-epoch"}
_STEP_STYLES = {
    False: Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
    True: Qt.ToolButtonStyle.ToolButtonIconOnly,
}
_LABELS = {
    "optimizer": "optimizer",
    "learning_rate": "learning rate",
    "batch_size": "batch size",
    "loss": "loss",
    "regularizer": "regularization",
}
"""Names of the fields in the labels of Undo."""
