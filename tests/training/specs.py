"""Small experiments for the tests of training."""

from __future__ import annotations

from typing import Any

from playground.data.classification import LogicGate, Spirals, Spirals3
from playground.data.regression import Plane
from playground.engine.activations import ReLU
from playground.engine.layers import Dense
from playground.engine.losses import SoftmaxCrossEntropy
from playground.engine.network import NetworkSpec
from playground.engine.optimizers import Adam
from playground.experiment.change import fitted
from playground.experiment.spec import ExperimentSpec, TrainingSpec, checked
from playground.schema.validation import replaced

# 55 training points in batches of 10: five full ones and one of five.
TINY = checked(ExperimentSpec(data=Spirals(points=100, training_share=0.55, noise=5.0)))
# The same training samples; 20 of the 45 others are for validation.
WITH_VALIDATION = checked(
    ExperimentSpec(data=Spirals(points=100, training_share=0.55, validation_share=0.2, noise=5.0))
)
THREE_CLASSES = checked(
    ExperimentSpec(
        data=Spirals3(points=90),
        network=NetworkSpec((Dense(8, ReLU()), Dense(6, ReLU()))),
        training=TrainingSpec(loss=SoftmaxCrossEntropy(), optimizer=Adam(), learning_rate=0.01),
    )
)
REGRESSION = checked(ExperimentSpec(data=Plane(points=60)))
NO_TEST_SET = checked(
    ExperimentSpec(
        data=LogicGate(gate="xor"), training=TrainingSpec(batch_size=4, learning_rate=0.5)
    )
)


def edited(spec: ExperimentSpec, **changes: Any) -> ExperimentSpec:
    """Return a copy with fields set, such as ``training__learning_rate=0.1``."""
    for path, value in changes.items():
        spec = replaced(spec, path.replace("__", "."), value)
    if "training__optimizer" in changes:
        # As the window does: some need the full batch.
        spec, _ = fitted(spec)
    return checked(spec)
