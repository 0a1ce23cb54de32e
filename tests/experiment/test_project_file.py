"""Projects in files: complete, whole or not at all, and safe to open whoever made them."""

from __future__ import annotations

import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.experiment import migrations
from playground.experiment.presets import (
    ExperimentFileError,
    load_experiment,
    preset_names,
    read_experiment,
)
from playground.experiment.project_file import (
    Project,
    ProjectFileError,
    read_project,
    write_project,
)
from playground.experiment.spec import ExperimentSpec, spec_from_tree
from playground.files import FileNotWritten
from playground.schema.validation import InvalidValue

ROOT = Path(__file__).resolve().parents[2]
STATE: dict[str, Any] = {
    "parameters": np.linspace(-1, 1, 400, dtype=np.float32),
    "slots": {"mean": np.zeros(400, np.float32)},
    "rng": np.random.default_rng(0).bit_generator.state,
    "step": 7,
    "loss": float("nan"),
}
LAYOUT = {"columns": [250, 800, 316], "workspace": "train", "output": {"test": True}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a good project."""
    path = tmp_path / "good.gplay"
    write_project(Project(ExperimentSpec(name="Good"), STATE, LAYOUT), path)
    return path


def _rewritten(path: Path, **members: bytes | None) -> Path:
    """Write an archive with members replaced, added or (``None``) left out."""
    with zipfile.ZipFile(path) as archive:
        contents: dict[str, bytes | None] = {n: archive.read(n) for n in archive.namelist()}
    contents |= {name.replace("__", "."): content for name, content in members.items()}
    target = path.with_name("changed.gplay")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)
    return target


def _tree(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        tree: dict[str, Any] = json.loads(archive.read("project.json"))
        return tree


def _changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    tree = _tree(path)
    change(tree)
    return _rewritten(path, project__json=json.dumps(tree).encode())


def test_that_everything_comes_back(path: Path) -> None:
    project = read_project(path)
    assert project.spec == ExperimentSpec(name="Good")
    assert project.layout == LAYOUT
    assert project.state is not None
    assert project.state.keys() == STATE.keys()
    assert project.state["parameters"].tobytes() == STATE["parameters"].tobytes()
    assert project.state["rng"] == STATE["rng"]
    assert np.isnan(project.state["loss"])


@pytest.mark.parametrize("name", preset_names())
def test_that_every_preset_is_a_project_without_training(name: str, tmp_path: Path) -> None:
    write_project(Project(load_experiment(name)), tmp_path / "a.gplay")
    project = read_project(tmp_path / "a.gplay")
    assert (project.spec, project.state, project.layout) == (load_experiment(name), None, {})


def test_that_equal_projects_make_equal_files(path: Path, tmp_path: Path) -> None:
    write_project(Project(ExperimentSpec(name="Good"), STATE, LAYOUT), tmp_path / "b.gplay")
    assert path.read_bytes() == (tmp_path / "b.gplay").read_bytes()


def test_that_an_untrained_network_of_zeros_is_not_taken_for_an_attack(tmp_path: Path) -> None:
    state = {"parameters": np.zeros(3_000_000)}
    write_project(Project(ExperimentSpec(), state), tmp_path / "a.gplay")
    project = read_project(tmp_path / "a.gplay")
    assert project.state is not None
    assert not project.state["parameters"].any()


def test_that_a_project_serves_wherever_an_experiment_does(path: Path) -> None:
    assert read_experiment(path) == ExperimentSpec(name="Good")
    with pytest.raises(ExperimentFileError, match="damaged"):
        read_experiment(_rewritten(path, state__npz=b"PK nothing"))


def test_that_a_project_repacked_by_another_program_opens(path: Path) -> None:
    assert read_project(_rewritten(path)).spec.name == "Good"


class TestVersions:
    def test_that_a_newer_project_is_refused_by_its_version(self, path: Path) -> None:
        newer = _changed(path, lambda tree: tree.update(version=7))
        with pytest.raises(ProjectFileError, match="project version 7 is newer than 1"):
            read_project(newer)

    @pytest.mark.parametrize("version", [0, -1, 1.5, "1", True, None, [1]])
    def test_that_a_version_that_is_none_is_refused(self, path: Path, version: Any) -> None:
        with pytest.raises(ProjectFileError, match="version"):
            read_project(_changed(path, lambda tree: tree.update(version=version)))

    def test_that_an_old_project_is_brought_to_the_newest_version(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def from_1(tree: dict[str, Any]) -> dict[str, Any]:
            """Version 2 called the layout ``view``; its weights were the other way round."""
            state = {**tree["state"], "parameters": -tree["state"]["parameters"]}
            rest = {name: value for name, value in tree.items() if name != "layout"}
            return {**rest, "state": state, "view": tree["layout"]}

        def from_2(tree: dict[str, Any]) -> dict[str, Any]:
            rest = {name: value for name, value in tree.items() if name != "view"}
            return {**rest, "layout": {"from": "view", **tree["view"]}}

        monkeypatch.setattr(migrations, "PROJECT", {1: from_1, 2: from_2})
        project = read_project(path)
        assert project.layout == {"from": "view", **LAYOUT}
        assert project.state is not None
        np.testing.assert_array_equal(project.state["parameters"], -STATE["parameters"])
        write_project(project, path)
        assert _tree(path)["version"] == 3
        assert read_project(path).layout == project.layout

    def test_that_an_old_project_that_is_damaged_is_explained(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(migrations, "PROJECT", {1: lambda tree: {"a": tree["missing"]}})
        with pytest.raises(ProjectFileError, match=r"version 1 is damaged.*KeyError"):
            read_project(path)

    def test_that_there_is_a_migration_from_every_version_before(self) -> None:
        assert sorted(migrations.EXPERIMENT) == list(range(1, ExperimentSpec().version))
        assert sorted(migrations.PROJECT) == list(range(1, max(migrations.PROJECT, default=0) + 1))

    def test_that_experiments_have_migrations_too(self) -> None:
        steps = {1: lambda tree: {**tree, "name": tree["name"] + "!"}}
        tree = {"version": 1, "name": "Old"}
        assert migrations.migrated(tree, steps, "experiment") == {"version": 2, "name": "Old!"}
        assert tree == {"version": 1, "name": "Old"}
        with pytest.raises(InvalidValue, match="experiment version 2 is newer than 1"):
            spec_from_tree({"version": 2})


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("members", "message"),
        [
            ({"evil__py": b"print()"}, "3 members"),
            ({"state__npz": None}, r"state\.npz is missing"),
            ({"project__json": None, "../../evil": b"x"}, "unknown member '../../evil'"),
            ({"project__json": None, "/etc/passwd": b"x"}, "unknown member '/etc/passwd'"),
            ({"project__json": b"[]"}, "does not say that it is a"),
            ({"project__json": b" " * 5_000_000}, "5,000,000 bytes; there can be 4,000,000"),
            ({"project__json": b" " * 3_000_000}, "unpacks to 3,000,000 bytes from"),
            ({"state__npz": b"\0" * 40_000_000}, "unpacks to 40,000,000 bytes from"),
            ({"state__npz": b"junk"}, "not a zip archive"),
        ],
    )
    def test_that_members_are_checked(
        self, path: Path, members: dict[str, bytes | None], message: str
    ) -> None:
        with pytest.raises(ProjectFileError, match=message) as raised:
            read_project(_rewritten(path, **members))
        assert str(raised.value).startswith("changed.gplay")
        assert "choose another file" in str(raised.value)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda tree: tree.update(plugin="rm"), "'plugin' is unknown"),
            (lambda tree: tree.update(format="other"), "does not say that it is a"),
            (lambda tree: tree.update(state=[1]), "no place"),
            (lambda tree: tree.update(layout=3), "layout is not a group"),
            (lambda tree: tree["experiment"].update(evil=1), "evil"),
            (lambda tree: tree["experiment"]["training"].update(learning_rate="x"), "learning_"),
            (lambda tree: tree["experiment"].update(name={"$array": "q"}), "'q' is missing"),
            (lambda tree: tree["experiment"].update(name="n" * 300), "name"),
            (lambda tree: tree.pop("experiment"), "not an experiment"),
        ],
    )
    def test_that_unknown_fields_are_named(
        self, path: Path, change: Callable[[dict[str, Any]], object], message: str
    ) -> None:
        with pytest.raises(ProjectFileError, match=message):
            read_project(_changed(path, change))

    def test_that_a_directory_of_millions_of_members_is_never_read(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.gplay"
        end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, 50_000_000, 0, 0)
        with path.open("wb") as file:
            file.truncate(50_000_000)
            file.seek(0, 2)
            file.write(end)
        with pytest.raises(ProjectFileError, match="directory of the archive does not fit"):
            read_project(path)

    def test_that_a_file_too_large_is_refused_unread(self, tmp_path: Path) -> None:
        path = tmp_path / "large.gplay"
        with path.open("wb") as file:
            file.truncate(2**31)
        with pytest.raises(ProjectFileError, match="a project has at most"):
            read_project(path)

    def test_that_what_is_no_file_is_explained(self, tmp_path: Path) -> None:
        with pytest.raises(ProjectFileError, match=r"gone\.gplay cannot be read"):
            read_project(tmp_path / "gone.gplay")
        with pytest.raises(ProjectFileError, match="cannot be read"):
            read_project(tmp_path)

    def test_that_a_lie_about_a_size_is_found(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        at = content.rindex(b"PK\x01\x02")
        content[at + 24 : at + 28] = struct.pack("<I", 999_000)
        path.write_bytes(content)
        with pytest.raises(ProjectFileError):
            read_project(path)

    @pytest.mark.parametrize("seed", range(6))
    def test_that_mutated_files_never_crash_or_hang(self, path: Path, seed: int) -> None:
        chance = random.Random(seed)
        good = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            tree, arrays = archive.read("project.json"), archive.read("state.npz")
        for _ in range(60):
            match chance.randrange(3):
                case 0:
                    path.write_bytes(_mutated(good, chance))
                    mutant = path
                case 1:
                    mutant = _rewritten(path, project__json=_mutated(tree, chance))
                case _:
                    mutant = _rewritten(path, state__npz=_mutated(arrays, chance))
            with suppress(ProjectFileError):
                project = read_project(mutant)
                assert isinstance(project.spec, ExperimentSpec)
            path.write_bytes(good)


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """Change, cut, double or shuffle a few places."""
    mutant = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(mutant))
        length = chance.choice([1, 1, 2, 4, 40])
        match chance.randrange(5):
            case 0:
                mutant[at] ^= 1 << chance.randrange(8)
            case 1:
                mutant[at : at + length] = chance.randbytes(length)
            case 2:
                del mutant[at : at + length]
            case 3:
                mutant[at:at] = mutant[max(0, at - length) : at]
            case _:
                mutant[at : at + length] = b"\xff" * length
        mutant = mutant or bytearray(b"x")
    return bytes(mutant)


_SAVES_FOR_EVER = """
import sys
from pathlib import Path
import numpy as np
from playground.experiment.project_file import Project, write_project
from playground.experiment.spec import ExperimentSpec

path, number = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    number += 1
    state = {"step": number, "parameters": np.full(200_000, float(number))}
    write_project(Project(ExperimentSpec(), state), path)
"""


def test_that_killing_while_saving_leaves_the_old_project_or_the_new_one(path: Path) -> None:
    seen = set()
    for attempt in range(60):
        with subprocess.Popen(
            [sys.executable, "-c", _SAVES_FOR_EVER, str(path)], stdout=subprocess.PIPE, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            with suppress(subprocess.TimeoutExpired):
                writer.wait(0.004 * attempt)
            writer.kill()
        state = read_project(path).state
        assert state is not None
        assert state["step"] == 7 or (state["parameters"] == state["step"]).all()
        seen.add(state["step"])
        # On a busy machine, nothing may have been saved yet; each attempt lasts a little longer.
        if attempt >= 5 and len(seen) > 1:
            break
    else:
        pytest.fail("nothing was saved before the end")


def test_that_a_project_too_large_is_refused_before_it_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.experiment.project_file.LARGEST_FILE", 1_100_000)
    before = path.read_bytes()
    with pytest.raises(FileNotWritten, match="choose an optimizer with less memory"):
        write_project(Project(ExperimentSpec(), {"a": np.zeros(50_000)}), path)
    assert path.read_bytes() == before
