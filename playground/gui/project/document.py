"""What the experiment is called, where it was saved, and whether it has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.experiment.spec import ExperimentSpec
from playground.gui.session import Session, renamed
from playground.training.snapshot import Snapshot

__all__ = ["Document", "DocumentTracker"]


@dataclass(frozen=True, slots=True)
class Document:
    """Where an experiment was when it was last opened or saved.

    Attributes
    ----------
    path
        Its project file, or ``None`` if it has none.
    spec
        As saved; ``None`` if it is only in the window, as after a recovery.
    step
        Training step of the saved weights.
    hand_edits
        How often weights had been set by hand, by :attr:`Session.hand_edits`.
    """

    path: Path | None
    spec: ExperimentSpec | None
    step: int = 0
    hand_edits: int = 0


class DocumentTracker(QObject):
    """Compares what is in the window with what was opened or saved.

    An edit counts as a change, and so does a weight set by hand. Training counts as one for a
    project that has a file, since its weights are in there. It does not for a preset that was only
    watched: Play makes the same weights again.

    Signals
    -------
    changed()
        Another document, or it now differs from the saved one, or no longer does.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._document = Document(None, session.spec)
        self._step = 0
        self._was_modified = False
        session.spec_changed.connect(self._look)
        session.weights_edited.connect(self._look)
        session.snapshot_ready.connect(self._show_snapshot)

    @property
    def document(self) -> Document:
        """The document in the window."""
        return self._document

    @property
    def step(self) -> int:
        """The training step that is shown."""
        return self._step

    @property
    def name(self) -> str:
        """What to call it: after its file, if it has one."""
        path = self._document.path
        return path.stem if path is not None else self._session.spec.name

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost that is not in a file."""
        saved, spec = self._document, self._session.spec
        if saved.spec is None:
            return True
        if saved.spec is not spec and renamed(saved.spec, "") != renamed(spec, ""):
            return True
        if saved.hand_edits != self._session.hand_edits:
            return True
        return saved.path is not None and saved.step != self._step

    @property
    def changes(self) -> str:
        """What would be lost, in a sentence; of no meaning if nothing would."""
        saved, spec = self._document, self._session.spec
        if saved.spec is None:
            return "It was restored after the application ended, and has not been saved since."
        if saved.path is None:
            return "It is not saved in a file yet."
        if renamed(saved.spec, "") != renamed(spec, ""):
            return "Its settings were changed since it was saved."
        if saved.hand_edits != self._session.hand_edits:
            return "Weights were set by hand since it was saved."
        steps = self._step - saved.step
        if steps < 0:
            here = f"those here are of step {self._step:,}"
            return f"The weights of step {saved.step:,} are in the file, {here}."
        unit = "step" if steps == 1 else "steps"
        return f"It was trained for {steps:,} more {unit} since it was saved."

    def become(self, document: Document, shown_step: int | None = None) -> None:
        """Take another document, or the one that was just saved, for what is in the window.

        Parameters
        ----------
        shown_step
            The training step in the window, if another than that of the document.
        """
        self._document = document
        if shown_step is not None:
            self._step = shown_step
        self._was_modified = self.is_modified
        self.changed.emit()

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.step != self._step:
            self._step = snapshot.step
            self._look()

    def _look(self) -> None:
        if self.is_modified != self._was_modified:
            self._was_modified = not self._was_modified
            self.changed.emit()
