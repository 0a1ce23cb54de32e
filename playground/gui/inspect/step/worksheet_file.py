"""A worksheet as a page to print: Markdown laid out as PDF, dark ink on white paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
)

from playground.files import whole_file
from playground.gui.figures.figure import painting
from playground.gui.palette import LIGHT
from playground.gui.theme import monospace_font, text_font
from playground.inspection.worksheet import BLANK

__all__ = ["document_of", "keep_exercises_whole", "write_worksheet"]

POINT_SIZE = 10
DOTS_PER_INCH = 300
MARGIN_MILLIMETRES = 18
FOOT_MILLIMETRES = 10
"""Below the text, for the number of the page."""
EXERCISE = 3
"""The level of the headings of exercises."""
BLANK_WIDTH, BLANK_PADDING = 64, 9
"""Room for a number that is written by hand, in pixels of a screen."""


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
    writer.setResolution(DOTS_PER_INCH)
    document = document_of(markdown)
    title = document.firstBlock().text()
    writer.setTitle(title)
    writer.setCreator("Gradient Playground")
    margins = QMarginsF(*(4 * [MARGIN_MILLIMETRES]))
    page = QPageSize(QPageSize.PageSizeId.A4)
    unit = QPageLayout.Unit.Millimeter
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, unit))
    area = QRectF(0, 0, writer.width(), writer.height())
    foot = FOOT_MILLIMETRES / 25.4 * DOTS_PER_INCH
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setPageSize(area.size() - QSizeF(0, foot))
    keep_exercises_whole(document)
    with painting(writer) as painter:
        for number in range(document.pageCount()):
            if number:
                writer.newPage()
            _paint_page(painter, document, number, title, area)
    del writer
    return bytes(buffer.data().data())


def _paint_page(
    painter: QPainter, document: QTextDocument, number: int, title: str, area: QRectF
) -> None:
    """Paint a page of a document, and below it what it is a page of."""
    height = document.pageSize().height()
    painter.save()
    painter.translate(0, -number * height)
    document.drawContents(painter, QRectF(0, number * height, area.width(), height))
    painter.restore()
    font = text_font()
    font.setPointSizeF(POINT_SIZE - 2)
    painter.setFont(font)
    painter.setPen(QColor(LIGHT.text_muted))
    bottom = Qt.AlignmentFlag.AlignBottom
    painter.drawText(area, bottom | Qt.AlignmentFlag.AlignLeft, title)
    pages = f"{number + 1} / {document.pageCount()}"
    painter.drawText(area, bottom | Qt.AlignmentFlag.AlignRight, pages)


def keep_exercises_whole(document: QTextDocument) -> None:
    """Begin a page before what would be torn apart: a heading, its formula and its table."""
    height, layout = document.pageSize().height(), document.documentLayout()
    headings = [block for block in _blocks(document) if block.blockFormat().headingLevel()]
    for place, heading in enumerate(headings):
        top = layout.blockBoundingRect(heading).top()
        # A heading of a part stays with its first exercise.
        is_part = heading.blockFormat().headingLevel() < EXERCISE
        ends = headings[place + 1 + is_part : place + 2 + is_part]
        last = ends[0].previous() if ends else document.lastBlock()
        bottom = layout.blockBoundingRect(last).bottom()
        # The last line may be that of a table, whose frame goes on below it.
        if place and int(top // height) != int((bottom + 1) // height) and bottom - top < height:
            breaking = QTextBlockFormat()
            breaking.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(heading).mergeBlockFormat(breaking)
            # What Qt lays out anew by itself leaves lines behind on the page before.
            document.markContentsDirty(0, document.characterCount())


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


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
    blanks = [
        cell
        for row in range(table.rows())
        for column in range(table.columns())
        if (cell := table.cellAt(row, column)).firstCursorPosition().block().text() == BLANK
    ]
    for cell in blanks:
        # On paper the cell itself is where one writes.
        cursor = cell.firstCursorPosition()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        room = QTextTableCellFormat()
        room.setPadding(BLANK_PADDING)
        cell.setFormat(room)
    if blanks:
        number = QTextLength(QTextLength.Type.FixedLength, BLANK_WIDTH)
        head = QTextLength(QTextLength.Type.VariableLength, 0)
        look.setColumnWidthConstraints([head, *[number] * (table.columns() - 1)])
        table.setFormat(look)
