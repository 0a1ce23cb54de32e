"""Find out whether Qt can start, before Qt finds out by ending the process.

Qt aborts with one and the same text for a missing system library, for no display and for a dead
display. Looking first gives one clear message instead, with the line that puts it right.

Only the standard library is used and nothing of this package, so that ``packaging/dev.py`` can
load this file by its path before anything is installed. The table below is the one place that
knows which system libraries are needed.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GLIB = "libglib2.0-0"
"""Renamed when 64-bit time came, see :func:`current_name`."""


@dataclass(frozen=True)
class Library:
    """A system library that Qt's own libraries are linked against.

    Attributes
    ----------
    soname
        What the loader is asked for.
    package
        The Debian and Ubuntu package that has it.
    """

    soname: str
    package: str


ALWAYS = (
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libX11.so.6", "libx11-6"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libfreetype.so.6", "libfreetype6"),
    Library("libglib-2.0.so.0", GLIB),
    Library("libgthread-2.0.so.0", GLIB),
)
"""Needed for any window, also one that is only drawn in memory (the offscreen platform)."""

X11 = (
    Library("libX11-xcb.so.1", "libx11-xcb1"),
    Library("libxcb.so.1", "libxcb1"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-randr.so.0", "libxcb-randr0"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-render.so.0", "libxcb-render0"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxcb-shm.so.0", "libxcb-shm0"),
    Library("libxcb-sync.so.1", "libxcb-sync1"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
"""Needed for a window on an X11 display."""

Loader = Callable[[str], object]


def missing_libraries(with_window: bool, load: Loader = ctypes.CDLL) -> list[Library]:
    """Return the system libraries that Qt needs and this machine lacks.

    Parameters
    ----------
    with_window
        Whether a window is to appear on an X11 display; otherwise only what drawing in memory
        needs is looked for.
    load
        Loads a library by its soname and raises ``OSError`` where there is none.

    Returns
    -------
    list of Library
        In the order of the tables. Always empty but on Linux: Qt brings everything elsewhere.
    """
    if not sys.platform.startswith("linux"):
        return []
    return [lib for lib in (*ALWAYS, *(X11 if with_window else ())) if not _loads(lib, load)]


def _loads(library: Library, load: Loader) -> bool:
    try:
        load(library.soname)
    except OSError:
        return False
    return True


def packages_of(libraries: Iterable[Library]) -> list[str]:
    """Return the packages that have these libraries, each once, as named on this system."""
    return [current_name(name) for name in dict.fromkeys(lib.package for lib in libraries)]


def install_line(packages: Sequence[str], as_root: bool = False) -> str:
    """Return the command that installs some packages.

    Parameters
    ----------
    packages
        Names of Debian packages.
    as_root
        Whether the reader is the administrator already, so that ``sudo`` is not needed.
    """
    command = " ".join(["apt-get install --yes --no-install-recommends", *packages])
    return command if as_root else f"sudo {command}"


def current_name(package: str) -> str:
    """Return what a package is called in this release of Debian or Ubuntu."""
    if package == GLIB and _glib_was_renamed(_os_release(), _apt_knows):
        return f"{GLIB}t64"
    return package


def _glib_was_renamed(release: Mapping[str, str], apt_knows: Callable[[str], bool]) -> bool:
    """Tell whether GLib's package has the name that came with Debian 13 and Ubuntu 24.04."""
    first = {"debian": 13.0, "ubuntu": 24.04}.get(release.get("ID", ""))
    if first is None:
        return apt_knows(f"{GLIB}t64")
    try:
        return float(release.get("VERSION_ID", "")) >= first
    except ValueError:
        # Debian testing and unstable have no number, and are newer than any that has.
        return True


def _os_release() -> dict[str, str]:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {key: value.strip("\"'") for key, sign, value in pairs if sign}


def _apt_knows(package: str) -> bool:
    # Only where something is missing: these two take a while to load.
    import shutil
    import subprocess

    apt_cache = shutil.which("apt-cache")
    if apt_cache is None:
        return False
    shown = subprocess.run([apt_cache, "show", package], capture_output=True, check=False)
    return shown.returncode == 0


def window_system(environment: Mapping[str, str] = os.environ) -> str:
    """Return the platform on which Qt is going to draw: xcb, wayland, offscreen, windows, cocoa …

    Parameters
    ----------
    environment
        Environment variables.
    """
    chosen = environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if chosen:
        return chosen
    if sys.platform == "win32":
        return "windows"
    if sys.platform == "darwin":
        return "cocoa"
    return "wayland" if environment.get("WAYLAND_DISPLAY") else "xcb"


def display_problem(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return what is wrong with the X11 display, or ``None`` if windows can appear on it.

    Parameters
    ----------
    environment
        Environment variables. ``None`` is returned at once where Qt will not use X11.
    """
    if not sys.platform.startswith("linux") or window_system(environment) != "xcb":
        return None
    display = environment.get("DISPLAY", "")
    if not display:
        return (
            "there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set; start this from a "
            "desktop session, or with xvfb-run, or use the commands that need no window "
            "(train, describe, screenshot)"
        )
    if not _answers(display):
        return (
            f"the display DISPLAY={display} does not answer; check that it is running and that "
            "this account may use it (over ssh: connect with ssh -X)"
        )
    return None


def _answers(display: str) -> bool:
    """Connect to an X server and hang up."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    xcb.xcb_connection_has_error.restype = ctypes.c_int
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.restype = None
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed: int = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return failed == 0


def explain_missing(libraries: Sequence[Library]) -> str:
    """Return a message that names missing libraries and the command that installs them."""
    import shutil

    names = ", ".join(library.soname for library in libraries)
    packages = packages_of(libraries)
    if shutil.which("apt-get"):
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        return f"Qt needs system libraries that are missing: {names}\n" + (
            f"Install them with:\n  {install_line(packages, as_root)}"
        )
    return (
        f"Qt needs system libraries that are missing: {names}\n"
        "Install the packages of your distribution that have them "
        f"(on Debian: {' '.join(packages)})."
    )


def check_or_explain(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return ``None`` if Qt can start, else a message that says what is wrong and what to do.

    To be asked before PySide6 is imported.

    Parameters
    ----------
    environment
        Environment variables, of which QT_QPA_PLATFORM, WAYLAND_DISPLAY and DISPLAY matter.
    """
    missing = missing_libraries(with_window=window_system(environment) == "xcb")
    if missing:
        return explain_missing(missing)
    return display_problem(environment)
