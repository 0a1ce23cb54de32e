"""Tables: complete, exact to the last bit, and readable by anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.experiment.presets import load_experiment
from playground.exporting import exporter_of, exporters
from playground.exporting.command import FormatError, made_exporter, written_and_proved
from playground.exporting.contents import layers_table, predictions_table, weights_table
from playground.exporting.run import Run
from playground.exporting.table import Table, largest_difference, read_csv
from playground.files import FileNotWritten
from playground.schema.describe import tag_of
from playground.schema.validation import replaced
from playground.training.jobs import JobRefused, Progress
from playground.training.trainer import Trainer

TABLES = ("history", "predictions", "weights", "layers")


def _run(preset: str, epochs: int = 3, **changes: Any) -> Run:
    spec = load_experiment(preset)
    for path, value in changes.items():
        spec = replaced(spec, path.replace("__", "."), value)
    return Run.trained(spec, epochs, Progress())


@pytest.fixture(scope="module")
def spirals() -> Run:
    return _run("spirals")


@pytest.mark.parametrize("tag", [tag_of(exporter) for exporter in exporters()])
def test_that_every_format_writes_and_proves_itself(tag: str, spirals: Run, tmp_path: Path) -> None:
    exporter = made_exporter(tag)
    if exporter.unavailable():
        pytest.skip(exporter.unavailable())
    path = tmp_path / f"run{exporter.suffix}"
    files, sentence = written_and_proved(exporter, spirals, path, Progress())
    assert files[0] == path
    assert sentence.endswith(("agree exactly.", "as it should be.")) or not sentence
    assert exporter.preview(spirals, Progress()).summary
    assert set(tmp_path.iterdir()) == set(files)


@pytest.mark.parametrize("preset", ["spirals-3", "digits"])
@pytest.mark.parametrize("content", TABLES)
def test_that_tables_hold_other_tasks(preset: str, content: str, tmp_path: Path) -> None:
    run = _run(preset, 1)
    for kind in ("csv", "json"):
        exporter = made_exporter(f"{content}-{kind}", {})
        written_and_proved(exporter, run, tmp_path / kind, Progress())


def test_that_predictions_repeat_what_the_network_says(spirals: Run) -> None:
    table = predictions_table(spirals)
    data = spirals.data
    test = table.columns["split"] == "test"
    assert int(test.sum()) == len(data.split.test)
    right = (table.columns["predicted"] == table.columns["target"])[test].mean()
    metrics = spirals.trainer.metrics()
    assert right == pytest.approx(metrics.test_accuracy)
    assert table.columns["loss"][test].mean() == pytest.approx(metrics.test_loss)
    assert table.columns["certainty"].min() >= 0.5
    assert np.array_equal(table.columns["x2"], data.samples.points[:, 1])


def test_that_a_regression_has_values_for_targets() -> None:
    run = _run("spirals", 1, data={"kind": "plane"})
    columns = predictions_table(run).columns
    assert columns["target"].dtype.kind == "f"
    assert "certainty" not in columns


def test_that_a_thousand_pixels_are_written_only_when_wanted() -> None:
    run = _run("digits", 0)
    columns = predictions_table(run).columns
    assert "input pixel 8 8" in columns
    assert not any(name.startswith("input") for name in predictions_table(run, False).columns)


def test_that_the_weight_table_has_every_parameter(spirals: Run) -> None:
    table = weights_table(spirals)
    trainer = spirals.trainer
    assert table.row_count == trainer.architecture.parameter_count
    assert np.array_equal(np.sort(table.columns["value"]), np.sort(trainer.parameters.vector))
    assert float(np.linalg.norm(table.columns["gradient"])) == pytest.approx(
        float(np.linalg.norm(trainer.gradient))
    )
    assert layers_table(spirals).columns["parameters"].sum() == table.row_count


def test_that_every_kind_of_layer_has_its_place_in_the_tables(tmp_path: Path) -> None:
    run = _run(
        "spirals",
        1,
        network__layers=[
            {"kind": "dense", "units": 4, "activation": {"kind": "prelu"}},
            {"kind": "batch_norm"},
            {"kind": "dropout"},
            {"kind": "dense", "units": 3, "activation": {"kind": "maxout"}},
            {"kind": "skip", "reach": 2},
        ],
    )
    table = weights_table(run)
    kinds = set(table.columns["parameter"].tolist())
    assert {"weight", "bias", "slope", "scale", "shift", "running_mean"} <= kinds
    learned = ~np.char.startswith(table.columns["parameter"], "running")
    values = table.columns["value"][learned]
    assert np.array_equal(np.sort(values), np.sort(run.trainer.parameters.vector))
    assert layers_table(run).row_count == 6
    for tag in ("weights-csv", "layers-json"):
        written_and_proved(made_exporter(tag), run, tmp_path / tag, Progress())


def test_that_csv_keeps_every_bit_and_marks_what_is_missing() -> None:
    generator = np.random.default_rng(0)
    numbers = generator.normal(size=200) * 10.0 ** generator.integers(-30, 30, 200)
    numbers[3] = np.nan
    table = Table(
        {"double": numbers, "single": numbers.astype(np.float32), "name": np.array(["a, b"] * 200)},
        {},
    )
    content = table.csv()
    found = read_csv(content)
    assert found["double"][3] == ""
    assert largest_difference(table, found) == 0.0
    # Any CSV reader takes it: NumPy's, for one.
    again = np.genfromtxt(content.decode().splitlines()[1:], delimiter=",", usecols=0)
    assert np.array_equal(again, numbers, equal_nan=True)


def test_that_a_changed_cell_is_found_out() -> None:
    table = Table({"value": np.array([1.0, 2.0])}, {})
    assert largest_difference(table, {"value": ["1.0", "2.5"]}) == 0.5
    assert np.isnan(largest_difference(table, {"value": ["1.0", ""]}))
    assert np.isnan(largest_difference(table, {"other": ["1.0", "2.0"]}))


def test_that_json_says_where_its_numbers_come_from(spirals: Run) -> None:
    content = json.loads(made_exporter("history-json").content(spirals, Progress()))
    assert content["epoch"] == 3
    assert content["experiment"] == spirals.spec.name
    assert content["columns"]["gradient_norm output"][0] is None


def test_that_a_cancelled_export_leaves_no_file(spirals: Run, tmp_path: Path) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(BaseException):  # noqa: B017 - what unwinds a job is its own affair
        made_exporter("history-csv").write(spirals, tmp_path / "run.csv", progress)
    assert not list(tmp_path.iterdir())


def test_that_a_missing_folder_is_named(spirals: Run, tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten, match="nowhere"):
        made_exporter("layers-csv").write(spirals, tmp_path / "nowhere" / "a.csv", Progress())


def test_that_unknown_formats_and_fields_are_named() -> None:
    with pytest.raises(KeyError, match="history-csv"):
        exporter_of("excel")
    with pytest.raises(FormatError, match="separator"):
        made_exporter("history-csv", ["separator=dot"])
    with pytest.raises(FormatError, match="name=value"):
        made_exporter("history-csv", ["separator"])


def test_that_a_run_copied_from_a_state_goes_on_like_the_first(spirals: Run) -> None:
    copy = Run.of_state(spirals.spec, spirals.trainer.state(), spirals.data)
    assert np.array_equal(copy.outputs, spirals.outputs)


def test_that_a_diverging_training_is_refused_with_a_remedy() -> None:
    with pytest.raises(JobRefused, match="learning rate"):
        _run("spirals", 50, training__learning_rate=1e9)


def test_that_training_for_an_export_equals_any_other_training(spirals: Run) -> None:
    trainer = Trainer(spirals.spec)
    trainer.advance(3 * trainer.batches_per_epoch)
    assert np.array_equal(trainer.parameters.vector, spirals.trainer.parameters.vector)
