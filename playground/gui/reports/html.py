"""The report as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

import base64
from html import escape

from playground.exporting.summary import Facts
from playground.gui.figures.figure import Figure, Look, svg_bytes
from playground.gui.palette import LIGHT
from playground.gui.reports.report import TOO_LONG, Report

__all__ = ["html_text"]

_STYLE = f"""
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: {LIGHT.background}; color: {LIGHT.text};
  font: 15px/1.5 Inter, system-ui, "Segoe UI", Roboto, sans-serif; }}
main {{ max-width: 900px; margin: 32px auto; padding: 48px 56px; background: {LIGHT.surface};
  border: 1px solid {LIGHT.separator}; border-radius: 12px; }}
.top {{ display: flex; justify-content: space-between; font-size: 12px;
  color: {LIGHT.text_muted}; }}
.top b {{ color: {LIGHT.accent}; letter-spacing: .04em; }}
h1 {{ margin: 12px 0 4px; font-size: 34px; line-height: 1.2; }}
h2 {{ margin: 0 0 8px; font-size: 15px; }}
p {{ margin: 4px 0; }}
.muted, dt, th, footer {{ color: {LIGHT.text_muted}; }}
table {{ width: 100%; margin: 20px 0 28px; border-spacing: 0; table-layout: fixed;
  background: {LIGHT.field};
  border-radius: 8px; padding: 8px 16px; }}
th {{ font-weight: 400; font-size: 13px; text-align: right; padding: 2px 0; }}
th:first-child, tbody th {{ width: 34%; text-align: left; font-size: 14px; }}
tbody th b {{ color: {LIGHT.text}; margin-right: 10px; }}
td {{ text-align: right; font: 600 16px/1.7 "JetBrains Mono", ui-monospace, Menlo, Consolas,
  monospace; }}
.row {{ display: grid; gap: 28px; margin: 24px 0; align-items: start; }}
.pair {{ grid-template-columns: 1fr 1.45fr; }}
.halves {{ grid-template-columns: 1fr 1fr; }}
.thirds {{ grid-template-columns: 1fr 1fr 1fr; }}
img {{ display: block; width: 100%; height: auto; }}
dl {{ display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 0; font-size: 13px; }}
dd {{ margin: 0; text-align: right; overflow-wrap: anywhere; }}
footer {{ margin-top: 28px; padding-top: 12px; border-top: 1px solid {LIGHT.separator};
  font-size: 12px; }}
code {{ display: block; margin-top: 8px; overflow-wrap: anywhere; user-select: all;
  font: 11px/1.5 "JetBrains Mono", ui-monospace, Menlo, Consolas, monospace; }}
@media (max-width: 720px) {{
  main {{ margin: 0; padding: 24px; border: 0; border-radius: 0; }}
  .pair, .halves, .thirds {{ grid-template-columns: 1fr; }}
}}
@media print {{
  /* Small enough for one page. */
  body {{ background: none; zoom: .68; print-color-adjust: exact; }}
  main {{ margin: 0 auto; padding: 0; border: 0; max-width: 84%; }}
  .row, table, footer {{ margin: 14px 0; break-inside: avoid; }}
  @page {{ size: A4; margin: 12mm; }}
}}
"""


def html_text(report: Report) -> str:
    """Return the report as an HTML document. The theme must be lent: it is light."""
    summary, figures = report.summary, report.figures()
    images = {name: _image(figure) for name, figure in figures.items()}
    loss = images["loss"]
    if "output" in images:
        output = f"<h2>{escape(report.output_title)}</h2>{images['output']}"
        first = f'<div class="row pair"><div>{output}</div><div>{loss}</div></div>'
    else:
        first = f'<div class="row">{loss}</div>'
    date = f"{report.date.day} {report.date:%B %Y}"
    seeds = " · ".join(f"{escape(name.lower())} {escape(value)}" for name, value in summary.seeds)
    versions = " · ".join(f"{escape(name)} {escape(value)}" for name, value in summary.versions)
    shared = (
        "<p>To open this experiment, copy the next lines and choose Paste in Gradient Playground."
        f"</p>\n<code>{escape(report.shared)}</code>"
        if report.shared
        else f"<p>{TOO_LONG}</p>"
    )
    facts = "".join(_facts(heading, facts) for heading, facts in summary.parts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Gradient Playground">
<title>{escape(summary.title)} — Gradient Playground</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<div class="top"><b>GRADIENT PLAYGROUND · REPORT</b><span>{date}</span></div>
<h1>{escape(summary.title)}</h1>
<p class="muted">{escape(summary.about)}</p>
<p>Trained for {escape(summary.length)}.</p>
{_scores(report)}
{first}
<div class="row">{images["network"]}</div>
<div class="row halves"><div>{images["gradients"]}</div><div>{images["updates"]}</div></div>
<div class="row thirds">{facts}</div>
<footer>
<p>Seeds: {seeds}<br>{versions}</p>
{shared}
</footer>
</main>
</body>
</html>
"""


def _image(figure: Figure) -> str:
    content = base64.b64encode(svg_bytes(figure, Look(theme="light", transparent=True))).decode()
    width, height = figure.size.toTuple()
    return (
        f'<img alt="{escape(figure.title)}" width="{width}" height="{height}" '
        f'src="data:image/svg+xml;base64,{content}">'
    )


def _scores(report: Report) -> str:
    summary = report.summary
    heads = "".join(f'<th scope="col">{escape(score.name)}</th>' for score in summary.scores)
    rows = []
    for place, (name, count) in enumerate(summary.sets):
        cells = "".join(f"<td>{escape(score.values[place])}</td>" for score in summary.scores)
        rows.append(f'<tr><th scope="row"><b>{escape(name)}</b>{count:,} samples</th>{cells}</tr>')
    return f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _facts(heading: str, facts: Facts) -> str:
    lines = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts)
    return f"<section><h2>{escape(heading)}</h2><dl>{lines}</dl></section>"
