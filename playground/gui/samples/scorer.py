"""Asks the network about the samples: at once where that is quick, else in a thread of its own."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from playground.data.prepared import PreparedData
from playground.engine.network import Architecture, Parameters, predict
from playground.training.jobs import Failed, Finished, Job, Progressed
from playground.training.sample_scores import SampleScores, is_quick, score, score_all

__all__ = ["Scorer"]

REFRESH_SECONDS = 0.2
"""Least time between two looks at a network that trains: faster, nobody can read numbers."""
REST = 3.0
"""How often as long as it took to ask about all samples nobody asks, while the network trains."""
POLL_MILLISECONDS = 30
PROGRESS_SECONDS = 0.3
"""What ends sooner should not flash."""


class Scorer(QObject):
    """Keeps the scores of all samples about as new as the network.

    Signals
    -------
    scored(SampleScores)
        All samples were asked about, with one and the same network.
    outdated()
        The network is another, and all samples take longer to ask than a frame has: those that
        are seen should be asked about now, with :meth:`score_rows`.
    progressed(float)
        How far asking about all of them is; 1 once it has ended.
    failed(str, str)
        An unexpected error: message and traceback.
    """

    scored = Signal(object)
    outdated = Signal()
    progressed = Signal(float)
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data: PreparedData | None = None
        self._architecture: Architecture | None = None
        self._parameters: Parameters | None = None
        self._is_training = False
        self._asked: Parameters | None = None
        self._job: Job[SampleScores] | None = None
        self._job_started = 0.0
        self._next_look = self._next_job = -math.inf
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)

    @property
    def is_busy(self) -> bool:
        """Whether all samples are being asked about, in a thread."""
        return self._job is not None

    def show_data(self, data: PreparedData | None, architecture: Architecture | None) -> None:
        """Ask about other samples from now on, or about none."""
        self.stop()
        self._data, self._architecture = data, architecture
        self._parameters = self._asked = None
        self._next_look = self._next_job = -math.inf

    def show_network(self, parameters: Parameters, is_training: bool) -> None:
        """Ask this network, unless it trains and was asked a moment ago.

        Parameters
        ----------
        parameters
            A copy that nobody changes.
        is_training
            Whether another one will follow soon.
        """
        now = time.monotonic()
        if is_training and now < self._next_look:
            return
        if self._data is None or self._architecture is None:
            return
        self._next_look = now + REFRESH_SECONDS
        self._parameters, self._is_training = parameters, is_training
        if self._asked is not None and _same(self._asked, parameters):
            return
        if is_quick(self._architecture, len(self._data.samples.labels)):
            self._asked = parameters
            samples = self._data.samples
            self.scored.emit(score_all(self._architecture, parameters, samples))
            return
        self.outdated.emit()
        if not is_training or now >= self._next_job:
            self._start(now)

    def score_rows(self, rows: NDArray[np.int64]) -> SampleScores | None:
        """Return the scores of some samples with the network as it is; ``None`` without one."""
        if self._data is None or self._architecture is None or self._parameters is None:
            return None
        return score(self._architecture, self._parameters, self._data.samples, rows)

    def beliefs(self, sample: int) -> NDArray[np.float64] | None:
        """Return the belief in each class (classes,) for a sample; ``None`` without a network."""
        data, architecture, parameters = self._data, self._architecture, self._parameters
        if data is None or architecture is None or parameters is None:
            return None
        outputs = predict(architecture, parameters, data.samples.inputs[sample : sample + 1])
        shares = architecture.head.class_certainty(outputs)[0]
        return np.nan_to_num(np.asarray(shares, np.float64))

    def stop(self) -> None:
        """Ask about nothing any more; what was begun is dropped."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._asked = None
            self._timer.stop()
            self.progressed.emit(1.0)
        self._next_look = -math.inf

    def _start(self, now: float) -> None:
        if self._job is not None:
            if self._is_training:
                return
            # Of a network that stands still everything should be right soon.
            self._job.cancel()
        data, architecture, parameters = self._data, self._architecture, self._parameters
        assert data is not None  # asked for before
        assert architecture is not None
        assert parameters is not None
        self._asked, self._job_started = parameters, now
        self._job = Job(
            "sample scores",
            lambda progress: score_all(architecture, parameters, data.samples, progress),
        )
        self._job.start()
        self._timer.start()

    def _poll(self) -> None:
        if self._job is None:
            self._timer.stop()
            return
        now = time.monotonic()
        for event in self._job.poll():
            match event:
                case Progressed(share, _, _):
                    if now - self._job_started > PROGRESS_SECONDS:
                        self.progressed.emit(share)
                case Finished(result):
                    self._end(now)
                    self.scored.emit(result)
                case Failed(message, traceback):
                    self._end(now)
                    self.failed.emit(message, traceback)

    def _end(self, now: float) -> None:
        self._job = None
        self._timer.stop()
        self._next_job = now + REST * (now - self._job_started)
        self.progressed.emit(1.0)


def _same(first: Parameters, second: Parameters) -> bool:
    """Return whether two networks are bit-identical; each snapshot has a copy of its own."""
    return first is second or all(
        np.array_equal(a.view(np.uint8), b.view(np.uint8))
        for a, b in (
            (first.vector, second.vector),
            (first.statistics, second.statistics),
        )
    )
