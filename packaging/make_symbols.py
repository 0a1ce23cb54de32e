"""Make resources/fonts/PlaygroundSymbols-Regular.ttf, the signs that Inter and JetBrains Mono lack.

    python packaging/make_symbols.py DejaVuSans.ttf

Needs fonttools, which is not a dependency of the application. The result is kept in the
repository, so that this has to be run only when a sign is added.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "resources" / "fonts" / "PlaygroundSymbols-Regular.ttf"
FAMILY = "Playground Symbols"

RANGES = (
    (0x1D2C, 0x1D6A),  # modifier letters: the superscript T of a transpose
    (0x2010, 0x205F),  # punctuation: norm bars, primes, hyphens
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematical operators
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2713, 0x2718),  # check marks and crosses
    (0x27F2, 0x27F3),  # gapped circle arrows
)

Point = tuple[int, int]


def bar(left: int, width: int) -> list[Point]:
    """Return an upright rectangle, clockwise as TrueType asks, in font units."""
    return [(left, 0), (left, 1450), (left + width, 1450), (left + width, 0)]


def triangle(left: int, right: int) -> list[Point]:
    """Return a triangle from an upright side at ``left`` to a tip at ``right``, clockwise."""
    points = [(left, 0), (left, 1450), (right, 725)]
    return points if right > left else points[::-1]


ADDED: dict[int, tuple[str, list[list[Point]]]] = {
    0x23ED: ("skipforward", [triangle(150, 800), triangle(800, 1450), bar(1450, 200)]),
    0x23EE: ("skipback", [triangle(1650, 1000), triangle(1000, 350), bar(150, 200)]),
    0x23F8: ("pause", [bar(350, 380), bar(1070, 380)]),
}
ADVANCE = 1800


def add_signs(font: TTFont) -> None:
    """Draw the transport signs that DejaVu Sans has not."""
    for code, (name, contours) in ADDED.items():
        pen = TTGlyphPen(None)
        for contour in contours:
            pen.moveTo(contour[0])
            for point in contour[1:]:
                pen.lineTo(point)
            pen.closePath()
        font["glyf"][name] = pen.glyph()
        left = min(x for contour in contours for x, _ in contour)
        font["hmtx"][name] = (ADVANCE, left)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name


def rename(font: TTFont) -> None:
    """Give the font a name of its own, as the licence of DejaVu Sans asks of changed versions."""
    version = "Version 1.0; subset of DejaVu Sans 2.37"
    names = {1: FAMILY, 2: "Regular", 3: FAMILY, 4: FAMILY, 5: version, 6: "PlaygroundSymbols"}
    table = font["name"]
    for record in list(table.names):
        if record.nameID in names:
            table.setName(names[record.nameID], record.nameID, *place(record))
        elif record.nameID > 6 and record.nameID not in (13, 14):
            table.removeNames(nameID=record.nameID)


def place(record: object) -> tuple[int, int, int]:
    """Return where a name stands: platform, encoding and language."""
    return record.platformID, record.platEncID, record.langID  # type: ignore[attr-defined]


def main(source: str) -> None:
    """Subset, extend, rename and write."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
    subsetter.subset(font)
    add_signs(font)
    rename(font)
    font.save(TARGET)
    print(f"{TARGET.name}: {len(font.getBestCmap())} signs, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python packaging/make_symbols.py DejaVuSans.ttf")
    main(sys.argv[1])
