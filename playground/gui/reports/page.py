"""The report as one page of A4, painted."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from playground.exporting.summary import Facts
from playground.gui.figures.figure import painting
from playground.gui.palette import LIGHT
from playground.gui.reports.report import TOO_LONG, Report
from playground.gui.theme import monospace_font, text_font

__all__ = ["HEIGHT", "WIDTH", "paint_page", "pdf_bytes"]

WIDTH, HEIGHT = 794.0, 1123.0
"""A4 in the unit of the screen, 96 to the inch: fonts then have their usual size."""
_MARGIN = 48.0
_INNER = WIDTH - 2 * _MARGIN
_RESOLUTION = 300
_CURVES = 122.0
"""Height of the two plots below the network."""
_COLUMNS = (0.29, 0.40, 0.31)
"""Shares of the width for what is said about data, network and training."""
_WRAP = Qt.TextFlag.TextWordWrap
_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def pdf_bytes(report: Report) -> bytes:
    """Return the report as a PDF file of one page. The theme must be lent: it is light."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_RESOLUTION)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()
        )
    )
    writer.setTitle(report.summary.title)
    writer.setCreator("Gradient Playground")
    with painting(writer) as painter:
        painter.scale(writer.width() / WIDTH, writer.height() / HEIGHT)
        paint_page(painter, report)
    buffer.close()
    return bytes(content.data())


