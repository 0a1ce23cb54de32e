"""A network, its data and its training as a PyTorch script."""

from __future__ import annotations

import io

import numpy as np

from playground.exporting.preparing import Preparation
from playground.exporting.run import Run
from playground.exporting.scripts.text import literal, made_source, quoted
from playground.exporting.scripts.torch_model import data_part, heading, model_part
from playground.exporting.scripts.torch_training import training_part

__all__ = ["data_bytes", "made_torch_script"]


def made_torch_script(run: Run, stem: str) -> str:
    """Return the source of a script.

    Parameters
    ----------
    stem
        Name of the script without its suffix; the files beside it are named after it.
    """
    training, spec = run.spec.training, run.spec
    batch = training.batch_for(len(run.data.split.train))
    body = [*data_part(run), *model_part(run), *training_part(run)]
    uses = "\n".join(body)
    return made_source(
        [
            heading(run, stem),
            "",
            "import argparse",
            "import math",
            "import os",
            "from pathlib import Path",
            "",
            "import numpy as np",
            "import torch",
            *(["import torch.nn.functional as F"] if "F." in uses else []),
            "from safetensors import safe_open",
            "from safetensors.torch import load_file, save_file",
            "from torch import nn",
            "from torch.nn.parallel import DistributedDataParallel",
            "",
            "HERE = Path(__file__).resolve().parent",
            f"WEIGHTS = HERE / {quoted(f'{stem}-weights.safetensors')}",
            f"DATA = HERE / {quoted(f'{stem}-data.npz')}",
            f"TRAINED = HERE / {quoted(f'{stem}-trained.safetensors')}",
            f"DTYPE = torch.{training.dtype}",
            f"SEED = {spec.network.seed}",
            "",
            f"LEARNING_RATE = {literal(training.learning_rate)}",
            f"BATCH_SIZE = {batch}",
            f"ACCUMULATION = {training.accumulation}  # batches whose gradient makes one step",
            f"EPOCHS = {training.epochs}  # passes over the training samples",
            f"EPOCHS_MADE = {literal(run.trainer.epoch_fraction)}  # before, in the playground",
            "",
            "",
            *body,
        ]
    )


def data_bytes(run: Run) -> bytes:
    """Return the samples as an npz: ``raw``, ``labels`` and ``split`` (0, 1, 2).

    0 is training, 1 validation, 2 test.
    """
    samples, division = run.data.samples, run.data.split
    split = np.zeros(len(samples.labels), np.uint8)
    split[division.validation], split[division.test] = 1, 2
    has_classes = samples.task.class_count > 0
    labels = samples.labels.astype(np.int64) if has_classes else samples.labels
    file = io.BytesIO()
    np.savez(file, raw=Preparation.of(run.data).raw(run.data), labels=labels, split=split)
    return file.getvalue()
