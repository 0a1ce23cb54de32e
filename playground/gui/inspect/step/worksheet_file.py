"""A worksheet as a page to print: Markdown laid out as PDF, dark ink on white paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import (
    QColor,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)

from playground.files import whole_file
from playground.gui.palette import LIGHT
from playground.gui.theme import monospace_font, text_font

__all__ = ["document_of", "write_worksheet"]

POINT_SIZE = 10
MARGIN_MILLIMETRES = 2
"""Beside the margins that Qt leaves around a document by itself."""


def document_of(markdown: str) -> QTextDocument:
    """Return a worksheet laid out in the fonts of the application."""
    document = QTextDocument()
    font = text_font()
    font.setPointSizeF(POINT_SIZE)
    document.setDefaultFont(font)
    document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    _ink(document)
    _dress_code(document)
    _dress_headings(document)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame)
    return document


def write_worksheet(markdown: str, path: Path) -> None:
    """Write a worksheet as PDF, or as Markdown if the name ends so.

    Raises
    ------
    FileNotWritten
        If the file cannot be written; what was there before is unchanged.
    """
    data = markdown.encode() if path.suffix.lower() == ".md" else _pdf(markdown)
    with whole_file(path) as file:
        file.write(data)


def _pdf(markdown: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(300)
    writer.setTitle(markdown.partition("\n")[0].lstrip("# "))
    writer.setCreator("Gradient Playground")
    margins = QMarginsF(*(4 * [MARGIN_MILLIMETRES]))
    page = QPageSize(QPageSize.PageSizeId.A4)
    unit = QPageLayout.Unit.Millimeter
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, unit))
    document_of(markdown).print_(writer)
    del writer
    return bytes(buffer.data().data())


def _ink(document: QTextDocument) -> None:
    """Write in dark ink, whatever the theme of the window."""
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    ink = QTextCharFormat()
    ink.setForeground(QColor(LIGHT.text))
    cursor.mergeCharFormat(ink)


def _dress_code(document: QTextDocument) -> None:
    """Write formulas in the font of formulas."""
    families = monospace_font().families()
    block = document.begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            if fragment.charFormat().fontFixedPitch():
                cursor = QTextCursor(document)
                cursor.setPosition(fragment.position())
                cursor.setPosition(
                    fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor
                )
                code = QTextCharFormat()
                code.setFontFamilies(families)
                code.setFontPointSize(POINT_SIZE - 0.5)
                cursor.mergeCharFormat(code)
            iterator += 1
        block = block.next()


def _dress_headings(document: QTextDocument) -> None:
    """Keep a heading with what it heads, and a little air above it."""
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level:
            cursor = QTextCursor(block)
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            size = QTextCharFormat()
            size.setFontPointSize({1: 17, 2: 13}.get(level, 10.5))
            cursor.mergeCharFormat(size)
            room = QTextBlockFormat()
            room.setTopMargin({1: 0, 2: 16}.get(level, 10))
            room.setBottomMargin(4)
            cursor.mergeBlockFormat(room)
        block = block.next()


def _dress_table(table: QTextTable) -> None:
    look = table.format()
    look.setCellPadding(4)
    look.setCellSpacing(0)
    look.setBorder(1)
    look.setBorderCollapse(True)
    look.setBorderBrush(QColor(LIGHT.border))
    look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    look.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_Auto)
    table.setFormat(look)
