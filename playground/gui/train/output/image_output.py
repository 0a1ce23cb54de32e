"""What the network says about images: accuracy, confusion, worst mistakes, one sample."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.data.prepared import PreparedData
from playground.gui.inspect_requests import SamplePlace, ask_to_inspect
from playground.gui.teaching_tip import set_tip
from playground.gui.theme import monospace_font
from playground.gui.train.output.confusion_view import ConfusionView
from playground.gui.train.output.image_strip import ImageStrip
from playground.gui.train.output.mistakes_view import MistakesView
from playground.gui.train.output.number_text import percent
from playground.gui.train.output.probability_bars import ProbabilityBars
from playground.gui.train.output.sample_images import SampleImages
from playground.training.messages import Loaded
from playground.training.snapshot import ImageResults, ProbeValues, Snapshot

__all__ = ["ImageOutput"]

_BASELINE = 4
"""How much deeper the descenders of the large number reach than those of the words beside it."""
_HINT = "Click a mistake to see its examples."


class ImageOutput(QWidget):
    """The output panel's contents for an image dataset.

    Signals
    -------
    wishes_changed()
        Another sample is wanted in the next snapshots.
    readout_changed(str, str)
        What the chosen sample is, and what the network says.
    """

    wishes_changed = Signal()
    readout_changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: PreparedData | None = None
        self._names: tuple[str, ...] = ()
        self._results: ImageResults | None = None
        self._probe_values: ProbeValues | None = None
        self._probe: int | None = None
        self._images: SampleImages | None = None

        self._accuracy = QLabel("–")
        self._accuracy.setFont(monospace_font(22, bold=True))
        self._kind = QLabel("test accuracy")
        self._kind.setContentsMargins(0, 0, 0, _BASELINE)
        self._kind.setProperty("role", "muted")
        self._detail = QLabel()
        self._detail.setProperty("role", "caption")
        self._detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._detail.setFixedHeight(16)
        headline = QHBoxLayout()
        headline.setSpacing(8)
        headline.addWidget(self._accuracy, 0, Qt.AlignmentFlag.AlignBottom)
        headline.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignBottom)
        headline.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addLayout(headline)
        words.addWidget(self._detail)

        self.confusion = ConfusionView()
        self.confusion.cell_chosen.connect(self._choose_cell)
        self.confusion.cell_pointed.connect(self._describe_cell)
        self._cell_line = QLabel(_HINT)
        self._cell_line.setProperty("role", "caption")
        self._cell_line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

        self._mistakes_heading = _heading(
            "Worst mistakes",
            "Samples that the network gets wrong although it is most certain: true class → its "
            "answer, with its three strongest beliefs. Blue marks the true class.",
        )
        self._all = QToolButton()
        self._all.setProperty("link", True)
        self._all.setText("Show all")
        self._all.clicked.connect(lambda: self.confusion.choose(None))
        self._all.hide()
        mistakes_header = QHBoxLayout()
        mistakes_header.addWidget(self._mistakes_heading)
        mistakes_header.addStretch(1)
        mistakes_header.addWidget(self._all)
        self.mistakes = MistakesView()
        self.mistakes.sample_chosen.connect(self._choose_sample)

        self._sample_heading = _heading(
            "Sample", "What the network believes about one sample, class by class. Blue "
            "marks the true class.",
        )  # fmt: skip
        self._inspect = QToolButton()
        self._inspect.setProperty("link", True)
        self._inspect.setText("Inspect this sample")
        self._inspect.clicked.connect(self._inspect_sample)
        set_tip(
            self._inspect,
            "Inspect this sample",
            "Steps through the training step that this sample causes, operation by operation.",
            shortcut="I on the sample",
        )
        self.strip = ImageStrip()
        self.strip.sample_chosen.connect(self._choose_sample)
        self.beliefs = ProbabilityBars(row_height=17, by_truth=True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(words)
        layout.addWidget(self.confusion)
        layout.addWidget(self._cell_line)
        layout.addLayout(mistakes_header)
        layout.addWidget(self.mistakes)
        sample_header = QHBoxLayout()
        sample_header.addWidget(self._sample_heading)
        sample_header.addStretch(1)
        sample_header.addWidget(self._inspect)
        layout.addLayout(sample_header)
        layout.addWidget(self.strip)
        layout.addWidget(self.beliefs)

    @property
    def probe_sample(self) -> int | None:
        """Index of the sample that the network is asked, or ``None``."""
        return self._probe

    def choose_sample(self, sample: int) -> None:
        """Ask the network about another sample."""
        self._choose_sample(sample)

    # --- what the session says ---

    def show_loaded(self, loaded: Loaded) -> None:
        """Show the samples of a new run."""
        same = self._data is not None and self._data.dataset == loaded.data.dataset
        data = loaded.data
        self._data, self._names = data, data.task.class_names
        self._results, self._probe_values = None, None
        self.confusion.set_names(self._names)
        self._images = SampleImages(data)
        self.mistakes.set_images(self._images, self._names)
        self.mistakes.show_mistakes((), "")
        self._all.hide()
        judged, shown = data.split.judged
        kept = self._probe if same else None
        self.strip.set_images(self._images, shown)
        if kept is not None:
            self._probe = kept
            self.strip.choose(kept)
        else:
            self._probe = self.strip.chosen
        self.beliefs.set_names(self._names)
        self.beliefs.set_values(None)
        self._set(self._kind, f"{judged} accuracy")
        self._set(self._accuracy, "–")
        self._set(self._detail, "")
        self._describe_sample()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a frame."""
        results = snapshot.images
        if results is not None and results is not self._results:
            self._results = results
            self.confusion.set_counts(results.confusion)
            right, total = int(np.trace(results.confusion)), results.measured
            self._set(self._accuracy, percent(right / total) if total else "–")
            part = "" if total == results.available else f", a part of {results.available:,}"
            self._set(self._detail, f"{total - right:,} of {total:,} wrong{part}")
            whole = total == results.available
            tip = "" if whole else "All samples are measured as soon as training pauses."
            if self._detail.toolTip() != tip:
                self._detail.setToolTip(tip)
            self._show_mistakes()
            self._describe_cell(self.confusion.pointed)
        if snapshot.probe is not None and snapshot.view.probe_sample == self._probe:
            self._probe_values = snapshot.probe
            certainty = snapshot.probe.certainty
            if certainty is not None:
                self.beliefs.set_values([float(share) for share in certainty], self._true_label())
            self._describe_sample()

    # --- mistakes ---

    @property
    def chosen_cell(self) -> tuple[int, int] | None:
        """(true class, predicted class) whose mistakes are wanted; ``None``: all."""
        return self.confusion.chosen

    def _choose_cell(self) -> None:
        self._show_mistakes()
        self.wishes_changed.emit()

    def _show_mistakes(self) -> None:
        cell, results = self.confusion.chosen, self._results
        self._all.setVisible(cell is not None)
        if results is None:
            return
        if cell is None:
            self._set(self._mistakes_heading, "Worst mistakes")
            text = "Every one of them is right." if results.measured else ""
            self.mistakes.show_mistakes(results.mistakes, text)
            return
        true, predicted = self._names[cell[0]], self._names[cell[1]]
        found = tuple(m for m in results.mistakes if (m.label, m.predicted) == cell)
        count = int(results.confusion[cell])
        # A snapshot carries only the most certain mistakes.
        part = f" · {len(found)} of {count:,}" if len(found) < count else ""
        self._set(self._mistakes_heading, f"True {true} called {predicted}{part}")
        text = (
            f"No {true} is called {predicted}." if count == 0 else f"Looking for {count:,} of them…"
        )
        self.mistakes.show_mistakes(found, text)

    def _describe_cell(self, cell: tuple[int, int] | None) -> None:
        shown = cell or self.confusion.chosen
        self._set(self._cell_line, self.confusion.describe(shown) if shown else _HINT)

    # --- the sample ---

    def _choose_sample(self, sample: int) -> None:
        if sample == self._probe:
            return
        self._probe = sample
        self._probe_values = None
        self.strip.choose(sample)
        self._describe_sample()
        self.wishes_changed.emit()

    def _inspect_sample(self) -> None:
        if self._probe is not None:
            ask_to_inspect(self, SamplePlace(self._probe))

    def _true_label(self) -> int | None:
        if self._images is None or self._probe is None:
            return None
        return self._images.label(self._probe)

    def _describe_sample(self) -> None:
        true = self._true_label()
        if true is None:
            self.readout_changed.emit("", "")
            return
        self._set(self._sample_heading, f"Sample {self._probe}")
        answer = "…"
        values = self._probe_values
        if values is not None and values.certainty is not None:
            best = int(np.argmax(np.nan_to_num(values.certainty)))
            answer = f"{self._names[best]} {percent(float(values.certainty[best]))}"
        self.readout_changed.emit(f"true {self._names[true]} →", answer)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)


def _heading(text: str, tip: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    set_tip(label, text, tip)
    return label
