"""Find the files that come with the application: presets, data, fonts, icons.

A wheel carries them inside the package; a checkout (and so an editable install) has them beside
it. Nothing else needs to know which of the two is running.
"""

from __future__ import annotations

from pathlib import Path

# Not importlib.resources: the same answer for a package on disk, without its start-up time.
_PACKAGE = Path(__file__).resolve().parent
_CANDIDATES = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


class MissingResource(FileNotFoundError):
    """A file that should have come with the application is not there."""


class Resources:
    """The folder of bundled files.

    Parameters
    ----------
    candidates
        Places where the folder may be, the best first. It is looked for when it is first asked
        for, not before.
    """

    def __init__(self, candidates: tuple[Path, ...] = _CANDIDATES) -> None:
        self._candidates = candidates

    @property
    def folder(self) -> Path:
        """The folder itself.

        Raises
        ------
        MissingResource
            If none of the candidates is a folder.
        """
        for candidate in self._candidates:
            if candidate.is_dir():
                return candidate
        places = " or ".join(str(candidate) for candidate in self._candidates)
        raise MissingResource(f"no folder {places}; install Gradient Playground again")

    def path(self, name: str) -> Path:
        """Return where a bundled file or folder is.

        Parameters
        ----------
        name
            Path below the folder, with forward slashes, such as ``presets/xor.json``.

        Raises
        ------
        MissingResource
            If there is no such file or folder. The message names what there is instead.
        """
        found = self.folder / name
        if found.exists():
            return found
        there = ", ".join(sorted(p.name for p in found.parent.glob("*"))) or "nothing"
        raise MissingResource(f"no bundled file {name!r}; {found.parent} has: {there}")

    def files(self, name: str, suffix: str = "") -> tuple[Path, ...]:
        """Return the files of a bundled folder, sorted by name.

        Parameters
        ----------
        name
            Path of the folder, such as ``presets``.
        suffix
            How the names must end, such as ``.json``; "" for all files.

        Raises
        ------
        MissingResource
            If there is no such folder.
        """
        folder = self.path(name)
        return tuple(sorted(p for p in folder.iterdir() if p.is_file() and p.name.endswith(suffix)))


RESOURCES = Resources()
"""The bundled files of this installation."""


def resource(path: str) -> Path:
    """Return where a bundled file or folder is, such as ``resource("datasets/digits.npz")``.

    Raises
    ------
    MissingResource
        If there is no such file or folder.
    """
    return RESOURCES.path(path)
