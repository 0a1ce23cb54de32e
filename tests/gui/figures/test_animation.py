"""A run as a moving picture."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from playground.experiment.presets import load_experiment
from playground.experiment.spec import ExperimentSpec
from playground.gui.figures.animation import (
    AnimationChoices,
    frame,
    marks,
    record,
    write_animation,
)
from playground.gui.figures.animation_dialog import AnimationDialog
from playground.gui.figures.run_pictures import RunPictures
from playground.gui.main_window import MainWindow
from playground.gui.palette import DARK
from playground.gui.preferences import Preferences
from playground.schema.validation import replaced
from playground.training.jobs import Cancelled, Job, JobRefused, Progress, Progressed
from playground.training.trainer import Trainer

SMALL = AnimationChoices(width=320, frames=4)


@pytest.fixture(scope="module")
def spec() -> ExperimentSpec:
    return load_experiment("xor")


def test_that_frames_go_from_the_first_to_the_last_step() -> None:
    even = marks(300, AnimationChoices(frames=4, pacing="even"))
    early = marks(300, AnimationChoices(frames=4))
    assert even == [0, 100, 200, 300]
    assert early[0] == 0
    assert early[1] < 100
    assert early[-1] == 300
    assert marks(2, AnimationChoices(frames=60)) == [0, 1, 2]


def test_that_a_recording_repeats_the_run_exactly(spec: ExperimentSpec, qapp: Any) -> None:
    trainer = Trainer(spec)
    trainer.advance(90)
    told: list[Progressed] = []
    recording = record(spec, 90, SMALL, Progress(told.append))
    assert np.array_equal(recording.vector, trainer.parameters.vector)
    assert [snapshot.step for snapshot in recording.snapshots] == marks(90, SMALL)
    assert told[-1].text.startswith("Training again")
    last = recording.snapshots[-1].history
    for snapshot in recording.snapshots:
        assert snapshot.history.step[-1] <= snapshot.step
        assert np.shares_memory(snapshot.history.step, last.step)


def test_that_pictures_of_many_units_stay_within_their_bytes(qapp: QApplication) -> None:
    wide = replaced(
        load_experiment("spirals"), "network.layers", [{"kind": "dense", "units": 200}] * 3
    )
    for spec in (wide, replaced(load_experiment("digits"), "network.layers", wide.network.layers)):
        snapshot = RunPictures(Trainer(spec), DARK, most_bytes=500_000).snapshot
        assert 0 < sum(maps.nbytes for maps in snapshot.unit_maps) < 1_200_000


def test_that_a_gif_has_every_frame_and_its_pace(
    spec: ExperimentSpec, qapp: QApplication, tmp_path: Path
) -> None:
    from PIL import Image

    path = tmp_path / "run.gif"
    write_animation(record(spec, 60, SMALL, Progress()), path, SMALL, Progress())
    with Image.open(path) as image:
        assert image.size == SMALL.size
        assert getattr(image, "n_frames", 0) == 4
        assert image.info["loop"] == 0
        assert image.info["duration"] == pytest.approx(1000 / 12, abs=5)


@pytest.mark.parametrize("content", ["everything", "output", "network"])
def test_that_frames_are_pictures_in_a_zip(
    content: Any, spec: ExperimentSpec, qapp: QApplication, tmp_path: Path
) -> None:
    choices = AnimationChoices(
        format="PNG_frames", content=content, width=320, frames=2, theme="dark"
    )
    recording = record(spec, 20, choices, Progress())
    write_animation(recording, tmp_path / "run.zip", choices, Progress())
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert archive.namelist() == ["frame-0001.png", "frame-0002.png"]
    image = frame(recording.pictures, recording.snapshots[-1], choices)
    assert image.pixelColor(2, 2).name() == DARK.surface


def test_that_cancelling_leaves_no_file(
    spec: ExperimentSpec, qapp: QApplication, tmp_path: Path
) -> None:
    recording = record(spec, 20, SMALL, Progress())

    def task(progress: Progress) -> None:
        progress.cancel()
        write_animation(recording, tmp_path / "run.gif", SMALL, progress)

    job = Job("animation", task)
    job.start()
    assert job.wait(10)
    assert isinstance(job.poll()[-1], Cancelled)
    assert not list(tmp_path.iterdir())


def test_that_a_gif_too_large_for_memory_is_refused_before_training(spec: ExperimentSpec) -> None:
    with pytest.raises(JobRefused, match="lower the width or the number of frames"):
        record(spec, 100, AnimationChoices(width=1920, frames=400), Progress())


def test_that_a_run_that_diverges_is_refused(spec: ExperimentSpec, qapp: QApplication) -> None:
    wild = replaced(spec, "training.learning_rate", 1e9)
    with pytest.raises(JobRefused, match="learning rate"):
        record(wild, 3000, SMALL, Progress())


def test_that_the_dialog_previews_and_makes_an_animation(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: ExperimentSpec
) -> None:
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    window.fill(spec)
    window.show()
    window.begin()
    window.session.train_epochs(3)
    told: list[str] = []
    window.session.notice.connect(lambda level, text: told.append(text))
    taken: list[Any] = []
    with qtbot.waitSignal(window.session.running_changed, check_params_cb=lambda on: not on):
        pass
    window.session.take_state(taken.append)
    qtbot.waitUntil(lambda: bool(taken))
    dialog = AnimationDialog(taken[0], window)
    dialog.open()
    dialog.form.edited.emit("frames", 3)
    dialog.form.edited.emit("width", 320)
    assert "320 × 178 pixels · 3 frames" in dialog._facts.text()
    qtbot.waitUntil(lambda: not dialog.preview._image.isNull())
    path = tmp_path / "run.gif"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    dialog._save.click()
    qtbot.waitUntil(lambda: "Saved run.gif." in told, timeout=10_000)
    assert path.read_bytes().startswith(b"GIF89a")
    window.close()
