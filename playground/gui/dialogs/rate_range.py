"""Finding a learning rate: a range test on a copy of the network, its curve, and one button."""

from __future__ import annotations

import json

import msgspec
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.spec import ExperimentSpec
from playground.gui.job_window import JobWindow
from playground.gui.parameter_form import editor_for
from playground.gui.plots.rate_plot import RatePlot
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.teaching_tip import set_tip
from playground.gui.train.feature_pills import PillGroup
from playground.schema.describe import fields_of
from playground.schema.validation import InvalidValue, decoded
from playground.training.messages import StateTaken
from playground.training.rate_range import RangeSettings, RateRange, rate_range

__all__ = ["RateRangeDialog"]

POLL_MILLISECONDS = 33
_SIZE = (680, 520)
_KEPT = "rate_range"
_ABOUT = (
    "A copy of the network takes some training steps while the learning rate rises. Where the "
    "loss falls is where it learns; your own training is left alone."
)
_NOW, _START = "as it is now", "initial weights"


class RateRangeDialog(JobWindow):
    """Sweeps the learning rate in the background and offers what it found.

    Parameters
    ----------
    session
        Whose network is copied, and who gets the rate.
    preferences
        Where the range is remembered.
    """

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__("Find a learning rate", session, POLL_MILLISECONDS, parent)
        self._preferences = preferences
        self._settings = _remembered(preferences)
        self._tested: ExperimentSpec | None = None
        self._is_waiting = False
        self._found: RateRange | None = None
        about = QLabel(_ABOUT)
        about.setProperty("role", "muted")
        about.setWordWrap(True)
        self.progress.setAccessibleName("Progress of the range test")
        self.plot = RatePlot()
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._verdict = QLabel()
        self._verdict.setWordWrap(True)
        self._verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # Two lines at any time, so that nothing jumps when the outcome is there.
        self._verdict.setMinimumHeight(2 * self._verdict.fontMetrics().lineSpacing() + 2)
        self._verdict.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(about)
        layout.addLayout(self._make_settings())
        layout.addWidget(self.progress)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._verdict)
        layout.addLayout(self._make_buttons())
        self.resize(*_SIZE)
        self.run_button.setFocus()
        session.spec_changed.connect(self._show_spec)
        if parent is not None:
            parent.window().installEventFilter(self)
        self._show_state()

    # --- made once ---

    def _make_settings(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.editors = {}
        for field in fields_of(RangeSettings):
            editor = editor_for(field)
            editor.show_value(getattr(self._settings, field.name))
            editor.edited.connect(self._take_settings)
            self.editors[field.name] = editor
            row.addLayout(_captioned(field.shown.label, editor))
        self.begin_with = PillGroup(
            (_NOW, _START),
            {_NOW: "As it is now", _START: "Initial weights"},
            {
                _NOW: "Copies the network where training stands, the optimizer's memory included.",
                _START: "Copies the network as it is after Reset.",
            },
            exclusive=True,
        )
        self.begin_with.show_chosen((_NOW,))
        self.begin_with.edited.connect(lambda _: self.start())
        row.addLayout(_captioned("Begin with", self.begin_with))
        row.addStretch(1)
        return row

    def _make_buttons(self) -> QHBoxLayout:
        self.run_button = QPushButton()
        self.run_button.clicked.connect(self.toggle)
        self.use_button = QPushButton("Use this rate")
        self.use_button.setProperty("primary", True)
        self.use_button.clicked.connect(self.use_suggested)
        set_tip(
            self.use_button,
            "Use this rate",
            "Sets the learning rate, as one step that can be undone. Training goes on with it.",
        )
        self.use_steepest_button = QPushButton("Use the steepest")
        self.use_steepest_button.clicked.connect(self.use_steepest)
        set_tip(
            self.use_steepest_button,
            "Use the steepest",
            "Sets the rate at which the loss falls fastest: bolder, good with a schedule that "
            "lowers it later.",
        )
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.run_button)
        row.addStretch(1)
        for button in (self.use_steepest_button, self.use_button, close):
            row.addWidget(button)
        for button in (self.run_button, self.use_steepest_button, self.use_button, close):
            button.setAutoDefault(False)
        return row

    # --- what a person does ---

    @property
    def is_running(self) -> bool:
        """Whether a sweep is under way."""
        return self._job is not None or self._is_waiting

    @property
    def said(self) -> str:
        """The outcome, or why there is none."""
        return self._verdict.text()

    def toggle(self) -> None:
        """Start a sweep, or stop it."""
        if self._job is not None:
            self._job.cancel()
        elif not self._is_waiting:
            self.start()

    def start(self) -> None:
        """Sweep over a copy of the network."""
        self._end()
        self._found = None
        self.plot.show_found(None)
        self._verdict.setText("")
        if self._session.current_run is None:
            self._verdict.setText("The network is not ready yet; run again in a moment.")
            self._show_state()
            return
        self._is_waiting = True
        self._session.take_state(self._begin)
        self._show_state()

    def use_suggested(self) -> None:
        """Set the suggested learning rate."""
        if self._found is not None:
            self._use(self._found.suggested)

    def use_steepest(self) -> None:
        """Set the learning rate at which the loss falls fastest."""
        if self._found is not None and self._found.steepest_at is not None:
            self._use(float(f"{self._found.steepest_at:.1e}"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with the window."""
        if event.type() == QEvent.Type.Close:
            self._end()
        return False

    # --- behind it ---

    def _begin(self, taken: StateTaken) -> None:
        if not self._is_waiting:
            return
        self._is_waiting = False
        loaded = self._session.current_run
        if taken.state is None or loaded is None or loaded.spec.data != taken.spec.data:
            self._verdict.setText("The network is not ready yet; run again in a moment.")
            self._show_state()
            return
        spec, settings, data = taken.spec, self._settings, loaded.data
        state = taken.state if _NOW in self.begin_with.chosen else None
        self._tested = spec
        self._begin_job(
            "range test", lambda progress: rate_range(spec, settings, progress, data, state)
        )
        self._show_state()

    def _on_progress(self, share: float, text: str, partial: RateRange | None) -> None:
        self.plot.show_found(partial)

    def _on_result(self, result: RateRange) -> None:
        self._found = result
        self.plot.show_found(result)
        self.plot.autoscale()
        self._verdict.setText(result.sentence)
        if self.run_button.hasFocus() and result.suggested is not None:
            self._show_state()
            self.use_button.setFocus()

    def _on_cancelled(self) -> None:
        self._verdict.setText("Stopped.")

    def _on_failure(self, message: str) -> None:
        self._verdict.setText(message)

    def _poll(self) -> None:
        super()._poll()
        self._show_state()

    def _end(self) -> None:
        super()._end()
        self._is_waiting = False

    def _use(self, rate: float | None) -> None:
        if rate is not None:
            self._session.edit("training.learning_rate", rate, "Use the learning rate found")

    def _take_settings(self) -> None:
        values = {name: editor.value() for name, editor in self.editors.items()}
        self._settings = RangeSettings(**values)
        self._preferences.remember(_KEPT, json.dumps(msgspec.to_builtins(self._settings)))

    def _show_spec(self, spec: ExperimentSpec) -> None:
        before = self._tested
        if before is None or self._found is None:
            return
        if _without_rate(before) != _without_rate(spec):
            self._verdict.setText("The experiment has changed since: run again to see how.")
            self._found = None
        self._show_state()

    def _show_state(self) -> None:
        found, rate = self._found, self._session.spec.training.learning_rate
        self.run_button.setText("Stop" if self.is_running else "Run again")
        self.progress.setVisible(self.is_running)
        suggested = None if found is None else found.suggested
        steepest = None if found is None else found.steepest_at
        self.use_button.setText("Use this rate" if suggested is None else f"Use {suggested:.2g}")
        self.use_button.setEnabled(suggested is not None and suggested != rate)
        self.use_steepest_button.setText(
            "Use the steepest" if steepest is None else f"Use the steepest, {steepest:.2g}"
        )
        self.use_steepest_button.setEnabled(steepest is not None)


def _captioned(caption: str, content: QWidget) -> QVBoxLayout:
    label = QLabel(caption)
    label.setProperty("role", "caption")
    label.setBuddy(content)
    label.setFixedHeight(15)
    content.setMinimumHeight(30)
    column = QVBoxLayout()
    column.setSpacing(3)
    column.addWidget(label)
    column.addWidget(content)
    column.addStretch(1)
    return column


def _remembered(preferences: Preferences) -> RangeSettings:
    try:
        return decoded(json.loads(preferences.remembered(_KEPT, "{}")), RangeSettings)
    except (InvalidValue, ValueError):
        return RangeSettings()


def _without_rate(spec: ExperimentSpec) -> ExperimentSpec:
    """Return a spec of which only what matters to the test is left."""
    training = msgspec.structs.replace(spec.training, learning_rate=1.0)
    return msgspec.structs.replace(spec, training=training, name="", about="")
