"""What a file of weights says about them, so that somebody can use them in ten years."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from playground import __version__
from playground.exporting.preparing import Preparation
from playground.exporting.run import Run
from playground.schema.describe import tag_of

__all__ = ["EXPERIMENT", "LAYOUT", "metadata_of"]

EXPERIMENT = "experiment"
"""Under this name the file has the whole experiment, from which the network can be built again."""
LAYOUT = (
    "As in PyTorch: layers.N.weight is (outputs, inputs), the transpose of the matrix W in "
    "x W + b; layers.N.bias is (outputs,). N counts all layers from 0, the output layer is the "
    "last. What an activation learns is activations.N.weight."
)


def metadata_of(run: Run) -> dict[str, str]:
    """Return what is to be known about the weights of a run, as texts; most of them JSON."""
    trainer, spec = run.trainer, run.spec
    head = trainer.architecture.head
    tree: dict[str, Any] = {
        "made_by": f"Gradient Playground {__version__}",
        "layout": LAYOUT,
        EXPERIMENT: json.loads(msgspec.json.encode(spec)),
        "task": head.task.kind.value,
        "class_names": list(head.task.class_names),
        "preparation": Preparation.of(run.data).tree(),
        "preparation_in_words": Preparation.of(run.data).sentence,
        "output_activation": tag_of(head.activation),
        "step": trainer.step,
        "epoch": trainer.epoch,
        "dtype": spec.training.dtype,
    }
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in tree.items()
    }
