"""The list of commands and the modules behind it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from playground import cli
from playground.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def test_that_every_module_of_a_command_is_in_the_list() -> None:
    folder = Path(str(cli.__file__)).parent / "commands"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {command.name.replace("-", "_") for command in COMMANDS} == modules


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_that_every_command_says_what_it_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([name, "--help"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: gradient-playground {name} ")


def test_that_only_the_command_that_was_given_is_imported() -> None:
    program = (
        "import sys\n"
        "from playground.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'msgspec', 'tqdm', 'playground.experiment', 'playground.training'}\n"
        "commands = {n for n in sys.modules if n.startswith('playground.cli.commands.')}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert commands == {'playground.cli.commands.train'}, commands\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
