from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest


def test_that_everything_after_run_goes_to_the_application(dev: ModuleType) -> None:
    request = dev.parse(["run", "xor", "--theme", "dark"])
    assert request == dev.Request("run", arguments=("xor", "--theme", "dark"))
    assert dev.parse(["run", "--", "xor"]).arguments == ("xor",)


def test_that_everything_after_the_dashes_goes_to_pytest(dev: ModuleType) -> None:
    assert dev.parse(["test"]) == dev.Request("test")
    assert dev.parse(["test", "--fast"]) == dev.Request("test", fast=True)
    request = dev.parse(["test", "--fast", "--", "-k", "xor", "--fast"])
    assert request == dev.Request("test", fast=True, arguments=("-k", "xor", "--fast"))


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["run", "--help"], ["test", "-h"]])
def test_that_help_is_given(
    dev: ModuleType, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(words) == 0
    assert "packaging/dev.py test [--fast]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "named"), [(["tset"], "'tset'"), (["test", "-k", "xor"], "'-k'")]
)
def test_that_a_wrong_command_line_ends_with_status_two(
    dev: ModuleType, words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(words) == 2
    message = capsys.readouterr().err
    assert named in message
    assert len(message.splitlines()) == 1


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the files that decide what is installed."""
    (tmp_path / "playground").mkdir()
    (tmp_path / "packaging").mkdir()
    (tmp_path / "playground" / "__init__.py").write_text('__version__ = "1.0"\n', encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "packaging" / "constraints.txt").write_text("numpy==2.0\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[project]\ndependencies = []\n"),
        ("packaging/constraints.txt", "numpy==2.1\n"),
        ("playground/__init__.py", '__version__ = "1.1"\n'),
    ],
)
def test_that_a_changed_declaration_asks_for_an_installation(
    dev: ModuleType, project: Path, name: str, text: str
) -> None:
    before = dev.fingerprint(project)
    assert dev.fingerprint(project) == before
    (project / name).write_text(text, encoding="utf-8")
    assert dev.fingerprint(project) != before


def test_that_changed_code_asks_for_no_installation(dev: ModuleType, project: Path) -> None:
    before = dev.fingerprint(project)
    package = project / "playground" / "__init__.py"
    package.write_text('"""Better."""\n\n__version__ = "1.0"\n', encoding="utf-8")
    assert dev.fingerprint(project) == before


@pytest.fixture
def installations(dev: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Replace pip by a list of what was asked for: True for "with the test tools"."""
    asked: list[bool] = []
    monkeypatch.setattr(dev, "ROOT", project)
    monkeypatch.setattr(dev, "STAMP", project / "stamp")
    monkeypatch.setattr(dev, "environment_works", lambda: True)
    monkeypatch.setattr(dev, "pip_install", asked.append)
    return asked


def test_that_what_is_installed_is_not_installed_again(
    dev: ModuleType, installations: list[bool]
) -> None:
    dev.provide_environment(with_tests=False)
    dev.provide_environment(with_tests=False)
    assert installations == [False]
    dev.provide_environment(with_tests=True)
    dev.provide_environment(with_tests=False)
    assert installations == [False, True]


def test_that_test_tools_stay_up_to_date_once_they_are_there(
    dev: ModuleType, installations: list[bool], project: Path
) -> None:
    dev.provide_environment(with_tests=True)
    (project / "packaging" / "constraints.txt").write_text("numpy==2.2\n", encoding="utf-8")
    dev.provide_environment(with_tests=False)
    dev.provide_environment(with_tests=True)
    assert installations == [True, True]


def test_that_a_failed_installation_is_tried_again(
    dev: ModuleType, installations: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(with_tests: bool) -> None:
        raise dev.Problem("pip could not install the packages", 1)

    dev.provide_environment(with_tests=False)
    monkeypatch.setattr(dev, "pip_install", fail)
    with pytest.raises(dev.Problem):
        dev.provide_environment(with_tests=True)
    monkeypatch.setattr(dev, "pip_install", installations.append)
    dev.provide_environment(with_tests=False)
    assert installations == [False, False]


@pytest.fixture
def bare_system(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Pretend that libegl1 is missing; return what apt-get is then asked to install."""
    installed: list[list[str]] = []
    preflight = dev.load_preflight()
    lost = [preflight.Library("libEGL.so.1", "libegl1")]
    monkeypatch.setattr(preflight, "window_system", lambda: "xcb")
    monkeypatch.setattr(
        preflight, "missing_libraries", lambda with_window: [] if installed else lost
    )
    monkeypatch.setattr(dev, "load_preflight", lambda: preflight)
    monkeypatch.setattr(dev, "venv_package", lambda: [])
    monkeypatch.setattr(dev.shutil, "which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr(dev, "apt_install", lambda packages: installed.append(list(packages)))
    return installed


def test_that_root_gets_the_missing_packages(
    dev: ModuleType, bare_system: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "is_root", lambda: True)
    dev.provide_system_packages("run")
    assert bare_system == [["libegl1"]]


@pytest.mark.usefixtures("bare_system")
def test_that_others_get_the_line_to_run_and_status_two(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "is_root", lambda: False)
    assert dev.main(["run"]) == 2
    assert capsys.readouterr().err.endswith(
        "  sudo apt-get install --yes --no-install-recommends libegl1\n"
    )


@pytest.mark.usefixtures("bare_system")
def test_that_systems_without_apt_are_told_the_libraries(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda tool: None)
    with pytest.raises(dev.Problem, match=r"libEGL\.so\.1"):
        dev.provide_system_packages("run")


def test_that_a_python_without_ensurepip_asks_for_its_package(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dev.venv_package() == []
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)
    assert dev.venv_package() == [f"python3.{sys.version_info.minor}-venv"]


@pytest.fixture
def stages(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Replace every program by an exit code; ``codes`` maps a word of its command to it."""
    seen = SimpleNamespace(commands=[], codes={})

    def run(command: Sequence[str], **_: object) -> SimpleNamespace:
        seen.commands.append(list(command))
        words = " ".join(command)
        code = next((code for word, code in seen.codes.items() if word in words), 0)
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr(dev, "provide_system_packages", lambda command: None)
    monkeypatch.setattr(dev, "provide_environment", lambda with_tests: None)
    monkeypatch.setattr(dev.subprocess, "run", run)
    return seen


def test_that_every_check_is_announced_and_the_slow_tests_come_last(
    dev: ModuleType, stages: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["test", "--", "-x"]) == 0
    announced = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert announced == [
        "── Style", "── Format", "── Types", "── Imports", "── Tests", "── Tests",
    ]  # fmt: skip
    assert [command[-3:] for command in stages.commands[-2:]] == [
        ["-m", "not slow", "-x"],
        ["-m", "slow", "-x"],
    ]


def test_that_fast_leaves_the_slow_tests_out(dev: ModuleType, stages: SimpleNamespace) -> None:
    assert dev.main(["test", "--fast"]) == 0
    assert [command[-1] for command in stages.commands if "pytest" in command] == ["not slow"]


def test_that_fast_tests_run_side_by_side_and_slow_ones_one_by_one(
    dev: ModuleType, stages: SimpleNamespace
) -> None:
    assert dev.main(["test", "--", "-n", "0"]) == 0
    fast, slow = stages.commands[-2:]
    # What was asked for comes last, and so prevails.
    assert fast[-4:] == ["-m", "not slow", "-n", "0"]
    assert fast[fast.index("pytest") + 1 :][: len(dev.SPREAD)] == list(dev.SPREAD)
    assert not set(slow) & set(dev.SPREAD) - {"-n"}


@pytest.mark.parametrize(
    ("failing", "code", "count"), [("mypy", 1, 3), ("lint-imports", 1, 4), ("not slow", 2, 5)]
)
def test_that_the_first_failure_ends_the_test_with_its_status(
    dev: ModuleType, stages: SimpleNamespace, failing: str, code: int, count: int
) -> None:
    stages.codes[failing] = code
    assert dev.main(["test"]) == code
    assert len(stages.commands) == count


def test_that_a_selection_may_be_all_fast_or_all_slow_but_not_empty(
    dev: ModuleType, stages: SimpleNamespace
) -> None:
    stages.codes["not slow"] = dev.NOTHING_COLLECTED
    assert dev.main(["test", "--", "-k", "mnist"]) == 0
    stages.codes["pytest"] = dev.NOTHING_COLLECTED
    assert dev.main(["test", "--", "-k", "nonsense"]) == dev.NOTHING_COLLECTED


def test_that_a_failing_pip_is_explained(
    dev: ModuleType, stages: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.codes["install"] = 1
    with pytest.raises(dev.Problem, match="offline") as caught:
        dev.pip_install(with_tests=False)
    assert caught.value.exit_code == 1


def test_that_an_older_python_is_turned_away_with_one_line(root: Path) -> None:
    code = (
        "import collections, runpy, sys\n"
        "sys.version_info = (3, 9, 2)\n"
        f"runpy.run_path({str(root / 'packaging' / 'dev.py')!r}, run_name='__main__')"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith("dev.py: Gradient Playground needs Python 3.11 or newer")
    assert len(shown.stderr.splitlines()) == 1
