"""What a report is made of, and how it is written."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from playground.experiment.share import ShareError, text_of
from playground.exporting.run import Run
from playground.exporting.summary import Summary, summary_of_run
from playground.files import write_whole
from playground.gui.figures.figure import Figure
from playground.gui.figures.run_pictures import RunPictures
from playground.gui.palette import LIGHT
from playground.gui.theme import theme
from playground.training.jobs import JobRefused, Progress

__all__ = ["SUFFIXES", "TOO_LONG", "Report", "write_report"]

SUFFIXES = (".pdf", ".html")

TOO_LONG = "Save the project beside this report: its description is too long to be printed."

CELLS = 200
"""Of the surface in each direction: it is printed."""


@dataclass(frozen=True)
class Report:
    """A run in words and pictures.

    Attributes
    ----------
    summary
        What is said.
    pictures
        What is shown, in light colours.
    shared
        The experiment as a text that can be pasted into the application; "" if it is too long.
    date
        When the report was made.
    """

    summary: Summary
    pictures: RunPictures
    shared: str
    date: datetime.date

    @classmethod
    def of_run(cls, run: Run, date: datetime.date | None = None) -> Report:
        """Measure and look at a run. Takes a moment: call it in a job."""
        return cls(
            summary_of_run(run),
            RunPictures(run.trainer, LIGHT, CELLS),
            _shared(run),
            date or datetime.date.today(),
        )

    @property
    def output_title(self) -> str:
        """What the picture of the output is; "" if there is none."""
        snapshot = self.pictures.snapshot
        if snapshot.surface is not None:
            return "Decision surface"
        return "Confusion matrix" if snapshot.images is not None else ""

    def figures(self) -> dict[str, Figure]:
        """Return the pictures by name, each in a size that suits a page."""
        pictures = self.pictures
        figures = {"network": _figure("Network", QSize(760, 300), pictures.paint_network)}
        if self.output_title:
            paint = pictures.paint_output
            figures["output"] = _figure(self.output_title, QSize(300, 300), paint)
        for name, size in (
            ("loss", QSize(440, 330)),
            ("gradients", QSize(370, 170)),
            ("updates", QSize(370, 170)),
        ):
            figures[name] = _figure(name.capitalize(), size, pictures.curves(name).paint)
        return figures


def _shared(run: Run) -> str:
    try:
        return text_of(run.spec)
    except ShareError:
        # Its data is part of it.
        return ""


def _figure(title: str, size: QSize, paint: Callable[[QPainter, QRectF], None]) -> Figure:
    area = QRectF(0, 0, size.width(), size.height())
    return Figure(title, size, lambda painter: paint(painter, area))


def write_report(run: Run, path: Path, progress: Progress) -> None:
    """Write a report of a run, whole or not at all: PDF or HTML, by the suffix.

    Raises
    ------
    JobRefused
        If the suffix is another one.
    FileNotWritten
        If the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise JobRefused(f"{path.name}: a report is a .pdf or an .html file; use one of the two")
    progress.report(0.0, "Measuring")
    report = Report.of_run(run)
    progress.report(0.4, "Painting")
    with theme().lent(LIGHT):
        if suffix == ".pdf":
            from playground.gui.reports.page import pdf_bytes

            content = pdf_bytes(report)
        else:
            from playground.gui.reports.html import html_text

            content = html_text(report).encode()
    progress.report(0.9, "Writing")
    write_whole(path, content)
