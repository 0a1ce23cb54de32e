"""What leaves the playground as a file: weights, models, code and tables.

The union is the registry: the order of the menu, the formats of the command line.
"""

from __future__ import annotations

from typing import get_args

from playground.exporting.base import Exporter
from playground.exporting.graph.exporter import OnnxModel
from playground.exporting.scripts.numpy_exporter import NumpyScript
from playground.exporting.scripts.torch_exporter import TorchScript
from playground.exporting.tables import (
    HistoryCsv,
    HistoryJson,
    LayersCsv,
    LayersJson,
    PredictionsCsv,
    PredictionsJson,
    WeightsCsv,
    WeightsJson,
)
from playground.exporting.weights.exporters import NpzWeights, SafetensorsWeights
from playground.schema.describe import tag_of

__all__ = ["AnyExporter", "exporter_of", "exporters"]

AnyExporter = (
    SafetensorsWeights
    | NpzWeights
    | OnnxModel
    | NumpyScript
    | TorchScript
    | HistoryCsv
    | HistoryJson
    | PredictionsCsv
    | PredictionsJson
    | WeightsCsv
    | WeightsJson
    | LayersCsv
    | LayersJson
)


def exporters() -> tuple[type[Exporter], ...]:
    """Return every exporter, in the order of the menu."""
    return get_args(AnyExporter)


def exporter_of(tag: str) -> type[Exporter]:
    """Return the exporter with this tag.

    Raises
    ------
    KeyError
        If there is none; the message lists the formats that there are.
    """
    for exporter in exporters():
        if tag_of(exporter) == tag:
            return exporter
    known = ", ".join(tag_of(exporter) for exporter in exporters())
    raise KeyError(f"format {tag!r} is not known; formats are: {known}")
