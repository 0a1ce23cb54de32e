"""What holds for the project as a whole: versions, places, and what a wheel contains."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

import playground

TEXT = {".cfg", ".css", ".csv", ".in", ".ini", ".json", ".md", ".py", ".qss", ".sh", ".svg",
        ".toml", ".txt", ".yaml", ".yml", ""}  # fmt: skip
GENERATED = {".git", ".venv", "venv", "build", "dist"}

# Put together here, so that this file does not name them itself.
FORBIDDEN = {
    "a package registry": re.compile(
        "|".join(
            re.escape(host)
            for host in (
                "py" + "pi.org",
                "python" + "hosted.org",
                "anaconda" + ".org",
                "npm" + "js.",
            )
        )
    ),
    "a folder of somebody's machine": re.compile(
        r"(?<![\w.~-])/(?:"
        + "|".join(("root", "work", r"Users/\w", r"home/(?!you\b|user\b)\w", "opt/wheels"))
        + r")(?:/|\b)|[A-Z]:\\Users\\"
    ),
}


def project_files(root: Path) -> list[Path]:
    """Return the text files of the project: those that git knows, or all but generated ones."""
    listed = (
        subprocess.run(
            [
                "git",
                "-C",
                str(root),
                "ls-files",
                "--cached",
                "--others",
                "--exclude-standard",
                "-z",
            ],
            capture_output=True,
            check=False,
        )
        if (root / ".git").exists()
        else None
    )
    if listed is not None and listed.returncode == 0:
        files = [root / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    else:
        files = [
            path
            for path in root.rglob("*")
            if not GENERATED & set(path.relative_to(root).parts)
            and not any(p.startswith(".") and p.endswith("_cache") for p in path.parts)
            and "__pycache__" not in path.parts
        ]
    return [path for path in files if path.is_file() and path.suffix in TEXT]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_that_no_file_names(root: Path, what: str) -> None:
    files = project_files(root)
    assert root / "pyproject.toml" in files
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert not found, "\n".join(found)


@pytest.fixture
def declaration(root: Path) -> dict[str, Any]:
    """Return the contents of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_that_the_version_is_written_in_one_place(declaration: dict[str, Any]) -> None:
    assert "version" not in declaration["project"]
    assert declaration["tool"]["hatch"]["version"]["path"] == "playground/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc|\.dev)\d+)?", playground.__version__)


def test_that_the_installed_version_is_that_of_the_package() -> None:
    try:
        installed = version("gradient-playground")
    except PackageNotFoundError:
        pytest.skip("gradient-playground is not installed")
    assert installed == playground.__version__


def requirements(declaration: dict[str, Any]) -> list[str]:
    """Return the names of all declared requirements."""
    project = declaration["project"]
    listed = project["dependencies"] + project["optional-dependencies"]["test"]
    listed = listed + declaration["build-system"]["requires"]
    return [re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in listed]


def test_that_every_requirement_has_an_exact_version(
    root: Path, declaration: dict[str, Any]
) -> None:
    text = (root / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.]*(?:; .+)?", line)
    pinned = {line.split("==")[0].lower() for line in lines}
    assert {name.lower() for name in requirements(declaration)} <= pinned


def test_that_pyside_is_held_back_where_it_would_end_the_process(
    declaration: dict[str, Any],
) -> None:
    pyside = [r for r in declaration["project"]["dependencies"] if r.startswith("PySide6")]
    assert pyside == [
        "PySide6-Essentials>=6.8,<6.12; python_version < '3.12'",
        "PySide6-Essentials>=6.8; python_version >= '3.12'",
    ]


@pytest.mark.parametrize("folder", ["packaging", "tests/packaging"])
def test_that_no_folder_hides_the_library_named_packaging(root: Path, folder: str) -> None:
    assert not (root / folder / "__init__.py").exists()


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("hatchling"), reason="hatchling is not installed")
def test_that_a_wheel_runs_and_brings_its_resources(root: Path, tmp_path: Path) -> None:
    build = f"import hatchling.build; print(hatchling.build.build_wheel({str(tmp_path)!r}))"
    built = subprocess.run(
        [sys.executable, "-c", build], cwd=root, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    wheel = tmp_path / built.stdout.split()[-1]
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(unpacked)
    resources = {
        f"playground/resources/{path.relative_to(root / 'resources').as_posix()}"
        for path in (root / "resources").rglob("*")
        if path.is_file()
    }
    assert "playground/resources/datasets/digits.npz" in resources
    assert resources <= names
    assert "playground/py.typed" in names
    assert not {name for name in names if name.startswith(("tests/", "packaging/"))}
    code = (
        "from playground.resources import resource; import playground\n"
        "print(playground.__file__); print(resource('datasets/digits.npz'))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(line.startswith(str(unpacked)) for line in shown.stdout.splitlines())
