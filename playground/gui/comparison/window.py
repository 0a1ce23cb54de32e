"""The window in which architectures are compared, beside a training that goes on."""

from __future__ import annotations

import time

import msgspec
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.architectures import (
    Widths,
    suggested_widths,
    widths_of,
    widths_text,
    with_widths,
)
from playground.experiment.spec import ExperimentSpec
from playground.gui.comparison.candidates import CandidatesEditor
from playground.gui.comparison.model import ResultsModel
from playground.gui.comparison.results_view import ResultsView
from playground.gui.job_window import JobWindow
from playground.gui.parameter_form import ParameterForm
from playground.gui.preferences import Preferences
from playground.gui.session import Session
from playground.gui.teaching_tip import set_tip
from playground.gui.train.feature_pills import PillGroup
from playground.schema.validation import InvalidValue, validated
from playground.training.cross_validation import (
    CrossValidation,
    FoldSettings,
    Measure,
    cross_validate,
)
from playground.training.cross_validation_table import csv_table, text_table, verdict

__all__ = ["ComparisonWindow"]

POLL_MILLISECONDS = 50
_LEFT = 232
_SIZE = (1120, 600)
_ABOUT = (
    "Each network is trained once per fold: on all parts of the samples but one, and measured on "
    "the part that it has not seen. The test samples stay untouched."
)
_EMPTY = (
    "Which hidden layers are enough?\n\nChoose a few architectures at the left and press Compare. "
    "Training in the window goes on meanwhile."
)


