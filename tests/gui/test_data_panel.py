"""The data panel: gallery, generated form, what it asks the session for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.data.digits import Digits
from playground.data.mnist import Mnist
from playground.data.registry import (
    DATASETS,
    Bumps,
    Circles,
    Gaussians,
    LogicGate,
    Spirals,
    Spirals3,
)
from playground.data.scaling import Standardise
from playground.experiment.spec import ExperimentSpec, checked
from playground.gui.theme import theme
from playground.gui.train.carry_over import carried_over
from playground.gui.train.data_panel import DataPanel, split_notice
from playground.gui.train.dataset_picture import picture_source
from playground.gui.train.feature_pills import PillGroup
from playground.gui.train.folder_box import FolderBox
from playground.gui.train.gallery import DatasetCard
from playground.gui.train.seed_box import SeedBox
from playground.gui.train.slider_row import SliderRow
from playground.schema.describe import fields_of, title_of

LEFT = Qt.MouseButton.LeftButton
Edit = tuple[str, Any, str, str]


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    theme().apply(qapp, "light")


@pytest.fixture
def make_panel(qtbot: QtBot) -> Iterator[Callable[..., DataPanel]]:
    windows: list[QWidget] = []

    def make(data: Any, height: int = 740) -> DataPanel:
        # In a window, as in the application: a window of its own would have a smallest size,
        # of which the platform without a screen warns.
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(250, height)
        panel = DataPanel(window)
        panel.resize(250, height)
        panel.show_spec(ExperimentSpec(data=data))
        window.show()
        qtbot.waitExposed(window)
        return panel

    yield make
    windows.clear()


def edits_of(panel: DataPanel) -> list[Edit]:
    edits: list[Edit] = []
    panel.edited.connect(lambda *edit: edits.append(edit))
    return edits


def proposals_of(panel: DataPanel) -> list[ExperimentSpec]:
    proposals: list[ExperimentSpec] = []
    panel.proposed.connect(lambda spec, label, key: proposals.append(spec))
    return proposals


def slider(panel: DataPanel, name: str) -> SliderRow:
    editor = panel.editor(name)
    assert isinstance(editor, SliderRow)
    return editor


def pills(panel: DataPanel, name: str = "features") -> PillGroup:
    editor = panel.editor(name)
    assert isinstance(editor, PillGroup)
    return editor


# --- the gallery ---


def test_that_the_gallery_has_one_named_card_per_dataset_in_menu_order(
    make_panel: Callable[..., DataPanel],
) -> None:
    cards = make_panel(Spirals()).gallery.cards
    assert [card.dataset for card in cards] == list(DATASETS)
    for card in cards:
        assert title_of(card.dataset) in card.accessibleName()


def test_that_a_card_without_room_paints_no_picture(qtbot: QtBot) -> None:
    card = DatasetCard(Circles)
    qtbot.addWidget(card)
    card.set_source(picture_source(Circles))
    card.resize(52, 8)  # as before its first layout; Qt would warn
    assert not card.grab().isNull()


def test_that_pictures_are_painted_after_the_panel_is_shown(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    hidden = DataPanel()
    qtbot.addWidget(hidden)
    QApplication.processEvents()
    assert not any(card.has_picture for card in hidden.gallery.cards)
    panel = make_panel(Spirals())
    qtbot.waitUntil(lambda: all(card.has_picture for card in panel.gallery.cards))
    image = panel.gallery.card(Circles).grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(50)}
    assert theme().current.of_class(0) in colors
    assert theme().current.of_class(1) in colors


def test_that_the_chosen_card_follows_the_spec_and_not_the_click(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals())
    proposals = proposals_of(panel)
    card = panel.gallery.card(Gaussians)
    qtbot.mouseClick(card, LEFT)
    assert [type(spec.data) for spec in proposals] == [Gaussians]
    assert not card.isChecked()
    panel.show_spec(proposals[0])
    assert card.isChecked()
    assert not panel.gallery.card(Spirals).isChecked()
    assert len(proposals) == 1


def test_that_a_click_on_the_chosen_card_changes_nothing(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals())
    proposals = proposals_of(panel)
    qtbot.mouseClick(panel.gallery.card(Spirals), LEFT)
    assert proposals == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_that_arrows_move_between_cards_and_a_key_chooses(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], key: Qt.Key
) -> None:
    panel = make_panel(Circles())
    proposals = proposals_of(panel)
    first = panel.gallery.card(Circles)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    below = panel.gallery.cards[3]
    assert panel.focusWidget() is below
    qtbot.keyClick(below, Qt.Key.Key_Right)
    assert panel.focusWidget() is panel.gallery.card(Spirals3)
    qtbot.keyClick(panel.gallery.card(Spirals3), key)
    assert [type(spec.data) for spec in proposals] == [Spirals3]


def test_that_the_gallery_is_one_tab_stop(make_panel: Callable[..., DataPanel]) -> None:
    panel = make_panel(Gaussians())
    stops = [
        card.dataset for card in panel.gallery.cards if card.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert stops == [Gaussians]


def test_that_pictures_follow_the_theme(
    qtbot: QtBot, qapp: QApplication, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals())
    card = panel.gallery.card(Digits)
    qtbot.waitUntil(lambda: card.has_picture)
    before = card.grab().toImage()
    theme().apply(qapp, "dark")
    after = card.grab().toImage()
    assert before != after
    assert after.pixelColor(10, 10) != QColor(theme().current.text)


# --- what is kept when another dataset is chosen ---


def test_that_seed_features_and_chosen_values_carry_over() -> None:
    old = Spirals(points=300, noise=20, training_share=0.7, seed=9, features=("x1", "sin_x2"))
    new = carried_over(old, Circles)
    assert isinstance(new, Circles)
    assert (new.points, new.noise, new.training_share) == (300, 20, 0.7)
    assert (new.seed, new.features) == (9, ("x1", "sin_x2"))


def test_that_defaults_of_the_old_class_give_way_to_those_of_the_new() -> None:
    assert carried_over(Spirals(), Bumps) == Bumps()
    assert carried_over(Digits(seed=4), Spirals) == Spirals(seed=4)


def test_that_noise_in_another_unit_does_not_carry_over() -> None:
    assert carried_over(Spirals(noise=35), Spirals3).noise == Spirals3().noise


def test_that_a_number_of_points_that_means_images_does_not_carry_over() -> None:
    assert carried_over(Spirals(points=5), Digits) == Digits()


@pytest.mark.parametrize("new", DATASETS)
@pytest.mark.parametrize("old", DATASETS)
def test_that_every_change_of_dataset_gives_valid_data(old: Any, new: Any) -> None:
    chosen = carried_over(old(seed=3), new)
    assert type(chosen) is new
    assert chosen.seed == 3
    checked(msgspec.structs.replace(_fitted(chosen)))


def _fitted(data: Any) -> ExperimentSpec:
    from playground.experiment.change import fitted

    return fitted(ExperimentSpec(data=data))[0]


def test_that_fields_of_one_class_alone_return_with_it(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(LogicGate(gate="xor"))
    proposals = proposals_of(panel)
    panel.show_spec(ExperimentSpec(data=Spirals()))
    qtbot.mouseClick(panel.gallery.card(LogicGate), LEFT)
    assert proposals[-1].data == LogicGate(gate="xor")


# --- the form ---


@pytest.mark.parametrize("dataset", DATASETS)
def test_that_every_field_of_every_dataset_has_an_editor(
    make_panel: Callable[..., DataPanel], dataset: Any
) -> None:
    panel = make_panel(dataset())
    for field in fields_of(dataset):
        assert panel.editor(field.name).isVisibleTo(panel)


@pytest.mark.parametrize("dataset", DATASETS)
def test_that_showing_a_spec_emits_nothing(
    make_panel: Callable[..., DataPanel], dataset: Any
) -> None:
    panel = make_panel(Circles())
    edits, proposals = edits_of(panel), proposals_of(panel)
    panel.show_spec(ExperimentSpec(data=dataset()))
    panel.show_spec(ExperimentSpec(data=dataset(seed=5)))
    assert edits == []
    assert proposals == []


def test_that_dragging_a_slider_is_one_step_of_undo(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals())
    edits = edits_of(panel)
    bar = slider(panel, "noise").slider
    middle = bar.height() // 2
    for goal in (60, 120):
        qtbot.mousePress(bar, LEFT, pos=QPoint(40, middle))
        for x in (50, goal):
            qtbot.mouseMove(bar, QPoint(x, middle))
        qtbot.mouseRelease(bar, LEFT, pos=QPoint(goal, middle))
    assert {path for path, *_ in edits} == {"data.noise"}
    assert {label for _, _, label, _ in edits} == {"Set noise"}
    keys = [key for *_, key in edits]
    assert "" not in keys
    assert len(set(keys)) == 2
    assert all(isinstance(value, float) for _, value, *_ in edits)


def test_that_a_click_on_the_track_brings_the_handle_there(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals())
    edits = edits_of(panel)
    bar = slider(panel, "points").slider
    qtbot.mouseClick(bar, LEFT, pos=QPoint(bar.width() - 2, bar.height() // 2))
    assert edits[-1][:2] == ("data.points", 2000)


def test_that_a_value_can_be_typed_beyond_the_slider(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals())
    edits = edits_of(panel)
    field = slider(panel, "points").value_field
    field.selectAll()
    qtbot.keyClicks(field, "5,000")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert edits == [("data.points", 5000, "Set points", "")]
    assert slider(panel, "points").slider.value() == slider(panel, "points").slider.maximum()


@pytest.mark.parametrize("typed", ["72", "72 %", "72%"])
def test_that_the_training_share_is_shown_and_typed_in_percent(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], typed: str
) -> None:
    panel = make_panel(Spirals(training_share=0.65))
    field = slider(panel, "training_share").value_field
    assert field.text() == "65 %"
    edits = edits_of(panel)
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert edits == [("data.training_share", 0.72, "Set training share", "")]


@pytest.mark.parametrize(
    ("moved", "value", "train", "validation"),
    [
        ("training_share", "90", 0.9, 0.1),
        ("validation_share", "60", 0.4, 0.6),
        ("training_share", "100", 1.0, 0.0),
    ],
)
def test_that_one_share_gives_way_to_the_other(
    qtbot: QtBot,
    make_panel: Callable[..., DataPanel],
    moved: str,
    value: str,
    train: float,
    validation: float,
) -> None:
    panel = make_panel(Spirals(training_share=0.5, validation_share=0.4))
    proposals, edits = proposals_of(panel), edits_of(panel)
    field = slider(panel, moved).value_field
    assert field.text().endswith(" %")
    field.selectAll()
    qtbot.keyClicks(field, value)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not edits
    (spec,) = proposals
    assert (spec.data.training_share, spec.data.validation_share) == (train, validation)
    assert checked(spec) == spec


def test_that_a_share_that_has_room_moves_alone(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals(training_share=0.5))
    edits = edits_of(panel)
    field = slider(panel, "validation_share").value_field
    field.selectAll()
    qtbot.keyClicks(field, "20")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert edits == [("data.validation_share", 0.2, "Set validation share", "")]


@pytest.mark.parametrize("data", [Spirals(), Digits()], ids=lambda d: type(d).__name__)
def test_that_input_scaling_is_chosen_by_name(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], data: Any
) -> None:
    panel = make_panel(data)
    pills = panel.editor("scaling")
    assert isinstance(pills, PillGroup)
    assert pills.chosen == ("none",)
    edits = edits_of(panel)
    pills.pills["min_max"].click()
    assert edits == [("data.scaling", "min_max", "Set input scaling", "")]
    panel.show_spec(ExperimentSpec(data=msgspec.structs.replace(data, scaling=Standardise())))
    assert pills.chosen == ("standardise",)


@pytest.mark.parametrize("typed", ["", "many", "nan", "inf"])
def test_that_what_is_no_number_is_replaced_by_what_was_there(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], typed: str
) -> None:
    panel = make_panel(Spirals(noise=12))
    edits = edits_of(panel)
    field = slider(panel, "noise").value_field
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert edits == []
    assert field.text() == "12 %"


def test_that_a_refused_value_snaps_back(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals(noise=12))
    # What the session does with a value that is out of range.
    panel.edited.connect(lambda *_: panel.show_spec(ExperimentSpec(data=Spirals(noise=12))))
    field = slider(panel, "noise").value_field
    field.selectAll()
    qtbot.keyClicks(field, "900")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "12 %"


def test_that_the_wheel_leaves_a_slider_alone_that_was_not_chosen(
    make_panel: Callable[..., DataPanel],
) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent

    panel = make_panel(Spirals(noise=12))
    edits = edits_of(panel)
    bar = slider(panel, "noise").slider
    event = QWheelEvent(
        QPointF(5, 5),
        bar.mapToGlobal(QPointF(5, 5)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(bar, event)
    assert edits == []


def test_that_features_toggle_in_menu_order(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals(features=("x1", "sin_x1")))
    edits = edits_of(panel)
    qtbot.mouseClick(pills(panel).pills["x2"], LEFT)
    assert edits == [("data.features", ("x1", "x2", "sin_x1"), "Set input features", "")]


def test_that_the_last_feature_stays_on_and_says_why(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals(features=("x2",)))
    edits = edits_of(panel)
    pill = pills(panel).pills["x2"]
    qtbot.mouseClick(pill, LEFT)
    assert edits == []
    assert pill.isChecked()
    assert "stays on" in panel.notice
    qtbot.mouseClick(pills(panel).pills["x1"], LEFT)
    assert panel.notice == ""


def test_that_images_have_no_input_features(make_panel: Callable[..., DataPanel]) -> None:
    with pytest.raises(KeyError):
        make_panel(Digits()).editor("features")


def test_that_one_gate_is_chosen_at_a_time(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(LogicGate())
    edits = edits_of(panel)
    gate = pills(panel, "gate")
    qtbot.mouseClick(gate.pills["xor"], LEFT)
    qtbot.mouseClick(gate.pills["xor"], LEFT)
    assert edits == [("data.gate", "xor", "Set gate", "")]
    assert gate.chosen == ("xor",)


def test_that_the_seed_is_typed_or_drawn(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals(seed=7))
    edits = edits_of(panel)
    box = panel.editor("seed")
    assert isinstance(box, SeedBox)
    box.selectAll()
    qtbot.keyClicks(box, "42")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.mouseClick(box.draw_button, LEFT)
    assert edits[0] == ("data.seed", 42, "Set data seed", "")
    path, drawn, label, key = edits[1]
    assert (path, label, key) == ("data.seed", "Draw a new data seed", "")
    assert drawn not in (7, 42)


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_that_what_is_no_seed_is_refused(
    qtbot: QtBot, make_panel: Callable[..., DataPanel]
) -> None:
    panel = make_panel(Spirals(seed=7))
    edits = edits_of(panel)
    box = panel.editor("seed")
    assert isinstance(box, SeedBox)
    box.selectAll()
    qtbot.keyClicks(box, "-3")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert edits == []
    assert box.text() == "7"


# --- notices ---


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (Spirals(points=1), "1 training point and none for testing: add points."),
        (Spirals(points=10), "5 training points and 5 for testing: add points."),
        (Spirals(training_share=1.0), "Lower the training share"),
        (Spirals(training_share=0.7, validation_share=0.3), "lower the training or the validation"),
        (Spirals(validation_share=0.2), ""),
        (Spirals(), ""),
        (LogicGate(), ""),
        (Digits(), ""),
    ],
)
def test_that_sets_that_say_little_are_noted(
    make_panel: Callable[..., DataPanel], data: Any, words: str
) -> None:
    assert words in split_notice(data)
    panel = make_panel(data)
    assert bool(panel.notice) == bool(words)
    assert words in panel.notice


@pytest.mark.parametrize("height", [480, 740])
def test_that_the_contents_keep_their_width_when_they_scroll(
    make_panel: Callable[..., DataPanel], height: int
) -> None:
    panel = make_panel(Spirals(), height)
    QApplication.processEvents()
    assert panel.gallery.width() == 250 - 28


# --- MNIST's folder ---


@pytest.fixture
def idx_folder(tmp_path: Path) -> Path:
    """Return a folder with 30 small images in MNIST's format."""
    labels = np.arange(30, dtype=np.uint8) % 10
    images = np.zeros((30, 28, 28), np.uint8)
    header = np.array([0x803, 30, 28, 28], ">u4").tobytes()
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(header + images.tobytes())
    header = np.array([0x801, 30], ">u4").tobytes()
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(header + labels.tobytes())
    return tmp_path


