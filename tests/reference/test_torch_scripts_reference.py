"""What an exported PyTorch script makes of the weights is what the engine makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.exporting.torch_steps import CASES, STEPS, steps_of_engine, steps_of_torch

STORED = json.loads(Path(__file__).with_name("torch_scripts.json").read_text())


def _compare(case: str, found: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert found.keys() == other.keys()
    # PyTorch's NAdam keeps a product of its momenta in float32, whatever the parameters are.
    tolerance = 1e-5 if "float32" in case else 1e-6 if "nadam" in case else 1e-9
    for name, array in found.items():
        if not name.endswith("num_batches_tracked"):
            assert np.allclose(array, other[name], rtol=tolerance, atol=tolerance), name


def test_that_the_stored_values_are_of_these_cases() -> None:
    assert list(STORED["cases"]) == list(CASES)
    assert STORED["steps"] == STEPS


@pytest.mark.parametrize("case", CASES)
def test_that_the_engine_steps_as_torch_did(case: str) -> None:
    stored = {name: np.array(values) for name, values in STORED["cases"][case].items()}
    _compare(case, steps_of_engine(case)[0], stored)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_that_an_exported_script_steps_as_the_engine_does(case: str, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: what it said once is compared")
    found, taken = steps_of_engine(case)
    _compare(case, steps_of_torch(case, taken, tmp_path), found)
