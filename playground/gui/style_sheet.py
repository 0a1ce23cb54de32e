"""The one style sheet of the application, generated from the colours of a theme.

Widgets choose their look by class and by a few properties, set before they are first shown:

===================================  =============================================================
``panel=True``                       ground of a side panel or bar (``surface``)
``canvas=True``                      ground of a drawing area (``background``)
``card=True`` (QFrame)               rounded card with a border
``notice="good|warning|danger"``     card with a coloured stripe at its left (QFrame)
``separator="horizontal|vertical"``  line of one pixel (QFrame)
``segmented=True`` (QFrame)          holds checkable tool buttons of which one is on
``pill=True`` (QToolButton)          rounded toggle
``framed=True`` (QToolButton)        button with an outline; without it, flat
``primary=True``, ``danger=True``    the button that one should press; one that destroys
``link=True`` (buttons)              looks like a link
``role="..."`` (QLabel)              title, heading, caption, muted, number, code, error,
                                      good
``chip="accent|good|warning|danger|muted"`` (QLabel)  small coloured tag
object name ``play`` (QToolButton)   the round button of the transport
===================================  =============================================================
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from string import Template

from playground.gui.palette import Colors

__all__ = ["style_sheet"]

_SHEET = Template(
    """
QMainWindow, QDialog { background: $surface; }
QWidget[panel="true"] { background: $surface; }
QWidget[canvas="true"] { background: $background; }
QFrame[card="true"] {
    background: $surface; border: 1px solid $border; border-radius: 8px;
}
QFrame[notice] {
    background: $background; border: none; border-left: 3px solid $border; border-radius: 6px;
}
QFrame[notice="good"] { border-left-color: $good_line; }
QFrame[notice="warning"] { border-left-color: $warning_line; }
QFrame[notice="danger"] { border-left-color: $danger_line; }
QFrame[separator="horizontal"] {
    background: $separator; border: none; min-height: 1px; max-height: 1px;
}
QFrame[separator="vertical"] {
    background: $separator; border: none; min-width: 1px; max-width: 1px;
}

QLabel[role="title"] { font-size: 17px; font-weight: 700; }
QLabel[role="heading"] { font-weight: 700; }
QLabel[role="caption"] { font-size: 11px; color: $text_muted; }
QLabel[role="muted"] { color: $text_muted; }
QLabel[role="number"] { font-family: "JetBrains Mono"; font-size: 15px; font-weight: 700; }
QLabel[role="code"] { font-family: "JetBrains Mono"; font-size: 12px; }
QLabel[role="error"] { color: $danger; }
QLabel[role="good"] { color: $good; }
QLabel:disabled { color: $text_disabled; }
QLabel[chip] {
    background: $field; color: $text_muted;
    border-radius: 8px; padding: 1px 7px; font-size: 11px;
}
QLabel[chip="accent"] { background: $accent_soft; color: $text; }
QLabel[chip="good"] { background: $good_soft; color: $good; }
QLabel[chip="warning"] { background: $warning_soft; color: $warning; }
QLabel[chip="danger"] { background: $danger_soft; color: $danger; }

QPushButton {
    background: $surface; border: 1px solid $border; border-radius: 8px;
    padding: 6px 14px; min-height: 17px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:default { border-color: $accent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton:disabled { color: $text_disabled; border-color: $separator; background: $surface; }
QPushButton[primary="true"] {
    background: $accent; border-color: $accent; color: $on_accent; font-weight: 600;
}
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed {
    background: $accent_hover; border-color: $accent_hover;
}
QPushButton[primary="true"]:focus { border: 2px solid $text; padding: 5px 13px; }
QPushButton[primary="true"]:disabled {
    background: $pressed; border-color: $pressed; color: $text_disabled;
}
QPushButton[danger="true"] { color: $danger; }
QPushButton[danger="true"]:hover { background: $danger_soft; }
QPushButton[link="true"], QToolButton[link="true"] {
    background: transparent; border: 1px solid transparent; border-radius: 4px;
    color: $accent; padding: 1px 3px;
}
QPushButton[link="true"]:hover, QToolButton[link="true"]:hover {
    color: $accent_hover; text-decoration: underline;
}
QPushButton[link="true"]:focus, QToolButton[link="true"]:focus { border-color: $accent; }
QPushButton[link="true"]:disabled { color: $text_disabled; }

QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:open { background: $pressed; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $text_disabled; }
QToolButton[framed="true"] {
    background: $surface; border-color: $border; border-radius: 8px; padding: 5px 7px;
}
QToolButton[framed="true"]:hover { background: $hover; }
QToolButton[framed="true"]:pressed, QToolButton[framed="true"]:open { background: $pressed; }
QToolButton[framed="true"]:checked { background: $accent_soft; border-color: $accent; }
QToolButton[framed="true"]:focus { border-color: $accent; }
QToolButton[framed="true"]:disabled { border-color: $separator; background: $surface; }
QToolButton[popupMode="1"] { padding-right: 20px; }
QToolButton[popupMode="2"] { padding-right: 18px; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="2"]::menu-indicator {
    image: url("$icons/chevron-down-$name.svg"); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 4px;
}
QToolButton::menu-button { border: none; border-left: 1px solid $separator; width: 18px; }
QToolButton::menu-button:hover { background: $pressed; }
QToolButton::menu-arrow {
    image: url("$icons/chevron-down-$name.svg"); width: 12px; height: 12px;
}
QToolButton[pill="true"] {
    background: $surface; color: $text_muted; border: 1px solid $border;
    border-radius: 12px; padding: 3px 9px; min-height: 16px;
}
QToolButton[pill="true"]:hover { background: $hover; color: $text; }
QToolButton[pill="true"]:checked {
    background: $accent_soft; border-color: $accent; color: $text;
}
QToolButton[pill="true"]:focus { border: 2px solid $accent; padding: 2px 8px; }
QToolButton[pill="true"]:disabled { color: $text_disabled; border-color: $separator; }
QToolButton#play {
    background: $accent; border: 2px solid $accent; border-radius: 20px; padding: 0;
    min-width: 36px; max-width: 36px; min-height: 36px; max-height: 36px;
}
QToolButton#play:hover, QToolButton#play:pressed {
    background: $accent_hover; border-color: $accent_hover;
}
QToolButton#play:focus { border-color: $text; }
QToolButton#play:disabled { background: $pressed; border-color: $pressed; }

QFrame[segmented="true"] {
    background: $surface; border: 1px solid $border; border-radius: 8px;
}
QFrame[segmented="true"] > QToolButton {
    border: 1px solid transparent; border-radius: 6px; margin: 2px; padding: 4px 11px;
}
QFrame[segmented="true"][compact="true"] > QToolButton {
    margin: 2px 1px; padding: 4px 6px;
}
QFrame[segmented="true"] > QToolButton:hover { background: $hover; }
QFrame[segmented="true"] > QToolButton:checked {
    background: $accent; color: $on_accent; border-color: $accent;
}
QFrame[segmented="true"] > QToolButton:focus { border-color: $accent; }
QFrame[segmented="true"] > QToolButton:checked:focus { border-color: $text; }
QFrame[segmented="true"] > QToolButton:checked:disabled {
    background: $pressed; border-color: $pressed; color: $text_disabled;
}

