"""ExperimentSpec: everything that defines a run. The one truth; views and files are made of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from playground.data.batching import (
    AnyBatching,
    AnySampling,
    MiniBatch,
    WithoutReplacement,
    WithReplacement,
)
from playground.data.classification import Spirals
from playground.data.registry import AnyDataset
from playground.engine.class_weights import AnyClassWeights, GivenClassWeights, NoClassWeights
from playground.engine.clipping import AnyClipping, NoClipping
from playground.engine.constraints import AnyConstraint, NoConstraint
from playground.engine.losses import AnyLoss, HalfSquared
from playground.engine.network import Architecture, NetworkSpec, check_layers, resolve
from playground.engine.optimizers import SGD, AnyOptimizer
from playground.engine.preparation import AnyPreparation, NoPreparation
from playground.engine.regularizers import AnyRegularizer, NoRegularization
from playground.engine.schedules import AnySchedule, Constant
from playground.engine.stopping import AnyStopping, Never
from playground.experiment.migrations import EXPERIMENT, migrated
from playground.schema.describe import tag_of, title_of
from playground.schema.parameter import real, shown, whole
from playground.schema.validation import InvalidValue, decoded, validated

LEARNING_RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCH_SIZES = (1, 5, 10, 16, 20, 30, 32, 64, 128, 256)


class TrainingSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the network learns."""

    loss: Annotated[
        AnyLoss,
        shown(
            "Loss",
            group="Goal",
            help="What training makes small: how far the outputs are from the truth.",
        ),
    ] = HalfSquared()
    class_weights: Annotated[
        AnyClassWeights,
        shown(
            "Class weights",
            live=True,
            help="How much each class counts while training: more for a rare one, so that it is "
            "not overlooked. The losses that are shown stay those without weights.",
        ),
    ] = NoClassWeights()
    optimizer: Annotated[
        AnyOptimizer,
        shown(
            "Optimizer",
            group="Steps",
            live=True,
            help="How gradients become changes of the weights.",
        ),
    ] = SGD()
    learning_rate: Annotated[
        float,
        real(
            "Learning rate",
            ge=0,
            le=1e12,
            logarithmic=True,
            live=True,
            suggestions=LEARNING_RATES,
            help="How far each step goes. Too small: slow. Too large: it overshoots and diverges.",
        ),
    ] = 0.03
    schedule: Annotated[
        AnySchedule,
        shown("Schedule", live=True, help="How the learning rate changes as training goes on."),
    ] = Constant()
    clipping: Annotated[
        AnyClipping,
        shown(
            "Gradient clipping",
            live=True,
            help="A bound on the gradient, against steps that throw everything off.",
        ),
    ] = NoClipping()
    batching: Annotated[
        AnyBatching,
        shown(
            "Batches",
            group="Samples",
            live=True,
            help="How much of the training data each step looks at.",
        ),
    ] = MiniBatch()
    batch_size: Annotated[
        int,
        whole(
            "Batch size",
            ge=1,
            le=100_000,
            live=True,
            suggestions=BATCH_SIZES,
            soft_range=(1, 128),
            help="How many samples each step averages its gradient over, with mini-batches.",
        ),
    ] = 10
    accumulation: Annotated[
        int,
        whole(
            "Accumulation",
            ge=1,
            le=10_000,
            live=True,
            suggestions=(1, 2, 4, 8, 16),
            soft_range=(1, 16),
            help="Gathers the gradient of so many batches before the weights change, like one "
            "large batch that does not fit in memory. The last update of an epoch takes what is "
            "left.",
        ),
    ] = 1
    sampling: Annotated[
        AnySampling,
        shown("Sampling", live=True, help="Which samples an epoch takes, and how often each."),
    ] = WithoutReplacement()
    regularizer: Annotated[
        AnyRegularizer,
        shown(
            "Regularization",
            group="Against overfitting",
            live=True,
            help="A penalty on large weights, against overfitting.",
        ),
    ] = NoRegularization()
    constraint: Annotated[
        AnyConstraint,
        shown("Constraint", live=True, help="What holds of the weights after every update."),
    ] = NoConstraint()
    input_noise: Annotated[
        float,
        real(
            "Input noise",
            ge=0,
            le=1e3,
            live=True,
            step=0.05,
            suggestions=(0.0, 0.05, 0.1, 0.2, 0.5),
            soft_range=(0.0, 1.0),
            help="Standard deviation σ of the Gaussian noise that is added to the inputs of each "
            "batch, as the network sees them. Only while training.",
        ),
    ] = 0.0
    weight_noise: Annotated[
        float,
        real(
            "Weight noise",
            ge=0,
            le=1e3,
            live=True,
            step=0.01,
            suggestions=(0.0, 0.01, 0.03, 0.1),
            soft_range=(0.0, 0.5),
            help="Standard deviation σ of the Gaussian noise on the weights while the gradient of "
            "a batch is worked out; the step is then taken without it. Only while training.",
        ),
    ] = 0.0
    stopping: Annotated[
        AnyStopping,
        shown(
            "Stopping",
            group="Beginning and end",
            live=True,
            help="When training ends by itself. It looks at the validation loss, or at the "
            "training loss if no samples are set apart for validation; never at the test loss.",
        ),
    ] = Never()
    epochs: Annotated[
        int,
        whole(
            "Epochs",
            ge=0,
            le=100_000_000,
            live=True,
            help="Default length of a training run on the command line, in passes over the data.",
        ),
    ] = 200
    preparation: Annotated[
        AnyPreparation,
        shown(
            "Weight preparation",
            help="What is done to the initial weights before the first step, looking at the "
            "training inputs.",
        ),
    ] = NoPreparation()
    dtype: Annotated[
        Literal["float32", "float64"],
        shown("Precision", help="Number format of all weights and values."),
    ] = "float32"

    def batch_for(self, available: int) -> int:
        """Return how many of so many training samples are in a batch."""
        return self.batching.size(self.batch_size, available)


class ExperimentSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data, network and training. Equal specs train to bit-identical weights."""

    version: Annotated[Literal[1], shown("Version", help="Of the file format.")] = 1
    name: Annotated[
        str,
        shown("Name", help="What the experiment is called, in at most 200 letters."),
        msgspec.Meta(max_length=200),
    ] = "Untitled"
    about: Annotated[
        str,
        shown("About", help="What there is to see and to try, in at most 4000 letters."),
        msgspec.Meta(max_length=4000),
    ] = ""
    data: Annotated[AnyDataset, shown("Data", help="What there is to learn.")] = Spirals()
    network: Annotated[NetworkSpec, shown("Network", help="What is to learn it.")] = NetworkSpec()
    training: Annotated[TrainingSpec, shown("Training", help="How it learns.")] = TrainingSpec()


def architecture_of(spec: ExperimentSpec) -> Architecture:
    """Return the network with all sizes known, without reading any data."""
    data = spec.data
    return resolve(spec.network, len(data.input_names), spec.training.loss, data.task)


def checked(spec: ExperimentSpec) -> ExperimentSpec:
    """Return an equal spec, with every field checked by itself and against the others.

    Raises
    ------
    InvalidValue
        Naming the first field that does not fit, its value and the remedy.
    """
    spec = validated(spec)
    _check_loss(spec)
    _check_batch(spec)
    _check_class_weights(spec)
    _ = spec.data.validation_count  # names shares that are more than all samples
    # Asking for the names finds features that repeat or are missing.
    check_layers(spec.network, len(spec.data.input_names))
    return spec


def spec_from_tree(tree: Any) -> ExperimentSpec:
    """Build a checked spec from plain dicts and lists.

    Raises
    ------
    InvalidValue
        Naming the first field that does not fit.
    """
    if not isinstance(tree, dict):
        raise InvalidValue("the file", None, "is not an experiment", "expected a JSON object")
    return checked(decoded(migrated(tree, EXPERIMENT, "experiment"), ExperimentSpec))


def suitable_losses(spec: ExperimentSpec) -> tuple[str, ...]:
    """Return the tags of the losses that have a meaning for the task of the data."""
    from typing import get_args

    return tuple(tag_of(loss) for loss in get_args(AnyLoss) if spec.data.task.kind in loss.tasks)


def _check_loss(spec: ExperimentSpec) -> None:
    task = spec.data.task.kind
    if task not in spec.training.loss.tasks:
        raise InvalidValue(
            "training.loss.kind",
            tag_of(spec.training.loss),
            f"has no meaning for {task.value} (data.kind {tag_of(spec.data)!r})",
            f"choose one of: {', '.join(suitable_losses(spec))}",
        )


def _check_batch(spec: ExperimentSpec) -> None:
    training, available = spec.training, spec.data.training_count
    batch = training.batch_size
    if batch > available and isinstance(training.batching, MiniBatch):
        points = "training point" if available == 1 else "training points"
        raise InvalidValue(
            "training.batch_size",
            batch,
            f"exceeds the {available} {points}",
            "lower it or add data",
        )
    optimizer = training.optimizer
    if not optimizer.needs_full_batch:
        return
    name, batch = title_of(type(optimizer)), training.batch_for(available)
    if batch < available:
        is_mini = isinstance(training.batching, MiniBatch)
        raise InvalidValue(
            "training.batch_size" if is_mini else "training.batching",
            batch if is_mini else tag_of(training.batching),
            f"is not all of the {available} training points, which {name} takes in every step",
            "set training.batching to full_batch or choose another optimizer",
        )
    if isinstance(training.sampling, WithReplacement):
        raise InvalidValue(
            "training.sampling",
            tag_of(training.sampling),
            f"draws other samples in every step, but {name} compares steps on the same samples",
            "set it to without_replacement or choose another optimizer",
        )


def _check_class_weights(spec: ExperimentSpec) -> None:
    weights, classes = spec.training.class_weights, spec.data.task.class_count
    if isinstance(weights, NoClassWeights):
        return
    if not classes:
        raise InvalidValue(
            "training.class_weights.kind",
            tag_of(weights),
            f"has no meaning for {spec.data.task.kind.value} (data.kind {tag_of(spec.data)!r})",
            "choose none",
        )
    if isinstance(weights, GivenClassWeights) and len(weights.values) != classes:
        raise InvalidValue(
            "training.class_weights.values",
            list(weights.values),
            f"has {len(weights.values)} weights for the {classes} classes of the data",
            "give one for each class",
        )
