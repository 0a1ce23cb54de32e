"""Files are written whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from playground.files import FileNotWritten, whole_file, write_whole

OLD, NEW = b"old" * 50_000, b"new" * 90_000


@contextmanager
def _file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a disk without space."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_that_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_whole(path, OLD)
    with whole_file(path) as file:
        file.write(NEW)
        assert path.read_bytes() == OLD
    assert path.read_bytes() == NEW
    assert list(tmp_path.iterdir()) == [path]


def test_that_an_error_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_whole(path, OLD)

    def stop_half_way() -> None:
        with whole_file(path) as file:
            file.write(NEW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_disk_without_space_loses_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_whole(path, OLD)
    with _file_size_limit(len(OLD)), pytest.raises(FileNotWritten) as raised:
        write_whole(path, NEW)
    assert str(path) in str(raised.value)
    assert "choose a disk" in str(raised.value)
    assert "unchanged" in str(raised.value)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten, match=r"gone/a\.bin.*does not exist; choose another"):
        write_whole(tmp_path / "gone" / "a.bin", NEW)


def test_that_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").mkdir()
    with pytest.raises(FileNotWritten, match="folder of that name"):
        write_whole(tmp_path / "a.bin", NEW)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write anywhere")
def test_that_a_read_only_folder_loses_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_whole(path, OLD)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(FileNotWritten, match="permissions"):
            write_whole(path, NEW)
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == OLD


def test_that_permissions_and_links_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "a.bin", tmp_path / "link.bin"
    write_whole(path, OLD)
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, NEW)
    assert link.is_symlink()
    assert path.read_bytes() == NEW
    assert path.stat().st_mode & 0o777 == 0o640


def test_that_what_an_ended_program_left_is_removed_after_a_while(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    old, young = tmp_path / ".a.bin.0000.part", tmp_path / ".a.bin.1111.part"
    for partial in (old, young):
        partial.write_bytes(b"half")
    os.utime(old, (0, 0))
    write_whole(path, NEW)
    assert sorted(tmp_path.iterdir()) == sorted([path, young])


_WRITES_FOR_EVER = """
import sys
from pathlib import Path
from playground.files import write_whole

path, size = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
number = 0
while True:
    number += 1
    write_whole(path, b"%d\\n" % number * (size // len(b"%d\\n" % number)))
"""


def test_that_killing_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    for attempt in range(8):
        write_whole(path, OLD)
        with subprocess.Popen(
            [sys.executable, "-c", _WRITES_FOR_EVER, str(path), "400000"],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[1],
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            # Let it run for a different while each time.
            with suppress(subprocess.TimeoutExpired):
                writer.wait(0.003 * attempt)
            writer.kill()
        content = path.read_bytes()
        lines = content.splitlines()
        assert content == OLD or len(set(lines)) == 1
        assert len(content) > 350_000 or content == OLD