class ComparisonWindow(JobWindow):
    """Compares architectures by cross-validation, in the background."""

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__("Compare architectures", session, POLL_MILLISECONDS, parent)
        self._preferences = preferences
        self._compared: ExperimentSpec | None = None
        self._started = 0.0
        self.model = ResultsModel(self)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(18)
        layout.addWidget(self._make_left())
        layout.addLayout(self._make_right(), 1)
        self.resize(*_SIZE)
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self.copy_text)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.start)
        self.view.selectionModel().selectionChanged.connect(self._show_choice)
        self.model.modelReset.connect(self._show_choice)
        self.view.activated.connect(lambda _: self.use_selected())
        session.spec_changed.connect(self._show_spec)
        self.suggest()
        self._show_spec()
        self._show_state()
        self.compare_button.setFocus()

    # --- made once ---

    def _make_left(self) -> QWidget:
        self.candidates = CandidatesEditor()
        self.candidates.suggestions_wanted.connect(self.suggest)
        self.candidates.edited.connect(self._show_state)
        self.form = ParameterForm(FoldSettings)
        self.form.show_value(_settings(self._preferences.comparison))
        self.form.edited.connect(self._show_state)
        about = QLabel(_ABOUT)
        about.setProperty("role", "caption")
        about.setWordWrap(True)
        self.compare_button = QPushButton("Compare")
        self.compare_button.setProperty("primary", True)
        self.compare_button.setDefault(False)
        self.compare_button.setAutoDefault(False)
        set_tip(
            self.compare_button,
            "Compare",
            "Trains every network once per fold, in the background. Stop keeps what there is.",
            shortcut="Ctrl+Enter",
        )
        self.compare_button.clicked.connect(self.toggle)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (self.candidates, self.form, about):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left = QWidget()
        left.setFixedWidth(_LEFT)
        whole = QVBoxLayout(left)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(area, 1)
        whole.addWidget(self.compare_button)
        return left

    def _make_right(self) -> QVBoxLayout:
        self.measures = PillGroup(
            tuple(Measure),
            {measure: measure.value.capitalize() for measure in Measure},
            {
                Measure.ACCURACY: "The share of right answers: what one usually wants to know.",
                Measure.LOSS: "What training makes small: it also counts how sure an answer is.",
            },
            exclusive=True,
        )
        self.measures.edited.connect(lambda _: self._show_result(self.model.result))
        self._verdict = QLabel()
        self._verdict.setProperty("role", "heading")
        self._verdict.setWordWrap(True)
        self._verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.addWidget(self._verdict, 1)
        head.addWidget(self.measures)
        self.view = ResultsView(self.model)
        self._empty = QLabel(_EMPTY, self.view)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2, 4, 2, 4)
        inside.addWidget(self.view)
        over = QVBoxLayout(self.view)
        over.addWidget(self._empty, 1, Qt.AlignmentFlag.AlignCenter)
        self._empty.setFixedWidth(420)
        self.progress.setAccessibleName("Progress of the comparison")
        self._state = QLabel()
        self._state.setProperty("role", "muted")
        self._state.setWordWrap(True)
        self.copy_button = QPushButton("Copy")
        menu = QMenu(self.copy_button)
        menu.addAction("As a table in text", self.copy_text)
        menu.addAction("As CSV, one line per fold", self.copy_csv)
        menu.addAction("As a picture", self.copy_picture)
        menu.addSeparator()
        menu.addAction("Save picture…", self.save_picture)
        self.copy_button.setMenu(menu)
        self.use_button = QPushButton("Use this architecture")
        self.use_button.clicked.connect(self.use_selected)
        set_tip(
            self.use_button,
            "Use this architecture",
            "Gives the network these hidden layers, as one step that can be undone.",
            shortcut="Enter",
        )
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._state, 1)
        for button in (self.copy_button, self.use_button, close):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(card, 1)
        column.addWidget(self.progress)
        column.addLayout(buttons)
        return column

    # --- what a person does ---

    @property
    def is_running(self) -> bool:
        """Whether networks are being compared."""
        return self._job is not None

    @property
    def said(self) -> str:
        """What is said about how far it is, or why it is not possible."""
        return self._state.text()

    def suggest(self) -> None:
        """Fill the list with architectures around the one that there is."""
        self.candidates.show_candidates(suggested_widths(self._session.spec))

    def toggle(self) -> None:
        """Start comparing, or stop it."""
        if self._job is not None:
            self._job.cancel()
        else:
            self.start()

    def start(self) -> None:
        """Compare the architectures of the list."""
        if self._job is not None or not self.candidates.add_typed():
            return
        spec, candidates = self._session.spec, self.candidates.candidates
        settings: FoldSettings = self.form.value()
        self._preferences.comparison = msgspec.to_builtins(settings)
        self._compared = spec
        self._show_result(None)
        self._started = time.monotonic()
        self._begin_job(
            "cross-validation",
            lambda progress: cross_validate(spec, candidates, settings, progress),
        )
        self._show_state("Preparing the samples")

    def use_selected(self) -> None:
        """Give the network the hidden layers of the selected row."""
        widths = self._selected()
        if widths is None:
            return
        spec = with_widths(self._session.spec, widths)
        self._session.propose(spec, f"Use architecture {widths_text(widths)}")

    def copy_text(self) -> None:
        """Put the table on the clipboard as text."""
        if self.model.result is not None:
            QGuiApplication.clipboard().setText(text_table(self.model.result) + "\n")
            self._show_state("Copied the table.")

    def copy_csv(self) -> None:
        """Put every fold of every architecture on the clipboard."""
        if self.model.result is not None:
            QGuiApplication.clipboard().setText(csv_table(self.model.result))
            self._show_state("Copied one line per fold.")

    def copy_picture(self) -> None:
        """Put a picture of the table on the clipboard."""
        from playground.gui.figures.menu import copy_picture

        figure = self.view.figure()
        if figure is not None:
            copy_picture(figure)
            self._show_state("Copied a picture of the table.")

    def save_picture(self) -> None:
        """Ask for a file and write a picture of the table to it."""
        from playground.gui.figures.menu import save

        figure = self.view.figure()
        if figure is not None:
            save(self, figure, ".png", told=self._show_state)

    # --- what is shown ---

    def _on_progress(self, share: float, text: str, partial: CrossValidation | None) -> None:
        if partial is not None and partial is not self.model.result:
            self._show_result(partial)
        self._show_state(f"{text} · {self._time_left(share)}".rstrip(" ·"))

    def _on_result(self, result: CrossValidation) -> None:
        self._show_result(result)
        self._select_best()
        self._show_state(f"Took {_duration(time.monotonic() - self._started)}.")

    def _on_cancelled(self) -> None:
        self._show_state("Stopped. What was measured so far is shown.")

    def _on_failure(self, message: str) -> None:
        self._show_state(message)

    def _time_left(self, share: float) -> str:
        elapsed = time.monotonic() - self._started
        if share < 0.02 or elapsed < 1:
            return ""
        return f"about {_duration(elapsed * (1 - share) / share)} left"

    def _show_result(self, result: CrossValidation | None) -> None:
        measure = self.measures.chosen[0] if self.measures.chosen else Measure.LOSS
        if result is not None and not result.has_classes:
            measure = Measure.LOSS
        self.model.show_result(result, measure)
        self._verdict.setText(verdict(result, measure) if result is not None else "")
        self._empty.setVisible(result is None)
        self._show_choice()

    def _select_best(self) -> None:
        if self.model.best is not None and self._selected() is None:
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(self.model.best, 0)
            self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _selected(self) -> Widths | None:
        rows = self.view.selectionModel().selectedRows()
        return self.model.candidate(rows[0].row()).widths if rows else None

    def _show_choice(self) -> None:
        widths = self._selected()
        is_new = widths is not None and widths != widths_of(self._session.spec.network)
        self.use_button.setEnabled(is_new)
        self.copy_button.setEnabled(self.model.result is not None)

    def _show_spec(self) -> None:
        spec = self._session.spec
        has_classes = spec.data.task.class_count > 0
        self.measures.setVisible(has_classes)
        if not self.measures.chosen or not has_classes:
            self.measures.show_chosen((Measure.ACCURACY if has_classes else Measure.LOSS,))
        self._show_choice()
        compared = self._compared
        if compared is not None and self.model.result is not None and self._job is None:
            if (compared.data, compared.training) != (spec.data, spec.training):
                self._show_state("The experiment has changed since. Compare again to see how.")

    def _show_state(self, text: str = "") -> None:
        is_running = self._job is not None
        count = len(self.candidates.candidates)
        if not is_running and not text:
            settings: FoldSettings = self.form.value()
            runs = count * settings.folds
            text = f"{runs:,} trainings of {settings.epochs:,} epochs"
        self._state.setText(text)
        self.compare_button.setText("Stop" if is_running else "Compare")
        self.compare_button.setEnabled(is_running or count > 0)
        self.candidates.setEnabled(not is_running)
        self.form.setEnabled(not is_running)
        self.progress.setVisible(is_running)


def _settings(kept: dict[str, int]) -> FoldSettings:
    """Return remembered settings; the usual ones where they do not fit any more."""
    try:
        return validated(FoldSettings(**kept))
    except (InvalidValue, TypeError):
        return FoldSettings()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60):,} min"
