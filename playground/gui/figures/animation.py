"""A training run as a moving picture: trained again from its initial weights, and painted.

Training is deterministic, so that training again shows the very run, frame by frame, without
anything having been kept of it. Everything here may run in a thread.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from playground.data.prepared import PreparedData
from playground.experiment.spec import ExperimentSpec
from playground.files import whole_file
from playground.gui.figures.figure import encoded, painting
from playground.gui.figures.run_pictures import RunPictures
from playground.gui.palette import DARK, LIGHT, Colors
from playground.gui.plots.curve_picture import CurvePicture
from playground.gui.theme import monospace_font, text_font, theme
from playground.schema.parameter import shown, whole
from playground.training.divergence import Diverged
from playground.training.history import HistoryView
from playground.training.jobs import JobRefused, Progress
from playground.training.snapshot import Snapshot
from playground.training.trainer import Trainer

__all__ = ["AnimationChoices", "Recording", "frame", "record", "write_animation"]

LAST_FRAME_SECONDS = 2.0
"""How long the last frame stands, before the animation begins anew."""
LARGEST_RECORDING = 2e8
"""Bytes of all pictures of units that are kept, about, until they are painted."""
LARGEST_GIF = 2.5e8
"""Pixels of all frames together: they are in memory until the last is written."""
_CHUNK = 200
_RECORDING = 0.6
"""Share of the work that is training; the rest is painting."""
_HEAD, _MARGIN = 44.0, 18.0


class AnimationChoices(msgspec.Struct, frozen=True):
    """What an animation shows, and how."""

    format: Annotated[
        Literal["GIF", "PNG_frames"],
        shown("Format", help="GIF plays everywhere. PNG frames, in a zip, are for video editors."),
    ] = "GIF"
    content: Annotated[
        Literal["everything", "output", "network"],
        shown(
            "Content",
            help="Everything: network, output and loss. Output: what it says, and the loss.",
        ),
    ] = "everything"
    width: Annotated[
        int, whole("Width", ge=320, le=1920, step=80, unit="px", help="Of each frame.")
    ] = 800
    frames: Annotated[int, whole("Frames", ge=2, le=400, help="From first to last step.")] = 60
    pacing: Annotated[
        Literal["even", "early"],
        shown("Pacing", help="Even: equal steps. Early: more frames where most is learned."),
    ] = "early"
    frames_per_second: Annotated[
        int, whole("Frames per second", ge=1, le=30, help="How fast it plays.")
    ] = 12
    loop: Annotated[bool, shown("Repeat for ever", help="Begin anew after the last frame.")] = True
    theme: Annotated[Literal["light", "dark"], shown("Theme", help="Colours of the frames.")] = (
        "light"
    )

    @property
    def colors(self) -> Colors:
        """The theme."""
        return DARK if self.theme == "dark" else LIGHT

    @property
    def natural_size(self) -> tuple[float, float]:
        """Width and height of a frame in points: what its parts have room in."""
        return {"everything": (1040.0, 580.0), "output": (760.0, 410.0)}.get(
            self.content, (800.0, 460.0)
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a frame in pixels, both even, as videos want them."""
        width, height = self.natural_size
        return self.width // 2 * 2, round(self.width * height / width / 2) * 2

    @property
    def seconds(self) -> float:
        """How long the animation takes, the last frame included."""
        return (self.frames - 1) / self.frames_per_second + LAST_FRAME_SECONDS

    @property
    def problem(self) -> str:
        """Why this is too much, and the remedy; "" if it is not."""
        width, height = self.size
        if self.format != "GIF" or width * height * self.frames <= LARGEST_GIF:
            return ""
        return (
            f"{self.frames} frames of {width} × {height} pixels are too much for a GIF; "
            "lower the width or the number of frames, or write PNG frames"
        )

    @property
    def suffix(self) -> str:
        """Of its file."""
        return ".gif" if self.format == "GIF" else ".zip"


@dataclass(frozen=True)
class Recording:
    """What was seen while a run was trained again.

    Attributes
    ----------
    pictures
        Paints the snapshots.
    snapshots
        One per frame.
    vector : (p,)
        The parameters at the end.
    """

    pictures: RunPictures
    snapshots: tuple[Snapshot, ...]
    vector: NDArray[Any]