def paint_page(painter: QPainter, report: Report) -> None:
    """Paint the page, ``WIDTH`` × ``HEIGHT``, on white."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y = _paint_head(painter, report, _MARGIN)
    y = _paint_scores(painter, report, y + 14)
    y = _paint_output(painter, report, y + 20)
    # What is said stands at the bottom; the network takes what is left.
    parts = [(heading, _fitting(facts)) for heading, facts in report.summary.parts]
    facts_height = max(_facts_height(facts) for _, facts in parts)
    foot = HEIGHT - _MARGIN - _foot_height(report)
    facts_top = foot - 16 - facts_height
    curves_top = facts_top - 18 - _CURVES
    network = QRectF(_MARGIN, y + 16, _INNER, max(curves_top - 12 - (y + 16), 120))
    report.pictures.paint_network(painter, network)
    half = (_INNER - 24) / 2
    for place, name in enumerate(("gradients", "updates")):
        area = QRectF(_MARGIN + place * (half + 24), curves_top, half, _CURVES)
        report.pictures.curves(name).paint(painter, area)
    left = _MARGIN
    for share, (heading, facts) in zip(_COLUMNS, parts, strict=True):
        width = (_INNER - 2 * 24) * share
        _paint_facts(painter, heading, facts, QRectF(left, facts_top, width, facts_height))
        left += width + 24
    _paint_foot(painter, report, foot)


def _text(
    painter: QPainter,
    area: QRectF,
    text: str,
    font: QFont,
    color: str,
    flags: int = int(_LEFT | _MIDDLE),
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(area, flags, text)


def _elided(text: str, font: QFont, width: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def _rule(painter: QPainter, y: float) -> None:
    painter.setPen(QPen(QColor(LIGHT.separator), 1))
    painter.drawLine(QPointF(_MARGIN, y), QPointF(WIDTH - _MARGIN, y))


def _paint_head(painter: QPainter, report: Report, top: float) -> float:
    summary = report.summary
    small = text_font(11, bold=True)
    line = QRectF(_MARGIN, top, _INNER, 14)
    _text(painter, line, "GRADIENT PLAYGROUND · REPORT", small, LIGHT.accent)
    date = f"{report.date.day} {report.date:%B %Y}"
    _text(painter, line, date, text_font(11), LIGHT.text_muted, int(_RIGHT | _MIDDLE))
    title = text_font(28, bold=True)
    area = QRectF(_MARGIN, top + 20, _INNER, 38)
    _text(painter, area, _elided(summary.title, title, _INNER), title, LIGHT.text)
    about = text_font(13)
    lines = QFontMetricsF(about).boundingRect(
        QRectF(0, 0, _INNER, 54), int(_LEFT | _WRAP), summary.about
    )
    height = min(lines.height(), 54.0) if summary.about else 0.0
    area = QRectF(_MARGIN, top + 62, _INNER, height)
    _text(painter, area, summary.about, about, LIGHT.text_muted, int(_LEFT | _WRAP))
    area = QRectF(_MARGIN, top + 68 + height, _INNER, 16)
    _text(painter, area, f"Trained for {summary.length}.", about, LIGHT.text)
    return area.bottom()


def _paint_scores(painter: QPainter, report: Report, top: float) -> float:
    """Paint a table of scores: a row for each set, a column for each measure."""
    summary = report.summary
    row = 24.0
    box = QRectF(_MARGIN, top, _INNER, 26 + row * len(summary.sets) + 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(LIGHT.field))
    painter.drawRoundedRect(box, 8, 8)
    first = 190.0
    column = (_INNER - first - 16) / max(len(summary.scores), 1)
    for place, score in enumerate(summary.scores):
        head = QRectF(_MARGIN + first + place * column, top + 6, column, 18)
        flags = int(_RIGHT | _MIDDLE)
        _text(painter, head, score.name, text_font(11), LIGHT.text_muted, flags)
        for line, value in enumerate(score.values):
            cell = QRectF(head.left(), top + 26 + line * row, column, row)
            _text(painter, cell, value, monospace_font(15, bold=True), LIGHT.text, flags)
    for line, (name, count) in enumerate(summary.sets):
        cell = QRectF(_MARGIN + 14, top + 26 + line * row, first, row)
        _text(painter, cell, name, text_font(13, bold=True), LIGHT.text)
        cell.setLeft(_MARGIN + 14 + 76)
        _text(painter, cell, f"{count:,} samples", text_font(12), LIGHT.text_muted)
    return box.bottom()


def _paint_output(painter: QPainter, report: Report, top: float) -> float:
    pictures, side = report.pictures, 216.0
    left = _MARGIN
    if report.output_title:
        heading = QRectF(left, top, side, 20)
        _text(painter, heading, report.output_title, text_font(13, bold=True), LIGHT.text)
        pictures.paint_output(painter, QRectF(left, top + 26, side, side))
        left += side + 28
    area = QRectF(left, top, WIDTH - _MARGIN - left, side + 26)
    pictures.curves("loss").paint(painter, area)
    return top + 26 + side


_FACT = 17.0
_MOST_FACTS = 12
_HEADING = 24.0


_LARGEST_SHARED = 64.0
_ANYWHERE = int(_LEFT | Qt.TextFlag.TextWrapAnywhere)


def _fitting(facts: Facts) -> Facts:
    """Leave out the middle of what is too much for the page."""
    if len(facts) <= _MOST_FACTS:
        return facts
    half = _MOST_FACTS // 2
    left_out = len(facts) - 2 * half + 1
    return (*facts[:half], ("…", f"{left_out} more"), *facts[len(facts) - half + 1 :])


def _facts_height(facts: Facts) -> float:
    return _HEADING + _FACT * len(facts)


def _paint_facts(painter: QPainter, heading: str, facts: Facts, area: QRectF) -> None:
    bold, plain = text_font(13, bold=True), text_font(11)
    smaller = (plain, text_font(10), text_font(9))
    _text(painter, QRectF(area.left(), area.top(), area.width(), 18), heading, bold, LIGHT.text)
    for place, (label, value) in enumerate(facts):
        line = QRectF(area.left(), area.top() + _HEADING + place * _FACT, area.width(), _FACT)
        _text(painter, line, label, plain, LIGHT.text_muted)
        room = area.width() - QFontMetricsF(plain).horizontalAdvance(label) - 10
        flags = int(_RIGHT | _MIDDLE)
        font = next((f for f in smaller if QFontMetricsF(f).horizontalAdvance(value) <= room), None)
        font = font or smaller[-1]
        _text(painter, line, _elided(value, font, room), font, LIGHT.text, flags)


def _paint_foot(painter: QPainter, report: Report, top: float) -> None:
    """Say what it takes to get the same numbers again."""
    _rule(painter, top)
    summary, small = report.summary, text_font(10)
    seeds = " · ".join(f"{name.lower()} {value}" for name, value in summary.seeds)
    versions = " · ".join(f"{name} {value}" for name, value in summary.versions)
    line = QRectF(_MARGIN, top + 8, _INNER, 14)
    _text(painter, line, f"Seeds: {seeds}", small, LIGHT.text_muted)
    _text(painter, line, versions, small, LIGHT.text_muted, int(_RIGHT | _MIDDLE))
    height = _shared_height(report)
    area = QRectF(_MARGIN, top + 26, _INNER, height or 14)
    if height:
        _text(painter, area, report.shared, monospace_font(8), LIGHT.text_muted, _ANYWHERE)
    else:
        _text(painter, area, TOO_LONG, small, LIGHT.text_muted)


def _shared_height(report: Report) -> float:
    """Return how much room the experiment takes as a text; 0 if it is too long to be printed."""
    area = QRectF(0, 0, _INNER, HEIGHT)
    metrics = QFontMetricsF(monospace_font(8))
    height = metrics.boundingRect(area, _ANYWHERE, report.shared).height() if report.shared else 0.0
    return height if height <= _LARGEST_SHARED else 0.0


def _foot_height(report: Report) -> float:
    return 26 + max(_shared_height(report), 32)
