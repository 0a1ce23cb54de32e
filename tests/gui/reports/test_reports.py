"""A run on one page."""

from __future__ import annotations

import datetime
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from playground.cli import main
from playground.experiment.presets import load_experiment
from playground.experiment.share import spec_from_text
from playground.exporting.run import Run
from playground.exporting.summary import summary_of_run
from playground.files import FileNotWritten
from playground.gui.palette import LIGHT
from playground.gui.reports.html import html_text
from playground.gui.reports.page import _fitting
from playground.gui.reports.report import Report, write_report
from playground.gui.theme import theme
from playground.schema.validation import replaced
from playground.training.jobs import JobRefused, Progress


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.trained(load_experiment("circles"), 4, Progress())


def test_that_a_run_is_put_into_words(run: Run) -> None:
    summary = summary_of_run(run)
    assert summary.length.startswith("4 epochs, ")
    assert [name for name, _ in summary.sets] == ["Training", "Test"]
    assert [score.name for score in summary.scores][:2] == ["Loss", "Accuracy"]
    metrics = run.trainer.metrics()
    assert metrics.test_loss is not None
    assert float(summary.scores[0].values[1]) == pytest.approx(metrics.test_loss, rel=1e-3)
    assert [heading for heading, _ in summary.parts] == ["Data", "Network", "Training"]
    assert dict(summary.versions).keys() == {"Gradient Playground", "NumPy", "Python"}


def test_that_what_is_not_as_by_default_is_named() -> None:
    spec = load_experiment("xor")
    spec = replaced(spec, "training.optimizer", {"kind": "adam", "beta1": 0.8})
    spec = replaced(spec, "training.regularizer", {"kind": "l2", "strength": 0.01})
    training = dict(summary_of_run(Run.trained(spec, 0, Progress())).parts[2][1])
    assert "0.8" in training["Optimizer"]
    assert "0.01" in training["Regularization"]
    assert "Schedule" not in training


def test_that_layers_are_said_in_one_breath() -> None:
    spec = load_experiment("xor")
    frozen = {"kind": "dense", "units": 5, "frozen": True, "regularizer": {"kind": "l2"}}
    maxout = {"kind": "maxout", "pieces": 3}
    spec = replaced(
        spec, "network.layers", [frozen | {"activation": maxout}, {"kind": "dropout", "rate": 0.4}]
    )
    network = dict(summary_of_run(Run.trained(spec, 0, Progress())).parts[1][1])
    assert network["layer 1"] == "5 × Maxout (pieces 3, own regularization L2, frozen)"
    assert network["dropout 2"] == "Dropout (rate 0.4)"


def test_that_an_experiment_too_long_to_paste_has_a_report_nevertheless(
    qapp: QApplication, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("playground.experiment.share._LONGEST_TEXT", 10)
    for name in ("a.pdf", "a.html"):
        write_report(run, tmp_path / name, Progress())
    assert "too long to be printed" in (tmp_path / "a.html").read_text()


class _Balance(HTMLParser):
    VOID = ("meta", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_that_html_is_whole_and_needs_nothing_else(run: Run, qapp: QApplication) -> None:
    hostile = Run.of_state(
        replaced(run.spec, "name", "<script>alert(1)</script>"), run.trainer.state()
    )
    with theme().lent(LIGHT):
        text = html_text(Report.of_run(hostile, datetime.date(2026, 1, 2)))
    parser = _Balance()
    parser.feed(text)
    assert parser.open == []
    assert len(parser.sources) == 5
    assert all(source.startswith("data:image/svg+xml") for source in parser.sources)
    assert "<script" not in text
    assert "2 January 2026" in text
    shared = re.search(r"<code>(.*)</code>", text)
    assert shared is not None
    pasted = spec_from_text(shared.group(1))
    assert (pasted.data, pasted.network, pasted.training) == (
        hostile.spec.data,
        hostile.spec.network,
        hostile.spec.training,
    )


@pytest.mark.parametrize("preset", ["xor", "digits"])
def test_that_a_pdf_has_one_page_in_any_theme(
    preset: str, qapp: QApplication, tmp_path: Path
) -> None:
    theme().apply(qapp, "dark")
    path = tmp_path / "report.pdf"
    write_report(Run.trained(load_experiment(preset), 1, Progress()), path, Progress())
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    assert theme().name == "dark"


def test_that_every_kind_of_layer_and_many_of_them_fit_on_the_page(
    qapp: QApplication, tmp_path: Path
) -> None:
    dense = {"kind": "dense", "units": 3, "activation": {"kind": "maxout"}}
    block = [dense, {"kind": "batch_norm"}, {"kind": "dropout"}, {"kind": "layer_norm"}]
    layers = [*block, {"kind": "skip", "reach": 1}] * 3
    spec = replaced(load_experiment("circles"), "network.layers", layers)
    run = Run.trained(spec, 1, Progress())
    write_report(run, tmp_path / "report.pdf", Progress())
    write_report(run, tmp_path / "report.html", Progress())
    assert "dropout 13" in (tmp_path / "report.html").read_text()
    many = tuple((f"layer {i}", "Dense") for i in range(20))
    shown = _fitting(many)
    assert len(shown) == 12
    assert shown[6] == ("…", "9 more")


def test_that_a_report_goes_nowhere_else(run: Run, qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(JobRefused, match=r"\.pdf or an \.html"):
        write_report(run, tmp_path / "report.doc", Progress())
    with pytest.raises(FileNotWritten, match="missing"):
        write_report(run, tmp_path / "missing" / "report.html", Progress())
    assert not list(tmp_path.iterdir())


def test_that_the_command_line_writes_reports(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.html"
    assert main(["report", "circles", "--epochs", "1", "--output", str(path)]) == 0
    assert capsys.readouterr().out.strip() == str(path)
    assert path.read_text().startswith("<!doctype html>")
    assert main(["report", "circles", "--output", str(tmp_path / "report.txt")]) == 2
