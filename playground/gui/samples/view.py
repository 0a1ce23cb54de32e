"""The table of samples with what filters it above, and what it comes to below."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.data.prepared import PreparedData
from playground.engine.network import Architecture, Parameters
from playground.gui.preferences import Preferences
from playground.gui.samples.arrangement import (
    ALL,
    Arrangement,
    arranged,
    load_arrangement,
    save_arrangement,
    sorting,
)
from playground.gui.samples.caption import caption, empty_text
from playground.gui.samples.columns import Column
from playground.gui.samples.empty_note import EmptyNote
from playground.gui.samples.enlarging import Enlarging
from playground.gui.samples.filter_bar import FilterBar
from playground.gui.samples.model import SamplesModel
from playground.gui.samples.scorer import Scorer
from playground.gui.samples.table import SamplesTable
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import text_font
from playground.gui.train.network.cards import SmallText
from playground.training.sample_scores import SampleScores

__all__ = ["SamplesView"]

HELD_SECONDS = 3.0
"""So long after a key the order stands still, that a row does not run away from who walks."""
_RETRY_MILLISECONDS = 400
_TOLD_MILLISECONDS = 5000


class SamplesView(QWidget):
    """Every sample with its target, the answer of the network, and its loss.

    It is refreshed only while it is seen. Whoever shows it gives it the network.

    Parameters
    ----------
    preferences
        Where sorting and filters are remembered, if they are.

    Signals
    -------
    current_changed(int)
        A person chose another sample.
    inspected(int)
        The inspector was asked to show a sample.
    failed(str, str)
        An unexpected error: message and traceback.
    """

    current_changed = Signal(int)
    inspected = Signal(int)
    failed = Signal(str, str)

    def __init__(
        self, preferences: Preferences | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._arrangement = (
            load_arrangement(preferences) if preferences is not None else Arrangement()
        )
        self._architecture: Architecture | None = None
        self._sample: int | None = None
        self._is_arranging = False
        # Of all answers; the first order there is need not be waited for.
        self._has_order = False
        self._progress = 1.0
        self.model = SamplesModel(self)
        self.table = SamplesTable(self.model)
        self.scorer = Scorer(self)
        self.enlarging = Enlarging(self.table, self.model, self.scorer)
        self._build()
        self._retry = _timer(self, _RETRY_MILLISECONDS, self._arrange)
        self._untell = _timer(self, _TOLD_MILLISECONDS, self._show_caption)
        self._connect()
        self._show_arrangement()

    def _build(self) -> None:
        self.bar = FilterBar()
        self._empty = EmptyNote(self.table)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        self._caption = SmallText()
        self.inspect_button = QToolButton()
        self.inspect_button.setProperty("link", True)
        self.inspect_button.setFont(text_font(12))
        self.inspect_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_tip(
            self.inspect_button,
            "Inspect this sample",
            "Steps through the training step that this sample causes, operation by operation.",
            shortcut="Enter or I in the table, or a double click",
        )
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self._caption, 1)
        foot.addWidget(self.inspect_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(card, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.table)
        self._show_current(-1)

    def _connect(self) -> None:
        table, scorer = self.table, self.scorer
        table.sort_wanted.connect(self._sort)
        table.wrong_only_toggled.connect(self.bar.wrong_only.click)
        table.go_to_wanted.connect(self.bar.begin_number)
        table.current_changed.connect(self._show_current)
        table.inspected.connect(self.inspected)
        table.scrolled.connect(self._score_seen)
        table.told.connect(self._tell)
        self.bar.set_chosen.connect(lambda name: self._choose(of_set=name))
        self.bar.wrong_only_chosen.connect(lambda on: self._choose(wrong_only=on))
        self.bar.asked.connect(self.go_to_sample)
        self.bar.left.connect(table.setFocus)
        self.inspect_button.clicked.connect(lambda: table.inspect(table.currentIndex().row()))
        self._empty.all_wanted.connect(lambda: self._choose(of_set=ALL, wrong_only=False))
        scorer.scored.connect(self._show_scores)
        scorer.outdated.connect(self._refresh_seen)
        scorer.progressed.connect(self._show_progress)
        scorer.failed.connect(self.failed)
        shortcut = QShortcut(QKeySequence("Ctrl+G"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.bar.begin_number)

    # --- what is shown ---

    @property
    def arrangement(self) -> Arrangement:
        """How rows are sorted and filtered."""
        return self._arrangement

    @property
    def sample(self) -> int | None:
        """The chosen sample, if it is shown."""
        return self.table.sample

    @property
    def caption(self) -> str:
        """What is said below the table."""
        return self._caption.whole_text

    @property
    def empty_words(self) -> str:
        """What is said in place of rows; "" if there are any."""
        return "" if self._empty.isHidden() else self._empty.words

    def show_data(self, data: PreparedData | None, architecture: Architecture | None) -> None:
        """Show the samples of a run; ``None`` shows that there are none.

        Of the same samples the place is kept: only the network is another.
        """
        before, self._architecture = self.model.samples, architecture
        self.scorer.show_data(data, architecture)
        if data is before and data is not None:
            # Answers of the network before would be taken for those of the new one.
            self.model.show_scores(SampleScores.unknown(len(data.samples.labels)))
            # The rows stay as they are until the new one has answered.
            self._has_order = False
            self._show_caption()
            return
        columns, at, sample = (
            self.model.columns,
            self.table.verticalScrollBar().value(),
            self.sample,
        )
        self._is_arranging = True
        self.model.show_data(data)
        self.table.show_data(data)
        self._is_arranging = False
        if data is not None:
            self.bar.show_data(data)
        self._show_arrangement()
        self._arrange(is_asked_for=True)
        if columns == self.model.columns and data is not None:
            # The points moved, as when noise changes: the eye stays where it was.
            self._restore(sample)
            self.table.verticalScrollBar().setValue(at)
        else:
            self._show_current(-1)

    def show_network(self, parameters: Parameters, is_training: bool = False) -> None:
        """Show what a network says, if the table is seen.

        Parameters
        ----------
        parameters
            A copy that nobody changes.
        is_training
            Whether another one will follow soon.
        """
        if self.isVisible():
            self.scorer.show_network(parameters, is_training)

    def choose_sample(self, sample: int) -> bool:
        """Make a sample the current one and bring it into sight; return whether it is shown."""
        return self.table.choose(sample, is_centered=True)

    def go_to_sample(self, sample: int) -> None:
        """Bring a sample into sight, even if a filter hid it."""
        data = self.model.samples
        count = len(data.samples.labels) if data is not None else 0
        if sample >= count:
            self.bar.show_no_sample(count)
            return
        self.bar.hide_problem()
        if not self.choose_sample(sample):
            self._choose(of_set=ALL, wrong_only=False)
            self.choose_sample(sample)
            self._tell(f"Shows all samples: the filter hid #{sample}.")
        self.table.setFocus()

    # --- sorting and filtering ---

    def _sort(self, column: Column, falling: bool) -> None:
        self._choose(sort=column.key, falling=falling)
        if self.sample is None:
            self.table.scrollToTop()

    def _choose(self, **changes: object) -> None:
        changed = replace(self._arrangement, **changes)  # type: ignore[arg-type]
        if changed == self._arrangement:
            return
        self._arrangement = changed
        if self._preferences is not None:
            save_arrangement(self._preferences, changed)
        self._show_arrangement()
        self._arrange(is_asked_for=True)

    def _show_arrangement(self) -> None:
        arrangement = self._arrangement
        self.bar.show_arrangement(arrangement)
        if self.model.columns:
            self.table.show_sorting(*sorting(arrangement, self.model.columns))

    @property
    def _depends(self) -> bool:
        """Whether which rows are shown, or their order, depends on what the network says."""
        if not self.model.columns:
            return False
        arrangement = self._arrangement
        return arrangement.wrong_only or sorting(arrangement, self.model.columns)[0].is_result

    def _is_held(self) -> bool:
        """Return whether somebody is about to use a row, which must not run away."""
        return (
            self.table.viewport().underMouse()
            or time.monotonic() - self.table.last_key < HELD_SECONDS
            or self.table.chosen_count > 1
        )

    def _arrange(self, is_asked_for: bool = False) -> None:
        """Sort and filter anew."""
        model, data = self.model, self.model.samples
        if data is not None:
            if not is_asked_for and self._has_order and self._is_held():
                # Once nobody points at a row, or walks, any more.
                self._retry.start()
                self._show_caption()
                return
            self._has_order = model.scores.are_complete
            rows = arranged(self._arrangement, model.columns, data, model.codes, model.scores)
            if not np.array_equal(rows, model.rows):
                sample = self.sample
                self._is_arranging = True
                # Else Qt looks for a neighbour of a row that goes, and scrolls to it.
                self.table.selectionModel().clear()
                model.show_rows(rows)
                self._is_arranging = False
                self._restore(sample if sample is not None else self._sample)
        self._retry.stop()
        self._score_seen()
        self._show_empty()
        self._show_caption()

    def _restore(self, sample: int | None) -> None:
        """Let the chosen sample be the chosen one again, wherever it is now."""
        self._is_arranging = True
        self.table.setAutoScroll(False)
        self.table.choose(sample)
        self.table.setAutoScroll(True)
        self._is_arranging = False
        self._show_button()

    # --- what the network says ---

    def _show_scores(self, scores: SampleScores) -> None:
        self.model.show_scores(scores)
        if self._depends:
            self._arrange()
        else:
            self._show_empty()
            self._show_caption()

    def _refresh_seen(self) -> None:
        """Ask about the rows in sight, unless the order is of answers a moment ago."""
        if not self._depends or not self.model.scores.known.any():
            self._score_rows(np.array([self.model.sample(r) for r in self.table.seen_rows()], int))

    def _score_seen(self) -> None:
        """Ask about rows that came into sight and were never asked about."""
        seen = (self.model.sample(row) for row in self.table.seen_rows())
        self._score_rows(np.array([each for each in seen if not self.model.is_known(each)], int))

    def _score_rows(self, samples: NDArray[np.int64]) -> None:
        part = self.scorer.score_rows(samples) if len(samples) else None
        if part is not None:
            self.model.show_scores(self.model.scores.with_rows(samples, part))

    # --- the foot ---

    def _show_progress(self, share: float) -> None:
        self._progress = share
        self._show_caption()

    def _tell(self, text: str) -> None:
        self._caption.show_text(text)
        self._untell.start()

    def _show_caption(self) -> None:
        if self._untell.isActive() and self.sender() is not self._untell:
            return
        is_held = self._retry.isActive()
        self._caption.show_text(caption(self.model, self._arrangement, self._progress, is_held))

    def _show_empty(self) -> None:
        text, offers_all = empty_text(self.model, self._arrangement)
        if text:
            self._empty.show_text(text, offers_all)
        else:
            self._empty.hide()

    def _show_current(self, sample: int) -> None:
        if self._is_arranging:
            return
        self._show_button()
        chosen = sample if sample >= 0 else None
        if chosen != self._sample:
            self._sample = chosen
            if chosen is not None:
                self.current_changed.emit(chosen)

    def _show_button(self) -> None:
        sample = self.sample
        self.inspect_button.setText("Inspect" if sample is None else f"Inspect #{sample}")
        self.inspect_button.setEnabled(sample is not None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nothing while nobody looks."""
        super().hideEvent(event)
        self.scorer.stop()


def _timer(parent: SamplesView, milliseconds: int, call: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer
