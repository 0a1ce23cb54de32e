"""Menus and shortcuts of the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from playground.engine.layers import AnyLayer, Dense
from playground.experiment.spec import LEARNING_RATES
from playground.gui.figures.commands import (
    export_animation,
    export_files,
    export_picture,
    export_report,
    import_weights,
)
from playground.gui.menu_contents import fill_preparations, fill_presets, fill_recent
from playground.gui.theme import CHOICES, theme

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

_PANELS = (
    ("data", "&Data panel", "F6"),
    ("output", "&Output panel", "F7"),
    ("plots", "&Curves", "F8"),
)


class Actions:
    """Every action of the window, in its menu."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session = window.session
        self._panels: list[QAction] = []
        self._of_train: list[QAction] = []
        self.groups: list[tuple[str, list[QAction]]] = []
        self._menu: QMenu | None = None
        self._file()
        self._edit()
        self._view()
        self._train()
        self._help()

    def _start(self, title: str) -> QMenu:
        self._menu = self._window.menu_bar.addMenu(title)
        self._menu.setToolTipsVisible(True)
        self.groups.append((title.replace("&", ""), []))
        return self._menu

    def _add(
        self,
        text: str,
        carry_out: Callable[[], object],
        *keys: str | QKeySequence.StandardKey,
        tip: str = "",
    ) -> QAction:
        action = QAction(text, self._window)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda _=False: carry_out())
        if tip:
            action.setToolTip(tip)
            action.setStatusTip(tip)
        assert self._menu is not None  # a menu was started
        self._menu.addAction(action)
        self.groups[-1][1].append(action)
        return action

    def _file(self) -> None:
        window = self._window
        menu = self._start("&File")
        project = window.project
        self._add("&New", project.new, QKeySequence.StandardKey.New)
        presets = menu.addMenu("&Presets")
        presets.setToolTipsVisible(True)
        presets.aboutToShow.connect(lambda: fill_presets(presets, window))
        self._add("&Open…", project.ask_and_open, QKeySequence.StandardKey.Open)
        recent = menu.addMenu("Open re&cent")
        recent.setToolTipsVisible(True)
        recent.aboutToShow.connect(lambda: fill_recent(recent, window))
        self._add(
            "&Reopen last experiment",
            project.reopen_last,
            "Ctrl+Shift+O",
            tip="What was in the window when it was closed the last time, with its weights",
        )
        menu.addSeparator()
        self._add(
            "&Save",
            project.save,
            QKeySequence.StandardKey.Save,
            tip="The experiment with its weights, the state of the training and the layout",
        )
        self._add("Save &as…", project.ask_and_save, "Ctrl+Shift+S")
        revert = self._add(
            "Re&vert to saved",
            project.revert,
            tip="As it was saved last, weights included; undo brings the changes back",
        )
        project.tracker.changed.connect(lambda: _show_revertible(revert, window))
        _show_revertible(revert, window)
        menu.addSeparator()
        self._add(
            "&Import weights…",
            lambda: import_weights(window),
            tip="Weights from a safetensors or npz file, into this network or one made for them",
        )
        self._add(
            "&Export…",
            lambda: export_files(window),
            "Ctrl+E",
            tip="Weights, model, code, predictions and history, in a choice of formats",
        )
        self._add(
            "Export pict&ure…",
            lambda: export_picture(window),
            "Ctrl+Shift+E",
            tip="Save or copy any picture that the window shows",
        )
        self._add(
            "Export ani&mation…",
            lambda: export_animation(window),
            tip="The training up to now as a moving picture",
        )
        self._add(
            "Export repor&t…",
            lambda: export_report(window),
            tip="The run on one page: settings, curves, surface and scores",
        )
        menu.addSeparator()
        self._add("&Quit", window.close, "Ctrl+Q")

    def _edit(self) -> None:
        menu = self._start("&Edit")
        stack = self._session.undo_stack
        undo = stack.createUndoAction(self._window, "&Undo")
        undo.setShortcut(QKeySequence("Ctrl+Z"))
        redo = stack.createRedoAction(self._window, "&Redo")
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        for action in (undo, redo):
            menu.addAction(action)
            self.groups[-1][1].append(action)
        menu.addSeparator()
        project = self._window.project
        self._add(
            "&Copy as text",
            project.copy_as_text,
            "Ctrl+Shift+C",
            tip="The experiment as a short text for a message; without weights",
        )
        self._add(
            "&Paste experiment",
            project.paste_text,
            "Ctrl+Shift+V",
            tip="Opens an experiment that was copied as text",
        )
        menu.addSeparator()
        self._add("&Add layer", self._add_layer, "Ctrl+L", tip="A dense layer before the output")
        kinds = menu.addMenu("Add layer of a &kind")
        kinds.aboutToShow.connect(lambda: self._fill_kinds(kinds))
        self._add("Re&move last layer", self._remove_layer, "Ctrl+Shift+L")

    def _view(self) -> None:
        window = self._window
        menu = self._start("&View")
        for action in window.workspaces.actions_of_menu:
            menu.addAction(action)
            self.groups[-1][1].append(action)
        menu.addSeparator()
        themes = menu.addMenu("T&heme")
        group = QActionGroup(window)
        for name in CHOICES:
            action = QAction(name.capitalize(), window)
            action.setCheckable(True)
            action.setChecked(window.preferences.theme == name)
            action.triggered.connect(lambda _=False, chosen=name: window.set_theme(chosen))
            group.addAction(action)
            themes.addAction(action)
        self._add("&Light or dark", self._flip_theme, "Ctrl+D")
        menu.addSeparator()
        for name, text, key in _PANELS:
            action = QAction(text, window)
            action.setCheckable(True)
            action.setChecked(True)
            action.setShortcut(key)
            action.toggled.connect(
                lambda shown, panel=name: window.workspace.set_panel_visible(panel, shown)
            )
            menu.addAction(action)
            self._panels.append(action)
            self.groups[-1][1].append(action)
        self._add(
            "Table of &samples…",
            window.workspaces.open_samples,
            "Ctrl+T",
            tip="Every sample with its inputs, target, prediction and loss, in a window of its own",
        )
        self._add("&Reset layout", window.reset_layout, tip="Window and panels as at a first start")
        menu.addSeparator()
        self._add("&Full screen", self._full_screen, "F11")

    def _train(self) -> None:
        session = self._session
        menu = self._start("&Train")
        self._add("&Play or pause", session.toggle, "Space")
        self._add(
            "Step one &batch", session.step, ".", tip="One update of all weights, then a pause"
        )
        self._add(
            "Step one &epoch",
            lambda: session.step(whole_epoch=True),
            "Shift+.",
            tip="To the end of the pass over the training data; pauses",
        )
        menu.addSeparator()
        self._add("&Reset", session.reset, "R", tip="Back to exactly the same initial weights")
        self._add("&New weights", session.draw_new_weights, "N", tip="Draw with a new seed")
        preparations = menu.addMenu("Prepare &weights")
        preparations.setToolTipsVisible(True)
        preparations.aboutToShow.connect(lambda: fill_preparations(preparations, session))
        menu.addSeparator()
        transport = self._window.workspace.transport
        self._add("&Faster", lambda: transport.pace.change(1), "Ctrl+Up")
        self._add("&Slower", lambda: transport.pace.change(-1), "Ctrl+Down")
        # In another workspace the plain keys among these mean something else.
        self._of_train = [*self.groups[-1][1], *self._panels]
        self._window.workspaces.chosen.connect(self._show_workspace)
        menu.addSeparator()
        self._add("&Higher learning rate", lambda: self._change_rate(1), "]")
        self._add("&Lower learning rate", lambda: self._change_rate(-1), "[")
        self._add(
            "Find a learning r&ate…",
            self.find_learning_rate,
            "Ctrl+R",
            tip="Trains a copy with rising rates and shows with which it learns (range test)",
        )
        transport.rate_wanted.connect(self.find_learning_rate)

        menu.addSeparator()
        self._add(
            "&Compare architectures…",
            self._compare_architectures,
            "Ctrl+K",
            tip="Which hidden layers do best on samples held out (cross-validation)",
        )
        self._add(
            "Training se&ttings…",
            self._show_settings,
            "Ctrl+,",
            tip="Everything about how the network learns, precision included",
        )

    def _help(self) -> None:
        self._start("&Help")
        self._add("&Keyboard shortcuts", self._show_shortcuts, "F1", "?")
        self._add("&About Gradient Playground", self._show_about)

    def _show_workspace(self, name: str) -> None:
        """Let what acts on the Train workspace act only while that is shown."""
        for action in self._of_train:
            action.setEnabled(name == "train")

    def show_all_panels(self) -> None:
        """Show every panel that was hidden."""
        for action in self._panels:
            action.setChecked(True)

    def panels(self) -> dict[str, bool]:
        """Return which panels are shown, by name."""
        return {
            name: action.isChecked()
            for (name, _, _), action in zip(_PANELS, self._panels, strict=True)
        }

    def show_panels(self, shown: dict[str, bool]) -> None:
        """Show or hide panels by name; those that are not named stay as they are."""
        for (name, _, _), action in zip(_PANELS, self._panels, strict=True):
            action.setChecked(shown.get(name, action.isChecked()))

    def _flip_theme(self) -> None:
        self._window.set_theme("light" if theme().name == "dark" else "dark")

    def _full_screen(self) -> None:
        window = self._window
        window.showNormal() if window.isFullScreen() else window.showFullScreen()

    def _change_rate(self, direction: int) -> None:
        """Go to the next rate of the list, up or down."""
        now = self._session.spec.training.learning_rate
        if direction > 0:
            wanted = next((rate for rate in LEARNING_RATES if rate > now * 1.001), now * 3)
        else:
            lower = [rate for rate in LEARNING_RATES if rate < now * 0.999]
            wanted = lower[-1] if lower else now / 3
        self._session.edit(
            "training.learning_rate", wanted, "Set learning rate", "training.learning_rate"
        )

    def _add_layer(self, kind: type[AnyLayer] = Dense) -> None:
        count = len(self._session.spec.network.layers)
        self._window.workspace.network.board.insert(count, kind)

    def _fill_kinds(self, menu: QMenu) -> None:
        from playground.gui.train.network.card_menu import fill_insertion

        menu.clear()
        network = self._session.spec.network
        board = self._window.workspace.network.board
        fill_insertion(menu, network, len(network.layers), board.insert)

    def _remove_layer(self) -> None:
        layers = self._session.spec.network.layers
        if layers:
            self._window.workspace.network.board.remove(len(layers) - 1)

    def _compare_architectures(self) -> None:
        from playground.gui.comparison.window import ComparisonWindow

        opened = self._window.findChild(ComparisonWindow)
        if opened is None:
            opened = ComparisonWindow(self._session, self._window.preferences, self._window)
        opened.show()
        opened.raise_()
        opened.activateWindow()

    def find_learning_rate(self) -> None:
        """Open the range test of learning rates, and start it."""
        from playground.gui.dialogs.rate_range import RateRangeDialog

        window = self._window
        opened = window.findChild(RateRangeDialog)
        if opened is None:
            opened = RateRangeDialog(self._session, window.preferences, window)
        opened.show()
        opened.raise_()
        opened.activateWindow()
        opened.start()

    def _show_settings(self) -> None:
        from playground.gui.dialogs.training_settings import TrainingSettings

        opened = self._window.findChild(TrainingSettings)
        if opened is None:
            opened = TrainingSettings(self._session, self._window)
        opened.show()
        opened.raise_()
        opened.activateWindow()

    def _show_shortcuts(self) -> None:
        from playground.gui.dialogs.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self.groups, self._window).open()

    def _show_about(self) -> None:
        from playground.gui.dialogs.help_dialogs import AboutDialog

        AboutDialog(self._window).open()


def _show_revertible(action: QAction, window: MainWindow) -> None:
    tracker = window.project.tracker
    action.setEnabled(tracker.document.path is not None and tracker.is_modified)
