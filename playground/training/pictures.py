"""Ready pixels: what every unit computes over the plane, or the weights that it looks with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.engine.forward_plan import ForwardPlan, with_ones
from playground.engine.layers import Dense
from playground.schema.task import TaskKind
from playground.training.trainer import Trainer
from playground.training.view import ColorTables, Pixels, View

Reals = NDArray[Any]


class PlanePictures:
    """Every unit's value over the plane, on a square grid of cells."""

    def __init__(self, trainer: Trainer, size: int) -> None:
        self.size = size
        self._architecture = trainer.architecture
        extent = trainer.data.samples.extent
        middle = (np.arange(size) + 0.5) / size * 2 - 1
        x1, x2 = np.meshgrid(middle * extent, -middle * extent)
        points = np.stack([x1.ravel(), x2.ravel()], 1)
        inputs = trainer.data.inputs_of(points)
        self._inputs = with_ones(inputs, trainer.parameters.vector.dtype)
        self._plan = ForwardPlan(trainer.architecture, trainer.parameters, size * size)
        self._tape = self._plan.record(self._inputs)
        self._input_maps: tuple[ColorTables, int, Pixels] | None = None

    def paint(self, view: View, colors: ColorTables) -> dict[str, Any]:
        for operation in self._tape:
            operation()
        result: dict[str, Any] = {}
        if view.thumbnail_size:
            result["input_maps"] = self._inputs_painted(view, colors)
            maps, scales = [], []
            for layer, units in enumerate(view.visible_units[: len(self._architecture.layers)]):
                rows = self._plan.activations[layer][:-1]
                chosen = [u for u in units if u < len(rows)]
                values = rows[chosen].reshape(len(chosen), self.size, self.size)
                values = _reduced(values, view.thumbnail_size)
                scale = self._scales(layer, values)
                maps.append(_painted(values / scale[:, None, None], colors))
                scales.append(scale)
            result["unit_maps"], result["unit_scales"] = tuple(maps), tuple(scales)
        if view.surface_size:
            result["surface"] = self._surface(view, colors)
        if view.focus is not None:
            result["focus"] = view.focus
            result["focus_map"] = self._focus(view.focus, colors)
        return result

    def _scales(self, layer: int, values: Reals) -> Reals:
        """Return what full colour stands for: 1 where a function is bounded by it, else the
        largest size."""
        bounded = self._architecture.layers[layer].activation.bounded
        top = np.abs(np.nan_to_num(values)).max((1, 2)) if values.size else np.ones(len(values))
        return np.ones_like(top) if bounded else np.maximum(top, 1e-6)

    def _inputs_painted(self, view: View, colors: ColorTables) -> Pixels:
        cached = self._input_maps
        if cached is None or cached[0] is not colors or cached[1] != view.thumbnail_size:
            values = self._inputs.T[:-1].reshape(-1, self.size, self.size)
            values = _reduced(values, view.thumbnail_size)
            values = values / np.maximum(np.abs(values).max((1, 2), keepdims=True), 1e-6)
            cached = (colors, view.thumbnail_size, _painted(values, colors))
            self._input_maps = cached
        return cached[2]

    def _surface(self, view: View, colors: ColorTables) -> Pixels:
        head = self._architecture.head
        outputs = self._plan.outputs.T
        shape = (self.size, self.size)
        if head.task.kind is TaskKind.MULTICLASS:
            certainty = head.class_certainty(outputs)
            palette = colors.classes[: head.task.class_count].astype(np.float32)
            if view.discretize:
                painted = colors.classes[np.argmax(certainty, 1)]
            else:
                # Undecided cells fade to the background, decided ones to their class's colour.
                count = head.task.class_count
                strength = np.nan_to_num((certainty.max(1) * count - 1) / (count - 1))[:, None]
                mixed = np.nan_to_num(certainty).astype(np.float32) @ palette
                painted = colors.background + strength * (mixed - colors.background)
                painted = painted.astype(np.uint8)
            return np.ascontiguousarray(painted.reshape(*shape, 4))
        values = head.signed_value(outputs)
        if view.discretize:
            values = np.sign(values)
        return _painted(values.reshape(shape), colors)

    def _focus(self, focus: tuple[int, int], colors: ColorTables) -> Pixels | None:
        layer, unit = focus
        if layer >= len(self._architecture.layers):
            return None
        rows = self._inputs.T[:-1] if layer < 0 else self._plan.activations[layer][:-1]
        if unit >= len(rows):
            return None
        values = rows[unit].reshape(1, self.size, self.size)
        if layer < 0:
            scale = np.maximum(np.abs(values).max((1, 2)), 1e-6)
        else:
            scale = self._scales(layer, values)
        return np.asarray(_painted(values / scale[:, None, None], colors)[0])


