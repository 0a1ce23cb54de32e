"""A folder of data files: chosen or typed, looked into beside the screen, and reported on."""

from __future__ import annotations

import threading

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.data.mnist_folder import FILE_NAMES, MIRRORS, FolderReport, describe_folder
from playground.gui.icons import icon
from playground.gui.teaching_tip import set_tip
from playground.schema.describe import Field

__all__ = ["FolderBox", "report_text"]


class _Answer(QObject):
    """Carries a report from the thread that reads to the thread of the screen."""

    ready = Signal(str, object)


class FolderBox(QWidget):
    """Edits the folder of a dataset that is read from files.

    A folder that holds nothing usable is reported on here and goes no further, so that the data
    in use stays in use.

    Parameters
    ----------
    field
        The TEXT field.

    Signals
    -------
    folder_accepted(str, FolderReport)
        A folder that was chosen and has images.
    report_ready(FolderReport)
        What is in the folder that is shown.
    """

    folder_accepted = Signal(str, object)
    report_ready = Signal(object)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = ""
        self._asked = ""
        self._proposing = False
        self._report: FolderReport | None = None
        self._edit = QLineEdit()
        self._edit.setPlaceholderText("No folder chosen")
        self._edit.setAccessibleName(field.shown.label)
        set_tip(self._edit, field.shown.label, field.shown.help)
        self._edit.editingFinished.connect(self._typed)
        self._choose = QToolButton()
        self._choose.setProperty("framed", True)
        self._choose.setIcon(icon("folder"))
        self._choose.setText("Choose folder…")
        self._choose.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._choose.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._choose.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._choose.clicked.connect(self._open_dialog)
        self._line = QLabel()
        self._line.setWordWrap(True)
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setProperty("role", "caption")
        self._line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._links = QLabel(_download_links())
        self._links.setWordWrap(True)
        self._links.setProperty("role", "caption")
        self._links.setOpenExternalLinks(True)
        self._links.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._edit)
        layout.addLayout(buttons)
        layout.addWidget(self._line)
        layout.addWidget(self._links)
        self._say("Choose the folder that holds MNIST's files.")

    @property
    def report(self) -> FolderReport | None:
        """What is in the folder, or ``None`` while nobody knows."""
        return self._report

    @property
    def line(self) -> str:
        """What is said about the folder."""
        return self._line.text()

    @property
    def path_field(self) -> QLineEdit:
        """Where the path is typed."""
        return self._edit

    def set_value(self, folder: str) -> None:
        """Show a folder and look into it, if it is another one; emits no edit."""
        if folder == self._folder and self._report is not None:
            if not self._edit.hasFocus() and not self._proposing:
                self._edit.setText(folder)
            return
        self._folder = folder
        self._edit.setText(folder)
        if folder:
            self._ask(folder, propose=False)
        else:
            self._report = None
            self._links.show()
            self._say("Choose the folder that holds MNIST's files.")

    def _typed(self) -> None:
        if self._edit.isModified():
            self._edit.setModified(False)
            self.propose(self._edit.text().strip())

    def propose(self, folder: str) -> None:
        """Look into a folder that a person chose, and take it if it is of use."""
        self._edit.setText(folder)
        if folder:
            self._ask(folder, propose=True)

    def _open_dialog(self) -> None:
        # Not modal to the event loop: training goes on, and closing the window stays possible.
        dialog = QFileDialog(self, "Folder with MNIST's files", self._folder or QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.propose)
        dialog.open()

    def _ask(self, folder: str, propose: bool) -> None:
        self._asked, self._proposing = folder, propose
        self._say("Looking into the folder …")
        answer = _Answer()
        answer.ready.connect(self._answered, Qt.ConnectionType.QueuedConnection)

        def look() -> None:
            answer.ready.emit(folder, describe_folder(folder))

        # Reading and checking 70,000 images takes a second: never on the screen's thread.
        threading.Thread(target=look, name="look into folder", daemon=True).start()

    def _answered(self, folder: str, report: FolderReport) -> None:
        if folder != self._asked:
            return
        proposing, self._proposing = self._proposing, False
        self._report = report
        self._say(report_text(report), bool(report.problem))
        self._links.setVisible(not report.pairs)
        if proposing and report.pairs:
            self._folder = folder
            self.folder_accepted.emit(folder, report)
        self.report_ready.emit(report)

    def _say(self, text: str, is_problem: bool = False) -> None:
        self._line.setText(text)
        role = "error" if is_problem else "caption"
        if self._line.property("role") != role:
            self._line.setProperty("role", role)
            self._line.style().polish(self._line)


def report_text(report: FolderReport) -> str:
    """Return one or two lines about what a folder offers."""
    if not report.pairs:
        return _sentence(report.problem)
    pairs = " + ".join(f"{pair.images:,} ({pair.name})" for pair in report.pairs)
    origin = "Verified MNIST" if report.verified else "Unverified files in MNIST's format"
    text = f"{origin}: {pairs} images."
    return f"{text} {_sentence(report.problem)}" if report.problem else text


def _sentence(problem: str) -> str:
    """Return what is wrong; what to do about it is said by the links below."""
    text = problem.split("; ")[0].removeprefix("data.").strip()
    # A path may break after any of its folders.
    text = text.replace("/", "/\u200b").replace("\\", "\\\u200b")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _download_links() -> str:
    short = {name: name.split("-idx")[0] for name in FILE_NAMES}
    first, second, third, fourth = (
        f'<a href="{MIRRORS[0]}{name}">{text}</a>' for name, text in short.items()
    )
    return (
        f"Download {first} with {second} (60,000 images), or {third} with {fourth} (10,000), "
        "into one folder."
    )
