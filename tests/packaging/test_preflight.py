from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from playground.gui import preflight

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Qt needs system libraries on Linux alone"
)


def loader_without(*sonames: str) -> preflight.Loader:
    def load(soname: str) -> object:
        if soname in sonames:
            raise OSError(f"{soname}: cannot open shared object file")
        return object()

    return load


@pytest.mark.parametrize("library", [*preflight.ALWAYS, *preflight.X11], ids=lambda lib: lib.soname)
def test_that_every_library_has_a_versioned_name_and_a_package(library: preflight.Library) -> None:
    assert re.fullmatch(r"lib[\w.+-]+\.so\.\d+", library.soname)
    assert re.fullmatch(r"lib[a-z0-9.+-]+", library.package)


def test_that_no_library_is_listed_twice() -> None:
    names = [library.soname for library in (*preflight.ALWAYS, *preflight.X11)]
    assert len(names) == len(set(names))


@linux_only
def test_that_the_tables_cover_what_qt_is_linked_against() -> None:
    pyside = pytest.importorskip("PySide6")
    qt = Path(pyside.__file__).parent / "Qt"
    linked = [qt / "lib" / f"libQt6{part}.so.6" for part in ("Core", "Gui", "Widgets", "XcbQpa")]
    linked.append(qt / "plugins" / "platforms" / "libqxcb.so")
    if not all(path.is_file() for path in linked):
        pytest.skip("this PySide6 uses the Qt of the system")
    pattern = re.compile(
        rb"\0(lib(?:X11|xcb|xkbcommon|fontconfig|freetype|glib|gthread|dbus|GL|EGL)"
        rb"[\w.-]*\.so\.\d+)(?=\0)"
    )
    needed = {name.decode() for path in linked for name in pattern.findall(path.read_bytes())}
    known = {library.soname for library in (*preflight.ALWAYS, *preflight.X11)}
    # libxcb-util comes with libxcb-image and libxcb-cursor, which need it themselves.
    assert needed - known <= {"libxcb-util.so.1"}
    assert "libxcb-cursor.so.0" in needed


@linux_only
def test_that_a_complete_system_lacks_nothing() -> None:
    assert preflight.missing_libraries(with_window=True, load=loader_without()) == []


@linux_only
def test_that_a_missing_library_is_found_with_its_package() -> None:
    missing = preflight.missing_libraries(with_window=False, load=loader_without("libEGL.so.1"))
    assert missing == [preflight.Library("libEGL.so.1", "libegl1")]
    assert preflight.packages_of(missing) == ["libegl1"]


@linux_only
def test_that_libraries_of_x11_matter_only_for_a_window() -> None:
    load = loader_without("libxcb-cursor.so.0")
    assert preflight.missing_libraries(with_window=False, load=load) == []
    assert [m.package for m in preflight.missing_libraries(with_window=True, load=load)] == [
        "libxcb-cursor0"
    ]


def test_that_a_package_with_two_libraries_is_named_once() -> None:
    both = [library for library in preflight.ALWAYS if library.package == preflight.GLIB]
    assert len(both) == 2
    assert len(preflight.packages_of(both)) == 1


@pytest.mark.parametrize(
    ("release", "renamed"),
    [
        ({"ID": "debian", "VERSION_ID": "12"}, False),
        ({"ID": "debian", "VERSION_ID": "13"}, True),
        ({"ID": "debian"}, True),
        ({"ID": "ubuntu", "VERSION_ID": "22.04"}, False),
        ({"ID": "ubuntu", "VERSION_ID": "24.04"}, True),
    ],
)
def test_that_glib_is_named_as_the_release_names_it(release: dict[str, str], renamed: bool) -> None:
    def never(package: str) -> bool:
        raise AssertionError("the release alone decides")

    assert preflight._glib_was_renamed(release, never) is renamed


@pytest.mark.parametrize("known", [True, False])
def test_that_apt_is_asked_about_glib_on_other_systems(known: bool) -> None:
    assert preflight._glib_was_renamed({"ID": "linuxmint"}, lambda package: known) is known


def test_that_the_install_line_uses_sudo_only_for_those_who_need_it() -> None:
    line = preflight.install_line(["libegl1", "libgl1"])
    assert line == "sudo apt-get install --yes --no-install-recommends libegl1 libgl1"
    assert preflight.install_line(["libegl1"], as_root=True).startswith("apt-get install ")


def test_that_the_explanation_names_library_and_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: f"/usr/bin/{tool}")
    text = preflight.explain_missing([preflight.Library("libEGL.so.1", "libegl1")])
    assert "libEGL.so.1" in text
    assert "apt-get install" in text
    assert text.endswith("libegl1")


def test_that_the_explanation_works_without_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    text = preflight.explain_missing([preflight.Library("libEGL.so.1", "libegl1")])
    assert "libEGL.so.1" in text
    assert "your distribution" in text


@linux_only
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "xcb"),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wayland"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "xcb;wayland", "WAYLAND_DISPLAY": "wayland-0"}, "xcb"),
        ({"QT_QPA_PLATFORM": "offscreen:configfile=screens.json"}, "offscreen"),
    ],
)
def test_that_the_platform_is_the_one_that_qt_will_choose(
    environment: dict[str, str], expected: str
) -> None:
    assert preflight.window_system(environment) == expected


@linux_only
def test_that_no_display_is_explained() -> None:
    problem = preflight.display_problem({})
    assert problem is not None
    assert "no display" in problem
    assert "xvfb-run" in problem


@linux_only
def test_that_a_dead_display_is_explained_and_named() -> None:
    problem = preflight.display_problem({"DISPLAY": ":987"})
    assert problem is not None
    assert "DISPLAY=:987 does not answer" in problem


@pytest.mark.parametrize("environment", [{"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":987"}])
def test_that_drawing_in_memory_needs_no_display(environment: dict[str, str]) -> None:
    assert preflight.display_problem(environment) is None


@linux_only
def test_that_a_living_display_is_accepted() -> None:
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed")
    if preflight.missing_libraries(with_window=True):
        pytest.skip("the libraries for X11 are not installed")
    # -displayfd lets the server choose a free display and say when it is ready; without -noreset
    # it starts anew after the first check, and a second may find it not there.
    with subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "320x240x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            display = f":{server.stdout.readline().strip()}"
            assert preflight.display_problem({"DISPLAY": display}) is None
            assert preflight.check_or_explain({"DISPLAY": display}) is None
        finally:
            server.terminate()


@linux_only
def test_that_missing_libraries_are_reported_before_the_display(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost = [preflight.Library("libxcb-cursor.so.0", "libxcb-cursor0")]
    monkeypatch.setattr(preflight, "missing_libraries", lambda with_window: lost)
    message = preflight.check_or_explain({"DISPLAY": ":987"})
    assert message is not None
    assert "libxcb-cursor0" in message
    assert "does not answer" not in message


def test_that_the_check_loads_neither_qt_nor_numpy() -> None:
    path = preflight.__file__
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('preflight', {path!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['preflight'] = module\n"
        "spec.loader.exec_module(module)\n"
        "print(*sorted(m for m in ('PySide6', 'numpy', 'playground') if m in sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    assert shown.stdout.strip() == ""
