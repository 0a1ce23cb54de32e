"""Everything about how the network learns, in one form that follows the experiment."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from playground.data.batching import MiniBatch
from playground.experiment.spec import ExperimentSpec, TrainingSpec
from playground.gui.parameter_form import ParameterForm
from playground.gui.session import Session
from playground.schema.describe import field_of

TITLE_BAR = 60
"""Pixels kept free for the frame around the dialog."""


class TrainingSettings(QDialog):
    """A form of the training, generated from its fields; every edit applies at once.

    It stays open beside the window while training runs, and shows what undo brings back.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Training settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.form = ParameterForm(TrainingSpec)
        self.form.edited.connect(self._edit)
        area = QScrollArea()
        area.setWidget(self.form)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 10, 14)
        layout.addWidget(area)
        layout.addWidget(buttons)
        # No taller than the screen, whose edge and title bar take some room as well.
        room = self.screen().availableSize().height() - TITLE_BAR
        self.resize(380, min(720, room))
        session.spec_changed.connect(self._show)
        self._show(session.spec)

    def _show(self, spec: ExperimentSpec) -> None:
        self.form.show_value(spec.training)
        # What has no say stays in its place, but cannot be edited.
        is_mini = isinstance(spec.training.batching, MiniBatch)
        self.form.editor("batch_size").setEnabled(is_mini)
        self.form.editor("class_weights").setEnabled(spec.data.task.class_count > 0)

    def _edit(self, path: str, value: Any) -> None:
        label = field_of(TrainingSpec, path.split(".")[0]).shown.label
        merge_key = f"training.{path}" if self.form.is_continuous else ""
        self._session.edit(f"training.{path}", value, f"Set {label.lower()}", merge_key)
