"""The maths knows nothing of the screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from playground.experiment.presets import preset_names

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = ("PySide6", "shiboken6", "pyqtgraph", "ziamath")
ROOMS = (
    "schema",
    "resources",
    "files",
    "engine",
    "data",
    "experiment",
    "training",
    "inspection",
    "exporting",
    "cli",
)


def _modules() -> list[str]:
    """Return the names of all modules below gui."""
    package = ROOT / "playground"
    names = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[0] in ROOMS:
            names.append(".".join(("playground", *parts)).removesuffix(".__init__"))
    return names


def _run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_that_every_module_below_gui_works_without_qt() -> None:
    modules = _modules()
    assert len(modules) > 200
    program = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules])"
    )
    assert _run(program).strip() == "[]"


@pytest.mark.parametrize("arguments", [["describe"], ["train", preset_names()[0], "--epochs", "1"]])
def test_that_the_command_line_trains_without_qt(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from playground.cli import main\n"
        f"status = main({arguments!r})\n"
        f"loaded = [name for name in {FORBIDDEN!r} if name in sys.modules]\n"
        "sys.exit(f'{status} {loaded}' if status or loaded else 0)"
    )
    _run(program)