def folder_box(panel: DataPanel) -> FolderBox:
    box = panel.editor("folder")
    assert isinstance(box, FolderBox)
    return box


def test_that_a_folder_is_looked_into_and_reported(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], idx_folder: Path
) -> None:
    panel = make_panel(Mnist(folder=str(idx_folder), points=20))
    box = folder_box(panel)
    qtbot.waitUntil(lambda: box.report is not None)
    assert "Unverified" in box.line
    assert "30 (t10k) images" in box.line
    row = slider(panel, "points")
    row.slider.setValue(row.slider.maximum())
    assert row.value_field.text() == "30"


def test_that_real_mnist_is_recognized(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], shared_mnist: Path
) -> None:
    box = folder_box(make_panel(Mnist(folder=str(shared_mnist))))
    qtbot.waitUntil(lambda: box.report is not None, timeout=10_000)
    assert box.line.startswith("Verified MNIST")


def test_that_a_chosen_folder_is_proposed_with_no_more_images_than_it_has(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], idx_folder: Path
) -> None:
    panel = make_panel(Mnist())
    with qtbot.waitSignal(panel.proposed) as caught:
        folder_box(panel).propose(str(idx_folder))
    assert caught.args is not None
    assert caught.args[0].data == Mnist(folder=str(idx_folder), points=30)


def test_that_a_folder_without_images_is_explained_and_not_taken(
    qtbot: QtBot, make_panel: Callable[..., DataPanel], tmp_path: Path
) -> None:
    panel = make_panel(Mnist())
    proposals = proposals_of(panel)
    box = folder_box(panel)
    qtbot.keyClicks(box.path_field, str(tmp_path))
    qtbot.keyClick(box.path_field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "none of MNIST's files" in box.line)
    assert proposals == []


def test_that_the_panel_can_go_while_a_folder_is_read(qtbot: QtBot, idx_folder: Path) -> None:
    panel = DataPanel()
    panel.show_spec(ExperimentSpec(data=Mnist(folder=str(idx_folder))))
    panel.deleteLater()
    qtbot.wait(50)
