"""The row above the circuit: which one, which moment, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QSizePolicy, QToolButton, QWidget

from playground.gui.icons import icon
from playground.gui.inspect.circuits.drawing import UNDEFINED
from playground.gui.inspect.circuits.model import CircuitModel
from playground.gui.teaching_tip import set_tip
from playground.gui.train.readout import NOTHING, Readout
from playground.inspection.circuit.numbers import number_text
from playground.inspection.circuit.presets import circuit_names, load_circuit
from playground.inspection.circuit.report import circuit_text

PLAY_MILLISECONDS = 900
"""Time for each gate while the film plays."""
ROOMY = 860
FIGURES = (2, 3, 4, 6, 9)


class CircuitControls(QWidget):
    """Examples, steps, figures, prediction and copy.

    Signals
    -------
    told(str)
        Something worth a word: the text is on the clipboard.
    """

    told = Signal(str)

    def __init__(self, model: CircuitModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._timer = QTimer(self)
        self._timer.setInterval(PLAY_MILLISECONDS)
        self._timer.timeout.connect(self._play_on)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self._examples())
        row.addSpacing(8)
        self._back_phase = self._button("«", "phase", "Previous phase", "Shift+←", self.last_phase)
        self._back = self._button("", "arrow-left", "One gate back", "←", self.back)
        self._play = QToolButton()
        self._play.setObjectName("play")
        self._play.setIconSize(QSize(18, 18))
        self._play.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._play.clicked.connect(self.toggle)
        self._on = self._button("", "arrow-right", "One gate on", "→", self.forward)
        self._on_phase = self._button("»", "phase", "Next phase", "Shift+→", self.next_phase)
        for button in (self._back_phase, self._back, self._play, self._on, self._on_phase):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self._figures_button())
        self._predict = QToolButton()
        self._predict.setText("Predict and check")
        self._predict.setCheckable(True)
        self._predict.setProperty("framed", True)
        self._predict.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._predict.toggled.connect(model.set_predicts)
        set_tip(
            self._predict,
            "Predict and check",
            "Each gradient is asked for before it is shown. A wrong answer is told what went "
            "wrong.",
            shortcut="P",
        )
        row.addWidget(self._predict)
        copy = self._button("", "copy", "Copy as text", "Ctrl+C", self.copy)
        set_tip(copy, "Copy as text", "Every value, local gradient and gradient, with their "
                "equations.", shortcut="Ctrl+C")  # fmt: skip
        row.addWidget(copy)
        row.addStretch(1)
        self._result = Readout("Result", 9)
        set_tip(self._result, "Result", "The value of the expression.")
        row.addWidget(self._result)
        model.moved.connect(self._show)
        model.changed.connect(self.pause)
        self._show_play()
        self._show()

    # --- parts ---

    def _button(
        self, text: str, drawing: str, title: str, key: str, carry_out: Callable[[], None]
    ) -> QToolButton:
        button = QToolButton()
        button.setProperty("framed", True)
        if text:
            button.setText(f"{text} phase" if text == "«" else f"phase {text}")
        else:
            button.setIcon(icon(drawing))
            button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(title)
        button.clicked.connect(carry_out)
        set_tip(button, title, shortcut=key)
        return button

    def _examples(self) -> QToolButton:
        button = QToolButton()
        button.setText("Examples")
        button.setProperty("framed", True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_tip(button, "Examples", "Circuits to begin with, two of them from lecture notes.")
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        for name in circuit_names():
            file = load_circuit(name)
            action = menu.addAction(file.title)
            action.setToolTip(file.about)
            action.triggered.connect(lambda _=False, file=file: self._model.open(file))
        button.setMenu(menu)
        return button

    def _figures_button(self) -> QToolButton:
        self._figures = QToolButton()
        self._figures.setProperty("framed", True)
        self._figures.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._figures.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_tip(
            self._figures,
            "Significant figures",
            "How many are shown, and how many suffice for an answer.",
        )
        menu = QMenu(self._figures)
        group = QActionGroup(menu)
        self._choices: dict[int, QAction] = {}
        for count in FIGURES:
            action = menu.addAction(f"{count} significant figures")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, count=count: self._model.set_figures(count))
            group.addAction(action)
            self._choices[count] = action
        self._figures.setMenu(menu)
        return self._figures

    # --- what is shown ---

    def _show(self) -> None:
        model = self._model
        last = len(model.tape) - 1
        for button in (self._back, self._back_phase):
            button.setEnabled(model.now > 0)
        for button in (self._on, self._on_phase):
            button.setEnabled(model.now < last)
        self._figures.setText(f"{model.figures} figures")
        self._choices[model.figures].setChecked(True)
        self._predict.setChecked(model.predicts)
        is_known = model.value_is_known(len(model.circuit.nodes) - 1)
        result = model.numbers.result
        text = number_text(result, model.figures) if result is not None else UNDEFINED
        role = "danger" if is_known and result is None else "text"
        self._result.show_text(text if is_known else NOTHING, role)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use fewer words where there is little room."""
        super().resizeEvent(event)
        self._predict.setText("Predict and check" if self.width() >= ROOMY else "Predict")

    def _show_play(self) -> None:
        is_playing = self._timer.isActive()
        self._play.setIcon(icon("pause" if is_playing else "play", "on_accent"))
        title = "Pause" if is_playing else "Play"
        self._play.setAccessibleName(title)
        set_tip(
            self._play, title, "Gate after gate, forwards and then backwards.", shortcut="Space"
        )

    # --- moving ---

    @property
    def is_playing(self) -> bool:
        """Whether the film plays."""
        return self._timer.isActive()

    def forward(self) -> None:
        """Show the next moment."""
        self.pause()
        self._model.go(self._model.now + 1)

    def back(self) -> None:
        """Show the moment before."""
        self.pause()
        self._model.go(self._model.now - 1)

    def next_phase(self) -> None:
        """Show the start of the next phase."""
        self.pause()
        self._model.go(self._model.tape.next_phase(self._model.now))

    def last_phase(self) -> None:
        """Show the start of this phase, or of the one before."""
        self.pause()
        self._model.go(self._model.tape.previous_phase(self._model.now))

    def first(self) -> None:
        """Show the inputs alone."""
        self.pause()
        self._model.go(0)

    def last(self) -> None:
        """Show every gradient."""
        self.pause()
        self._model.go(len(self._model.tape) - 1)

    def toggle(self) -> None:
        """Play, from the start if all is shown; or pause."""
        if self._timer.isActive():
            self.pause()
            return
        if self._model.now == len(self._model.tape) - 1:
            self._model.go(0)
        self._timer.start()
        self._show_play()

    def pause(self) -> None:
        """Stop playing."""
        if self._timer.isActive():
            self._timer.stop()
            self._show_play()

    def toggle_prediction(self) -> None:
        """Ask for gradients, or show them."""
        self._predict.setChecked(not self._predict.isChecked())

    def _play_on(self) -> None:
        model = self._model
        # A question waits for its answer.
        if model.question is None:
            model.go(model.now + 1)
        if model.now == len(model.tape) - 1 or model.question is not None:
            self.pause()

    def copy(self) -> None:
        """Put the circuit with all its numbers on the clipboard."""
        model = self._model
        text = circuit_text(model.circuit, model.values, figures=max(model.figures, 6))
        QGuiApplication.clipboard().setText(text)
        self.told.emit("Copied the circuit with all its numbers as text.")
