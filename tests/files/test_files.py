"""Files are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.files import FileNotWritten, replacing, write_bytes


def test_that_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    write_bytes(path, b"old")
    path.chmod(0o640)
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_bytes(path, b"old")

    def interrupted() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_missing_folder_is_named_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "report.html"
    with pytest.raises(FileNotWritten, match=r"report\.html cannot be written .*another folder"):
        write_bytes(path, b"")
