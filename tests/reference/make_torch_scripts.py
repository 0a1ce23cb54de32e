"""Write what exported PyTorch scripts make of their weights in 3 steps to ``torch_scripts.json``.

    python -m tests.reference.make_torch_scripts

Needs ``torch`` and the playground itself, which exports the scripts; the tests only read what it
wrote. In float64, but for one case.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import torch

from tests.exporting.torch_steps import CASES, STEPS, steps_of_engine, steps_of_torch


def main() -> None:
    """Run every case."""
    results = {}
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            _, taken = steps_of_engine(case)
            arrays = steps_of_torch(case, taken, Path(folder))
        results[case] = {name: array.tolist() for name, array in arrays.items()}
    tree = {"torch": torch.__version__.split("+")[0], "steps": STEPS, "cases": results}
    path = Path(__file__).with_name("torch_scripts.json")
    path.write_text(json.dumps(tree) + "\n")


if __name__ == "__main__":
    main()
