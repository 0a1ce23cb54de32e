"""The result of a cross-validation as a table: aligned text, CSV, or a tree for JSON."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from playground.training.cross_validation import Candidate, CrossValidation, FoldRun, Measure

__all__ = ["csv_table", "json_tree", "measure_text", "text_table", "verdict"]

MISSING = "–"


def measure_text(value: float | None, measure: Measure) -> str:
    """Return a loss with four significant figures, an accuracy in per cent, or a dash."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{100 * value:.1f} %" if measure is Measure.ACCURACY else f"{value:.4g}"


def verdict(result: CrossValidation, measure: Measure) -> str:
    """Return in a sentence or two which architecture to take; "" while that is open."""
    best, simplest = result.best(measure), result.simplest(measure)
    if best is None or simplest is None or not result.is_complete:
        return ""
    first = result.candidates[best]
    value = measure_text(first.mean(measure), measure)
    text = f"{first.name} is best: {value} {measure.value} on samples held out."
    if simplest != best:
        text += f" {result.candidates[simplest].name} is smaller, and within one standard error."
    return text


def text_table(result: CrossValidation) -> str:
    """Return aligned columns, best marked with ``*``, and the verdict below."""
    measures = _measures(result)
    head = ["", "layers", "parameters"]
    for measure in measures:
        head += [f"held-out {measure.value}", "±"]
    head += ["train loss", "seconds", "remarks"]
    rows = [head]
    best = result.best(result.measure)
    for index, candidate in enumerate(result.candidates):
        row = ["*" if index == best else "", candidate.name, f"{candidate.parameter_count:,}"]
        for measure in measures:
            row += [
                measure_text(candidate.mean(measure), measure),
                measure_text(candidate.deviation(measure), measure),
            ]
        row += [
            measure_text(candidate.mean_train_loss, Measure.LOSS),
            f"{candidate.seconds:.1f}",
            _remarks(candidate),
        ]
        rows.append(row)
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = []
    for row in rows:
        cells = [
            # Names and remarks begin, numbers end at the same place.
            cell.ljust(width) if column in (0, 1, len(head) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    said = verdict(result, result.measure)
    return "\n".join([*lines, "", said] if said else lines)


def csv_table(result: CrossValidation) -> str:
    """Return one line per architecture and fold, every number at full precision."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(
        (
            "layers",
            "parameters",
            "fold",
            "train_loss",
            "held_out_loss",
            "held_out_accuracy",
            "seconds",
            "problem",
        )
    )
    for candidate in result.candidates:
        for run in candidate.runs:
            writer.writerow(
                (
                    candidate.name,
                    candidate.parameter_count,
                    run.fold + 1,
                    *("" if v is None else repr(v) for v in _run_values(run)),
                    f"{run.seconds:.6f}",
                    run.problem,
                )
            )
    return buffer.getvalue()


def json_tree(result: CrossValidation) -> dict[str, Any]:
    """Return everything as plain values; ``None`` for what has no meaning or is not finite."""
    best, simplest = result.best(result.measure), result.simplest(result.measure)
    return {
        "folds": result.settings.folds,
        "epochs": result.settings.epochs,
        "seed": result.settings.seed,
        "samples": result.sample_count,
        "measure": result.measure.value,
        "best": None if best is None else result.candidates[best].name,
        "simplest_within_one_standard_error": (
            None if simplest is None else result.candidates[simplest].name
        ),
        "candidates": [_candidate_tree(candidate) for candidate in result.candidates],
    }


def _candidate_tree(candidate: Candidate) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "layers": list(candidate.widths),
        "parameters": candidate.parameter_count,
        "seconds": candidate.seconds,
        "diverged": candidate.diverged,
    }
    for measure in Measure:
        tree[f"mean_{measure.value}"] = candidate.mean(measure)
        tree[f"deviation_{measure.value}"] = candidate.deviation(measure)
    tree["runs"] = [
        {
            "fold": run.fold + 1,
            "train_loss": values[0],
            "loss": values[1],
            "accuracy": values[2],
            "seconds": run.seconds,
            "problem": run.problem,
        }
        for run in candidate.runs
        for values in [_run_values(run)]
    ]
    return tree


def _run_values(run: FoldRun) -> tuple[float | None, float | None, float | None]:
    train_loss, loss, accuracy = (
        value if value is not None and math.isfinite(value) else None
        for value in (run.train_loss, run.loss, run.accuracy)
    )
    return train_loss, loss, accuracy


def _measures(result: CrossValidation) -> tuple[Measure, ...]:
    return (Measure.ACCURACY, Measure.LOSS) if result.has_classes else (Measure.LOSS,)


def _remarks(candidate: Candidate) -> str:
    if not candidate.diverged:
        return ""
    folds = "fold" if candidate.diverged == 1 else "folds"
    return f"diverged on {candidate.diverged} {folds}"
