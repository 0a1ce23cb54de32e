#!/usr/bin/env python3
"""Set up, run and test Gradient Playground with nothing but Python itself.

    python3 packaging/dev.py run [FILE | PRESET] [options of `gradient-playground open`]
    python3 packaging/dev.py test [--fast] [-- options of pytest]

`run` opens the application, `test` runs every check (`--fast` leaves the slow tests out). Both
first make a virtual environment in .venv and install the exact versions of
packaging/constraints.txt in it, which is repeated only when these change. On Debian and Ubuntu,
missing system packages are installed if you are root; otherwise the line that installs them is
printed. Other arguments go to the application or, behind `--`, to pytest.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

NEEDED = (3, 11)
# Everything in this file can be read by Python 3.7, so that an old one gets as far as this.
if sys.version_info < NEEDED:
    newer = ("python3.14", "python3.13", "python3.12", "python3.11")
    found = [name for name in newer if shutil.which(name)]
    remedy = f"call it with {found[0]}" if found else "install a newer Python"
    sys.exit(
        f"dev.py: Gradient Playground needs Python {NEEDED[0]}.{NEEDED[1]} or newer and this is "
        f"{sys.version_info[0]}.{sys.version_info[1]}; {remedy}"
    )

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "gradient-playground.stamp"
CONSTRAINTS = "packaging/constraints.txt"
NOTHING_COLLECTED = 5
# A process per core, each with whole files of tests; --pdb and `-n 0` behind `--` make it one.
# Past four, each one's own seconds of imports cost more than it saves.
SPREAD = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")


class Problem(Exception):
    """Something that the person who called has to put right."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


# What is asked for


@dataclass(frozen=True)
class Request:
    """A command line, understood."""

    command: str
    fast: bool = False
    arguments: tuple[str, ...] = ()


def parse(words: Sequence[str]) -> Request:
    """Understand a command line (without the program's name).

    Raises
    ------
    Problem
        If it makes no sense.
    """
    command, *rest = words or ("help",)
    if command in ("help", "-h", "--help") or rest in (["-h"], ["--help"]):
        return Request("help")
    if command == "run":
        return Request("run", arguments=tuple(rest[1:] if rest[:1] == ["--"] else rest))
    if command != "test":
        raise Problem(f"unknown command {command!r}; use run or test")
    cut = rest.index("--") if "--" in rest else len(rest)
    unknown = [word for word in rest[:cut] if word != "--fast"]
    if unknown:
        raise Problem(
            f"test has no option {unknown[0]!r}; it has --fast, and options of pytest go behind --"
        )
    return Request("test", "--fast" in rest[:cut], tuple(rest[cut + 1 :]))


# System packages


def load_preflight() -> ModuleType:
    """Load the table of system libraries by its path: nothing is installed yet."""
    path = ROOT / "playground" / "gui" / "preflight.py"
    spec = importlib.util.spec_from_file_location("preflight", path)
    if spec is None or spec.loader is None:
        raise Problem(f"{path} cannot be read; get the project again")
    module = importlib.util.module_from_spec(spec)
    sys.modules["preflight"] = module  # dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