def marks(steps: int, choices: AnimationChoices) -> list[int]:
    """Return the steps after which a frame is taken: ascending, from 0 to the last."""
    shares = np.linspace(0.0, 1.0, choices.frames)
    if choices.pacing == "early":
        shares = shares**2.2
    return sorted({round(share * steps) for share in shares.tolist()})


def record(
    spec: ExperimentSpec,
    steps: int,
    choices: AnimationChoices,
    progress: Progress,
    data: PreparedData | None = None,
    initial: NDArray[Any] | None = None,
) -> Recording:
    """Train a run again and look at it once per frame.

    Parameters
    ----------
    initial : (p,)
        The initial parameters as they were prepared, so that they are not prepared again.

    Raises
    ------
    DataError
        If the samples cannot be read.
    JobRefused
        If it diverges, or is too large.
    """
    if choices.problem:
        raise JobRefused(choices.problem)
    trainer = Trainer(spec, data, initial)
    pictures = RunPictures(trainer, choices.colors, most_bytes=LARGEST_RECORDING / choices.frames)
    first = pictures.snapshot
    snapshots = [first]
    try:
        for mark in marks(steps, choices)[1:]:
            while trainer.step < mark:
                share = trainer.step / max(steps, 1)
                progress.report(_RECORDING * share, f"Training again: epoch {trainer.epoch:,}")
                trainer.advance(min(_CHUNK, mark - trainer.step))
            trainer.check_finite()
            # The curves of all frames are the beginnings of those of the last.
            snapshots.append(replace(pictures.look(), history=first.history))
    except Diverged as error:
        raise JobRefused(str(error)) from error
    whole_run = trainer.history.view()
    frames = [replace(each, history=_until(whole_run, each.step)) for each in snapshots]
    return Recording(pictures, tuple(frames), trainer.parameters.vector.copy())


def _until(history: HistoryView, step: int) -> HistoryView:
    """Return the beginning of a record, without copying it."""
    count = int(np.searchsorted(history.step, step, "right"))
    arrays: dict[str, Any] = {
        field.name: value[:count]
        for field in fields(history)
        if isinstance(value := getattr(history, field.name), np.ndarray)
    }
    return replace(history, **arrays)


def frame(pictures: RunPictures, last: Snapshot, choices: AnimationChoices) -> QImage:
    """Return the picture of the snapshot that ``pictures`` holds.

    Parameters
    ----------
    last
        The snapshot of the end, by which the axes are chosen.
    """
    now = pictures.snapshot
    pictures.snapshot = last
    whole_run = pictures.curves("loss")
    pictures.snapshot = now
    width, height = choices.natural_size
    image = QImage(*choices.size, QImage.Format.Format_RGB32)
    with theme().lent(choices.colors):
        image.fill(theme().color("surface"))
        with painting(image) as painter:
            painter.scale(image.width() / width, image.height() / height)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_frame(painter, pictures, whole_run, choices)
    return image


def _paint_frame(
    painter: QPainter, pictures: RunPictures, whole_run: CurvePicture, choices: AnimationChoices
) -> None:
    width, height = choices.natural_size
    _paint_head(painter, pictures, QRectF(_MARGIN, 0, width - 2 * _MARGIN, _HEAD))
    area = QRectF(0, _HEAD, width, height - _HEAD)
    curves = pictures.curves("loss", whole_run.x, whole_run.y)
    if choices.content == "network":
        painter.fillRect(area, theme().color("background"))
        pictures.paint_network(painter, area.adjusted(8, 4, -8, -4))
    elif choices.content == "output":
        side = area.height() - _MARGIN
        pictures.paint_output(painter, QRectF(_MARGIN, area.top(), side, side))
        left = 2 * _MARGIN + side
        curves.paint(painter, QRectF(left, area.top(), width - left - _MARGIN, side))
    else:
        side = 300.0
        left = width - side - _MARGIN
        ground = QRectF(0, area.top(), left - _MARGIN, area.height())
        painter.fillRect(ground, theme().color("background"))
        pictures.paint_network(painter, ground.adjusted(8, 4, -8, -4))
        pictures.paint_output(painter, QRectF(left, area.top(), side, side))
        below = area.top() + side + 12
        curves.paint(painter, QRectF(left, below, side, height - below - 6))