QLineEdit, QAbstractSpinBox, QComboBox {
    background: $field; border: 1px solid $border; border-radius: 6px;
    padding: 3px 7px; min-height: 18px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QPlainTextEdit, QTextEdit {
    background: $field; border: 1px solid $border; border-radius: 6px; padding: 4px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $text_muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QComboBox:on,
QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: $text_disabled; border-color: $separator;
}
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"] {
    border-color: $danger;
}
QAbstractSpinBox { padding: 2px 20px 2px 7px; min-height: 17px; }
QAbstractSpinBox[buttonSymbols="2"] { padding-right: 7px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 2px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 2px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {
    background: $pressed; border-radius: 3px;
}
QAbstractSpinBox::up-arrow { image: url("$icons/chevron-up-$name.svg"); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow {
    image: url("$icons/chevron-down-$name.svg"); width: 9px; height: 9px;
}
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off,
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off,
QComboBox::down-arrow:disabled { image: none; }
QComboBox { padding-right: 2px; combobox-popup: 0; }
QComboBox::drop-down {
    subcontrol-origin: border; subcontrol-position: center right; width: 22px; border: none;
}
QComboBox::down-arrow { image: url("$icons/chevron-down-$name.svg"); width: 12px; height: 12px; }
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {
    border: none; background: transparent; padding: 0; min-height: 0;
}
QComboBox QAbstractItemView {
    background: $surface_raised; border: 1px solid $border; padding: 4px; outline: 0;
    selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { padding: 4px 6px; border-radius: 5px; min-height: 18px; }
QComboBox QAbstractItemView::item:hover, QComboBox QAbstractItemView::item:selected {
    background: $accent_soft; color: $text;
}

QCheckBox, QRadioButton { spacing: 7px; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_disabled; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
    width: 14px; height: 14px; background: $field; border: 1px solid $text_muted;
}
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: url("$icons/check-$name.svg");
}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url("$icons/dash-$name.svg");
}
QRadioButton::indicator:checked {
    background: $accent; border-color: $accent; image: url("$icons/dot-$name.svg");
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
    border-color: $separator; background: $pressed;
}

QSlider:horizontal { min-height: 20px; }
QSlider:vertical { min-width: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::groove:vertical { width: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal, QSlider::add-page:vertical {
    background: $accent; border-radius: 2px;
}
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -6px 0;
    border: 2px solid $accent; border-radius: 8px; background: $surface;
}
QSlider::handle:vertical {
    width: 12px; height: 12px; margin: 0 -6px;
    border: 2px solid $accent; border-radius: 8px; background: $surface;
}
QSlider::handle:hover { background: $accent_soft; }
QSlider::handle:pressed { background: $accent; }
QSlider::handle:horizontal:focus, QSlider::handle:vertical:focus {
    background: $accent; border-color: $text;
}
QSlider::sub-page:disabled, QSlider::add-page:vertical:disabled { background: $border; }
QSlider::handle:disabled { border-color: $border; }

QFrame#menuRow { background: $surface; border: none; border-bottom: 1px solid $separator; }
QMenuBar { background: $surface; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 6px; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $surface_raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 5px; min-height: 16px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $separator; margin: 4px 6px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 8px; }
QMenu::indicator:checked { image: url("$icons/tick-$name.svg"); }
QMenu::right-arrow {
    image: url("$icons/chevron-right-$name.svg"); width: 12px; height: 12px; right: 8px;
}
QToolTip {
    background: $surface_raised; color: $text; border: 1px solid $border; padding: 5px 7px;
}

QToolBar { background: $surface; border: none; spacing: 6px; }
QStatusBar {
    background: $surface; color: $text_muted; border-top: 1px solid $separator; font-size: 12px;
}
QStatusBar::item { border: none; }
QLabel#status { color: $text_muted; padding-left: 12px; }
QLabel#brand { color: $accent; font-weight: 600; }
QLabel#experiment { color: $text_muted; padding: 0 16px; }
QSplitter::handle { background: $separator; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QDockWidget::title { padding: 6px; background: $surface; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; padding: 2px 0; }

QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget[panel="true"] { background: $surface; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $border; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 28px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 2px; }
QScrollBar::handle:hover { background: $text_muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QTabWidget::pane { border: none; border-top: 1px solid $separator; }
QTabBar::tab {
    background: transparent; color: $text_muted; padding: 6px 12px;
    border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { background: $accent_soft; }
QListView, QTreeView, QTableView {
    background: $surface; border: 1px solid $border; border-radius: 8px; outline: 0;
    selection-background-color: $accent_soft; selection-color: $text; gridline-color: $separator;
}
QListView:focus, QTreeView:focus, QTableView:focus { border-color: $accent; }
QTextBrowser[paper="true"] { background: #ffffff; color: #1d2129; }
QTableView[matrix="true"] { background: transparent; border: none; border-radius: 0; }
QLineEdit[answer="true"] {
    background: $surface; border: 2px solid $accent; border-radius: 4px; padding: 0 2px;
}
QListView::item, QTreeView::item { padding: 3px 5px; border-radius: 5px; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected { background: $accent_soft; color: $text; }
QHeaderView::section {
    background: $surface; color: $text_muted; padding: 4px 8px;
    border: none; border-bottom: 1px solid $separator;
}
QProgressBar {
    background: $border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""
)


def style_sheet(colors: Colors, icons: Path) -> str:
    """Return the style sheet of a theme.

    Parameters
    ----------
    colors
        The theme.
    icons
        Folder with the small signs of the controls, named ``check-light.svg`` and so on.
    """
    values = {field.name: getattr(colors, field.name) for field in fields(colors)}
    return _SHEET.substitute(values, icons=icons.as_posix())
