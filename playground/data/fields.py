"""The fields that several datasets declare alike."""

from __future__ import annotations

from typing import Annotated

from playground.data.features import FeatureName
from playground.data.scaling import AnyScaling
from playground.schema.parameter import real, shown, whole

TrainingShare = Annotated[
    float,
    real(
        "Training share",
        ge=0.1,
        le=1.0,
        step=0.05,
        help="Fraction of the samples to learn from; the rest tests what was learned. "
        "Changing it moves as few samples as possible.",
    ),
]

ValidationShare = Annotated[
    float,
    real(
        "Validation share",
        ge=0.0,
        le=0.9,
        step=0.05,
        help="Fraction of the samples on which choices are judged while training: when to stop, "
        "which settings are better. Whoever chooses by the test samples has learned from them. "
        "Taken from the test samples.",
    ),
]

Seed = Annotated[
    int,
    whole(
        "Data seed",
        ge=0,
        le=2**32 - 1,
        help="Same seed, same samples and same split, on every machine.",
    ),
]

InputFeatures = Annotated[
    tuple[FeatureName, ...],
    shown(
        "Input features",
        help="What the network is given of each point. The right feature can make a hard "
        "problem easy.",
    ),
]

InputScaling = Annotated[
    AnyScaling,
    shown(
        "Input scaling",
        help="Brings all inputs to a like size, fitted on the training samples alone. Inputs that "
        "differ much in size make training slow.",
    ),
]
