"""Tells about an unexpected error, and keeps the application running."""

from __future__ import annotations

import platform
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground import __version__
from playground.gui.icons import icon
from playground.gui.theme import monospace_font


class ErrorDialog(QDialog):
    """Says in words what went wrong, with the details for whoever can mend it."""

    def __init__(self, message: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 380)

        sign = QLabel()
        sign.setPixmap(icon("error", "danger").pixmap(28, 28))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        heading = QLabel("<b>Something went wrong, but your experiment is still here.</b>")
        text = QLabel(
            f"{message}\n\nTraining is paused. You can go on: change a setting, press Reset, or "
            "undo the last edit. If it happens again, copy the details into a report."
        )
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        self._details = QPlainTextEdit(
            f"Gradient Playground {__version__} · Python {platform.python_version()} · "
            f"Qt {qVersion()} · {platform.platform()}\n\n{details}"
        )
        self._details.setReadOnly(True)
        self._details.setFont(monospace_font(12))
        self._details.setAccessibleName("Details of the error")

        words = QVBoxLayout()
        words.addWidget(heading)
        words.addWidget(text)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(sign)
        top.addLayout(words, 1)
        buttons = QDialogButtonBox()
        copy = QPushButton("Copy details")
        copy.clicked.connect(self._copy)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        close = buttons.addButton("Go on", QDialogButtonBox.ButtonRole.AcceptRole)
        close.setDefault(True)
        buttons.accepted.connect(self.accept)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(top)
        layout.addWidget(self._details, 1)
        layout.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


class ErrorReporter(QObject):
    """Turns errors that nothing else caught into a dialog, instead of losing them.

    Signals
    -------
    caught(str, str)
        Message and traceback.
    """

    caught = Signal(str, str)

    def install(self) -> None:
        """Take over what happens to uncaught errors."""
        self._before = sys.excepthook
        sys.excepthook = self._report

    def remove(self) -> None:
        """Give back what :meth:`install` took over."""
        sys.excepthook = self._before

    def _report(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        print(details, file=sys.stderr)
        self.caught.emit(f"{kind.__name__}: {error}", details)