def _paint_head(painter: QPainter, pictures: RunPictures, area: QRectF) -> None:
    """Paint the name of the run, and where it is; numbers keep their places."""
    now = pictures.snapshot
    losses = now.metrics
    parts = [f"epoch {now.epoch:>6,}"]
    for name, value in (
        ("train", losses.train_loss),
        ("validation", losses.validation_loss),
        ("test", losses.test_loss),
    ):
        if value is not None:
            parts.append(f"{name} {value:.4f}" if abs(value) < 1000 else f"{name} {value:.1e}")
    text, font = "   ".join(parts), monospace_font(14)
    painter.setFont(font)
    painter.setPen(QColor(theme().current.text_muted))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(area, flags, text)
    bold = text_font(17, bold=True)
    room = area.width() - QFontMetricsF(font).horizontalAdvance(text) - _MARGIN
    title = QFontMetricsF(bold).elidedText(pictures.title, Qt.TextElideMode.ElideRight, room)
    painter.setFont(bold)
    painter.setPen(QColor(theme().current.text))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, title)


def write_animation(
    recording: Recording, path: Path, choices: AnimationChoices, progress: Progress
) -> None:
    """Paint a recording and write it, whole or not at all.

    Raises
    ------
    FileNotWritten
        If the file cannot be written.
    """

    pictures, snapshots = recording.pictures, recording.snapshots

    def painted(place: int) -> QImage:
        pictures.snapshot = snapshots[place]
        return frame(pictures, snapshots[-1], choices)

    def images() -> Iterator[QImage]:
        for place in range(len(snapshots)):
            share = _RECORDING + (1 - _RECORDING) * place / len(snapshots)
            progress.report(share, f"Painting frame {place + 1} of {len(snapshots)}")
            yield painted(place)

    with whole_file(path) as file:
        if choices.format == "GIF":
            count = len(snapshots)
            # Colours from the whole run, its end above all.
            places = sorted({0, count // 3, 2 * count // 3, count - 1})
            samples = [_pixels(painted(place)) for place in places]
            _write_gif(file, images(), samples, count, choices)
        else:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for number, image in enumerate(images(), 1):
                    archive.writestr(f"frame-{number:04}.png", encoded(image))


def _write_gif(
    file: IO[bytes],
    images: Iterator[QImage],
    samples: list[NDArray[np.uint8]],
    count: int,
    choices: AnimationChoices,
) -> None:
    from PIL import Image

    # One palette for all frames: still parts then stay still. The colours of the theme are in it,
    # since thin lines are too few pixels to count; the rest is taken from samples of the run.
    fixed = _theme_colors(choices.colors)
    free = 255 - len(fixed)
    found = Image.fromarray(np.concatenate(samples)).quantize(free, Image.Quantize.MEDIANCUT)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*sum(fixed, ()), *(found.getpalette() or [])[: 3 * free]])
    frames = (
        Image.fromarray(_pixels(image)).quantize(palette=palette, dither=Image.Dither.NONE)
        for image in images
    )
    duration = 1000 // choices.frames_per_second
    content = io.BytesIO()
    next(frames).save(
        content,
        "GIF",
        save_all=True,
        append_images=frames,
        duration=[duration] * (count - 1) + [round(1000 * LAST_FRAME_SECONDS)],
        disposal=1,
        **({"loop": 0} if choices.loop else {}),
    )
    file.write(content.getvalue())


def _theme_colors(colors: Colors) -> list[tuple[int, ...]]:
    """Return the colours of lines and text, each once."""
    names = (colors.text, colors.text_muted, colors.surface, colors.background, colors.grid)
    curves = (colors.curve_train, colors.curve_validation, colors.curve_test)
    wanted = dict.fromkeys((*names, *curves, *colors.layers, *colors.classes))
    inks = [QColor(color) for color in wanted]
    return [(ink.red(), ink.green(), ink.blue()) for ink in inks]


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """Return the pixels (h, w, 3) of an image."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()
