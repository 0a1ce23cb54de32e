"""Zip archives from anywhere: nothing of them is believed before it was checked.

Python's ``zipfile`` reads the whole directory of an archive at once and unpacks as much as a member
claims to hold. Here the end of the archive is looked at first, so that the directory is as small as
it should be, and every size is compared with what may be, before a byte is unpacked.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO

_END = struct.Struct("<4sHHHHIIH")
_END_SIGNATURE = b"PK\x05\x06"
_LONGEST_ENTRY = 512
"""Bytes of the directory per member, name and extra fields included."""
_HARMLESS = 1_000_000
"""Bytes that a member may unpack to, however small it is packed."""
_LARGEST_RATIO = 200
"""Above that, a member may be so many times as large as it is packed. Text reaches about 20."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""No time in the archive: equal contents make equal files."""


class BadArchive(Exception):
    """An archive is damaged, or something else than it should be. The message says what."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold.

    Attributes
    ----------
    members
        Most members.
    total
        Most bytes of all members together, unpacked.
    member
        Returns the most bytes that a member of that name may hold, or ``None`` if there can be no
        member of that name.
    """

    members: int
    total: int
    member: Callable[[str], int | None]


def read_archive(file: BinaryIO, limits: Limits) -> dict[str, bytes]:
    """Return the members of a zip archive by name.

    Raises
    ------
    BadArchive
        If it is damaged, or holds something that it should not.
    OSError
        If the file cannot be read.
    """
    _check_end(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, limits)
            return {entry.filename: _content(archive, entry) for entry in entries}
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        ArithmeticError,
        EOFError,
        LookupError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise BadArchive(f"the archive is damaged ({error})") from error


def write_archive(
    file: BinaryIO, members: Mapping[str, bytes], compressed: Collection[str] = ()
) -> None:
    """Write members into a zip archive; equal members make equal bytes.

    Parameters
    ----------
    compressed
        Members to make smaller. Weights hardly get smaller, and zeros so much that they would be
        taken for an attack.
    """
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED if name in compressed else zipfile.ZIP_STORED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return members as the bytes of a zip archive, not compressed."""
    file = io.BytesIO()
    write_archive(file, members)
    return file.getvalue()


def _check_end(file: BinaryIO, limits: Limits) -> None:
    """Look at the last record, which says how long the directory is."""
    size = file.seek(0, io.SEEK_END)
    if size < _END.size:
        raise BadArchive("it is not a zip archive")
    file.seek(-_END.size, io.SEEK_END)
    signature, disk, first_disk, here, entries, length, start, comment = _END.unpack(
        file.read(_END.size)
    )
    if signature != _END_SIGNATURE or comment:
        raise BadArchive("it is not a zip archive, or its end is missing")
    if disk or first_disk or here != entries:
        raise BadArchive("the archive is in several parts")
    if entries > limits.members:
        raise BadArchive(f"it has {entries} members; there can be {limits.members}")
    # Larger archives have this record in another form, with numbers that are checked nowhere.
    if length > limits.members * _LONGEST_ENTRY or start + length + _END.size != size:
        raise BadArchive("the directory of the archive does not fit")
    file.seek(0)


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names: set[str] = set()
    total = 0
    for entry in entries:
        name, size = entry.filename, entry.file_size
        most = limits.member(name)
        if most is None:
            raise BadArchive(f"it has an unknown member {name!r:.60}")
        if name in names:
            raise BadArchive(f"it has two members named {name!r:.60}")
        names.add(name)
        total += size
        if entry.flag_bits & 0x1:
            raise BadArchive(f"{name} is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(f"{name} is packed in an unknown way ({entry.compress_type})")
        if size > most:
            raise BadArchive(f"{name} holds {size:,} bytes; there can be {most:,}")
        if size > _HARMLESS and size > _LARGEST_RATIO * entry.compress_size:
            raise BadArchive(f"{name} unpacks to {size:,} bytes from {entry.compress_size:,}")
    if total > limits.total:
        raise BadArchive(f"it unpacks to {total:,} bytes; there can be {limits.total:,}")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as member:
        # Never more than was checked, whatever is packed; the checksum is compared at the end.
        content = member.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BadArchive(f"{entry.filename} is not as long as the archive says")
    return content