def is_root() -> bool:
    """Tell whether system packages may be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def venv_package() -> list[str]:
    """Return the Debian package that lets this Python make environments, if it is missing."""
    importlib.invalidate_caches()
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return []
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def provide_system_packages(command: str) -> None:
    """Install what the system lacks, or raise a Problem that says how to."""
    preflight = load_preflight()
    on_x11 = command == "run" and preflight.window_system() == "xcb"
    missing = preflight.missing_libraries(with_window=on_x11)
    required = venv_package() + preflight.packages_of(missing)
    if required:
        if not shutil.which("apt-get"):
            raise Problem(
                preflight.explain_missing(missing)
                if missing
                else "this Python cannot make virtual environments; install its venv and ensurepip"
            )
        if not is_root():
            raise Problem(
                "system packages are missing; install them with this line, then try again:\n"
                f"  {preflight.install_line(required)}"
            )
        apt_install(required)
        left = venv_package() + preflight.packages_of(preflight.missing_libraries(on_x11))
        if left:
            raise Problem(f"still missing after the installation: {' '.join(left)}", 1)
    if command == "test":
        provide_virtual_screen(preflight)


def provide_virtual_screen(preflight: ModuleType) -> None:
    """Install what the tests on a real X11 window need, if that is possible.

    Those tests are skipped, with the reason, where it is not there.
    """
    if not sys.platform.startswith("linux") or not shutil.which("apt-get"):
        return
    wanted = preflight.packages_of(preflight.missing_libraries(with_window=True))
    wanted += [p for p, tool in (("xvfb", "Xvfb"), ("xauth", "xauth")) if not shutil.which(tool)]
    if not wanted:
        return
    line = preflight.install_line(wanted, is_root())
    if is_root():
        try:
            apt_install(wanted)
        except Problem:
            say(f"Without these packages, tests on a real X11 window are skipped: {line}")
    else:
        say(f"Tests on a real X11 window will be skipped; this would let them run: {line}")


def apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages, without a question."""
    say(f"Installing system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["install", "--yes", "--no-install-recommends", *packages]
    for arguments in (["update"], install):
        command = ["apt-get", "--quiet", *arguments]
        if subprocess.run(command, env=environment, check=False).returncode:
            raise Problem(
                f"`{' '.join(command)}` failed (see above); check the network and the "
                "package sources, then try again",
                1,
            )


# The virtual environment


def environment_tool(name: str) -> Path:
    """Return the path of a program in the virtual environment."""
    if os.name == "nt":
        return ENVIRONMENT / "Scripts" / f"{name}.exe"
    return ENVIRONMENT / "bin" / name


def fingerprint(root: Path) -> str:
    """Return a digest of everything that decides what an installation contains.

    That is the declared dependencies, the exact versions, the version of the project (which the
    installed metadata repeats) and the place of the project (which an editable install records).
    """
    package = (root / "playground" / "__init__.py").read_text(encoding="utf-8")
    version = re.findall(r"^__version__ = .*$", package, re.MULTILINE)
    digest = hashlib.sha256()
    for part in (
        (root / "pyproject.toml").read_bytes(),
        (root / CONSTRAINTS).read_bytes(),
        repr(version).encode(),
        os.fsencode(root),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def read_stamp(path: Path) -> tuple[str, bool]:
    """Return what was installed last: its fingerprint, and whether with the test tools."""
    if not path.is_file():
        return "", False
    installed, _, extra = path.read_text(encoding="utf-8").strip().partition(" ")
    return installed, extra == "test"


def write_stamp(path: Path, installed: str, with_tests: bool) -> None:
    """Note what was installed."""
    path.write_text(f"{installed} test\n" if with_tests else f"{installed}\n", encoding="utf-8")


def environment_works() -> bool:
    """Tell whether .venv is there and of the Python that it was made with."""
    python = environment_tool("python")
    configuration = ENVIRONMENT / "pyvenv.cfg"
    if not python.exists() or not configuration.is_file():
        return False
    shown = subprocess.run(
        [str(python), "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    text = configuration.read_text(encoding="utf-8")
    made_with = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    return (
        shown.returncode == 0
        and made_with is not None
        and shown.stdout.strip() == ".".join(made_with.groups())
        and (int(made_with[1]), int(made_with[2])) >= NEEDED
    )


def provide_environment(with_tests: bool) -> None:
    """Make .venv and install the project in it, unless both were done before."""
    if not environment_works():
        say(f"Making the virtual environment {ENVIRONMENT}")
        made = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
        if subprocess.run(made, check=False).returncode:
            raise Problem(f"no virtual environment could be made in {ENVIRONMENT} (see above)", 1)
    wanted = fingerprint(ROOT)
    installed, had_tests = read_stamp(STAMP)
    if installed == wanted and (had_tests or not with_tests):
        return
    STAMP.unlink(missing_ok=True)
    pip_install(with_tests or had_tests)
    write_stamp(STAMP, wanted, with_tests or had_tests)


def pip_install(with_tests: bool) -> None:
    """Install the project, editable, with the exact versions of the constraints."""
    python = str(environment_tool("python"))
    probe = [python, "-m", "pip", "--version"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        # An environment that another tool made may have no pip.
        subprocess.run([python, "-m", "ensurepip", "--upgrade"], check=False)
    say("Installing Python packages (the first time this fetches about 150 MB)")
    # pip up to 25.2 builds with PIP_CONSTRAINT, later ones with PIP_BUILD_CONSTRAINT. The path is
    # relative because pip splits both at spaces.
    constraints = {
        name: f"{os.environ.get(name, '')} {CONSTRAINTS}".strip()
        for name in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT")
    }
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--compile"] + ([] if sys.stdout.isatty() else ["--quiet"])
    command += ["--editable", ".[test]" if with_tests else "."]
    environment = {**os.environ, **constraints}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise Problem(
            "pip could not install the packages (see above); if this machine is offline, connect "
            "it or give pip a local source (pip config, --find-links), then try again",
            1,
        )


# The commands


def say(text: str) -> None:
    """Tell what happens next, before the output of any program that does it."""
    print(f"── {text}", flush=True)


def run(arguments: Sequence[str]) -> int:
    """Open the application."""
    provide_system_packages("run")
    provide_environment(with_tests=False)
    problem = load_preflight().check_or_explain()
    if problem:
        raise Problem(problem)
    python = str(environment_tool("python"))
    command = [python, "-m", "playground", "open", *arguments]
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    sys.stdout.flush()
    os.execv(python, command)


def test(fast: bool, arguments: Sequence[str]) -> int:
    """Run the checks one after the other; the first that fails is the last."""
    provide_system_packages("test")
    provide_environment(with_tests=True)
    python = str(environment_tool("python"))
    checks = (
        ("Style: ruff check", [python, "-m", "ruff", "check", "."]),
        ("Format: ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("Types: mypy --strict", [python, "-m", "mypy", "--strict", "playground"]),
        ("Imports: import-linter", [str(environment_tool("lint-imports"))]),
    )
    for title, command in checks:
        say(title)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            return code
    # The slow ones measure time and memory and open windows on a screen: one after the other.
    parts = [
        ("Tests: all but the slow ones", [*SPREAD, "-m", "not slow"]),
        ("Tests: the slow ones", ["-m", "slow"]),
    ]
    codes = []
    for title, options in parts[:1] if fast else parts:
        say(title)
        command = [python, "-m", "pytest", *options, *arguments]
        codes.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
        if codes[-1] not in (0, NOTHING_COLLECTED):
            return codes[-1]
    # A selection of one's own may well be all fast or all slow, but not nothing.
    return min(codes)


def main(words: Sequence[str]) -> int:
    """Do what a command line asks for and return the exit code."""
    try:
        request = parse(words)
        if request.command == "run":
            return run(request.arguments)
        if request.command == "test":
            return test(request.fast, request.arguments)
        print(__doc__)
        return 0
    except Problem as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
