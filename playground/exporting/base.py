"""What every exporter provides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from playground.exporting.run import Run
from playground.files import write_whole
from playground.schema.parameter import Option
from playground.training.jobs import Progress

__all__ = ["Exporter", "Preview", "Proof"]

PREVIEW_LETTERS = 4000


@dataclass(frozen=True, slots=True)
class Preview:
    """What will be written, before it is.

    Attributes
    ----------
    summary
        One sentence: how much of what.
    text
        The beginning of the file, or a listing of what is in it where it is not text.
    is_whole
        Whether ``text`` is all there is.
    """

    summary: str
    text: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found when a file was read back.

    Attributes
    ----------
    reader
        What read the file, such as ``csv module of Python``.
    compared
        What was held against each other, such as ``outputs of 500 samples``.
    largest_difference
        Largest absolute difference found; NaN if something is missing or not a number on one side.
    tolerance
        What it may be at the most.
    remark
        What else a person should know, such as what could not be checked, as a sentence.
    """

    reader: str
    compared: str
    largest_difference: float
    tolerance: float
    remark: str = ""

    @property
    def holds(self) -> bool:
        """Whether the file says what the playground says."""
        return self.largest_difference <= self.tolerance

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        remark = f"{self.remark} " if self.remark else ""
        if self.largest_difference == 0:
            return f"{remark}Read back with the {self.reader}: {self.compared} agree exactly."
        verdict = "as it should be" if self.holds else "NOT as it should be"
        return (
            f"{remark}Read back with the {self.reader}: {self.compared}, largest difference "
            f"{self.largest_difference:.3g}, at most {self.tolerance:.3g} — {verdict}."
        )


class Exporter(Option, frozen=True):
    """Writes a run in one format. Its fields are the choices that a person has.

    A subclass has a tag (the name of the format on the command line), a title, the suffix of its
    file, and either :meth:`content` or, if it writes several files, :meth:`write`.
    """

    suffix: ClassVar[str]
    """Of the file, with its dot: ``.csv``."""
    group: ClassVar[str] = ""
    """Heading under which the dialog lists it."""

    def unavailable(self) -> str:
        """Return why it cannot be used here (a library is missing) and the remedy, or ""."""
        return ""

    def content(self, run: Run, progress: Progress) -> bytes:
        """Return the whole file.

        Raises
        ------
        JobRefused
            If the run has nothing to write in this format; the message says why.
        """
        raise NotImplementedError

    def write(self, run: Run, path: Path, progress: Progress) -> tuple[Path, ...]:
        """Write the file, whole or not at all; return what was written, the main file first.

        Raises
        ------
        FileNotWritten
            If it cannot be written.
        JobRefused
            See :meth:`content`.
        """
        content = self.content(run, progress)
        progress.check()
        write_whole(path, content)
        return (path,)

    def preview(self, run: Run, progress: Progress) -> Preview:
        """Return what would be written. For text, its beginning."""
        content = self.content(run, progress)
        shown = content[: 4 * PREVIEW_LETTERS].decode("utf-8", "ignore")[:PREVIEW_LETTERS]
        return Preview(f"{len(content):,} bytes", shown, len(content) == len(shown.encode()))

    def prove(self, run: Run, path: Path, progress: Progress) -> Proof | None:
        """Read the file back with the format's own reader and compare; ``None``: not provable.

        Parameters
        ----------
        path
            What :meth:`write` has written.
        """
        return None