def weight_pictures(trainer: Trainer, view: View, colors: ColorTables) -> dict[str, Any]:
    """Paint the incoming weights of units as little images, where there is no plane to paint."""
    maps, scales = [], []
    shape = trainer.data.samples.image_shape
    for layer, units in enumerate(view.visible_units[: len(trainer.architecture.layers)]):
        weights, sees_image = _looks_with(trainer, layer)
        chosen = [u for u in units if u < weights.shape[1]]
        values = _as_images(weights[:, chosen].T, shape if sees_image else None)
        scale = np.maximum(np.abs(np.nan_to_num(values)).max((1, 2), initial=0), 1e-6)
        maps.append(_painted(values / scale[:, None, None], colors))
        scales.append(scale)
    result: dict[str, Any] = {"unit_maps": tuple(maps), "unit_scales": tuple(scales)}
    if view.focus is not None and 0 <= view.focus[0] < len(trainer.architecture.layers):
        layer, unit = view.focus
        weights, sees_image = _looks_with(trainer, layer)
        if unit < weights.shape[1]:
            values = _as_images(weights[:, unit][None], shape if sees_image else None)
            scale = np.maximum(np.abs(np.nan_to_num(values)).max(initial=0), 1e-6)
            result["focus"] = view.focus
            result["focus_map"] = _painted(values / scale, colors)[0]
    return result


def _looks_with(trainer: Trainer, layer: int) -> tuple[Reals, bool]:
    """Return the weights (d, units) that the units of a layer look with, and whether at the image.

    Norms, dropout and skip connections hand on what the dense layer before them sees; a negative
    scale of a norm turns it round.
    """
    layers, signs = trainer.architecture.layers, np.ones(1)
    while layer >= 0 and not isinstance(layers[layer].layer, Dense):
        shape, matrix = layers[layer], trainer.parameters.matrices[layer]
        if shape.layer.row_names(shape.rows):
            signs = signs * np.where(matrix[0] < 0, -1.0, 1.0)
        if shape.outputs != shape.inputs:
            return np.zeros((1, shape.outputs)), False
        layer -= 1
    if layer < 0:
        return np.eye(layers[0].inputs) * signs, True
    sees_image = not any(isinstance(shape.layer, Dense) for shape in layers[:layer])
    weights = trainer.parameters.weights(layer)[:, : layers[layer].outputs]
    return np.asarray(weights * signs), sees_image


def _as_images(rows: Reals, shape: tuple[int, int] | None) -> Reals:
    """Fold rows (n, d) into images (n, h, w), nearly square, filled up with zeros."""
    count, length = rows.shape
    height, width = shape or (0, 0)
    if height * width != length:
        width = math.ceil(math.sqrt(length))
        height = math.ceil(length / width)
    padded = np.zeros((count, height * width), rows.dtype)
    padded[:, :length] = rows
    return padded.reshape(count, height, width)


def _reduced(values: Reals, size: int) -> Reals:
    """Take every k-th cell of maps (n, s, s), to come close to ``size`` cells."""
    stride = max(1, round(values.shape[1] / size))
    offset = stride // 2
    return values[:, offset::stride, offset::stride]


def _painted(values: Reals, colors: ColorTables) -> Pixels:
    """Turn values, -1 to 1, into pixels; what is not a number is painted neutral."""
    index = np.clip(np.nan_to_num(values, nan=0.0) * 127.5 + 127.5, 0, 255).astype(np.uint8)
    return np.take(colors.values, index, axis=0)
