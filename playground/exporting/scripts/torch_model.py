"""The first half of a PyTorch script: the data as the network sees it, and the model."""

from __future__ import annotations

from playground import __version__
from playground.engine.head import Head
from playground.exporting.preparing import Preparation
from playground.exporting.probability import Certainty
from playground.exporting.run import Run
from playground.exporting.scripts.numpy_script import layer_words, shown_samples
from playground.exporting.scripts.text import (
    array_source,
    docstring,
    literal,
    paragraph,
    prepare_source,
)
from playground.exporting.scripts.torch_losses import LOSSES
from playground.exporting.scripts.torch_parts import ACTIVATIONS, LAYERS
from playground.schema.task import TaskKind

__all__ = ["data_part", "frozen_layers", "heading", "model_part", "weighted_layers"]


def heading(run: Run, stem: str) -> str:
    """Return the docstring of the script."""
    preparation = Preparation.of(run.data)
    raw = preparation.raw_names
    named = ", ".join(raw) if len(raw) <= 8 else f"{raw[0]} … {raw[-1]}"
    epoch = run.trainer.epoch
    since = f"trained for {epoch:,} epochs" if epoch else "not trained yet"
    text = (
        f"{run.spec.name}\n\n{paragraph(run.spec.about)}\n\n"
        f"A network of Gradient Playground {__version__}, {since}, and its training in PyTorch.\n"
        "It needs: pip install torch numpy safetensors\n\n"
        f"    python {stem}.py                 check the weights, then train on\n"
        f"    python {stem}.py --epochs 0      only check\n"
        f"    torchrun --nproc-per-node=4 {stem}.py\n\n"
        "The last line trains with four processes, on four graphics cards if there are so many:\n"
        "they share each batch, so that the steps are the same as with one process.\n\n"
        f"{stem}-weights.safetensors   the weights to begin with\n"
        f"{stem}-data.npz              the samples: raw values, labels, and their use\n\n"
        f"Raw values (n, {len(raw)}): {named}\n"
        f"{paragraph(f'Preparation: {preparation.sentence}.')}\n\n"
        "As here, the optimizer begins with an empty memory, and random numbers (order of the\n"
        "samples, dropout, noise) are PyTorch's own: a run is alike, not the same."
    )
    return docstring(text)


def data_part(run: Run) -> list[str]:
    """Return what reads the samples and makes targets of labels."""
    head, dtype = run.trainer.architecture.head, run.spec.training.dtype
    lines = [
        *prepare_source(Preparation.of(run.data), dtype),
        "",
        "",
        "def targets_of(labels):",
        f'    """Return what the outputs should be, (n, {head.output_count})."""',
        *_targets(head),
        "",
        "",
        "class Data:",
        '    """The samples on a device."""',
        "",
        "    def __init__(self, device):",
        "        with np.load(DATA) as file:",
        '            raw, labels, split = file["raw"], file["labels"], file["split"]',
        "        self.inputs = torch.from_numpy(prepare(raw)).to(device)",
        "        self.targets = targets_of(torch.from_numpy(labels)).to(device)",
        "        self.labels = torch.from_numpy(labels).to(device, DTYPE)",
        "        # 0: training, 1: validation, 2: test",
        "        parts = [np.flatnonzero(split == part) for part in range(3)]",
        "        self.rows = [torch.from_numpy(part) for part in parts]",
    ]
    weights = _class_weights(run)
    if weights:
        lines.append(f"        self.weights = torch.tensor({weights}, dtype=DTYPE)[")
        lines += ["            torch.from_numpy(labels).long()", "        ].to(device)"]
    return lines


def _targets(head: Head) -> list[str]:
    if head.task.kind is TaskKind.REGRESSION:
        return ["    return labels.to(DTYPE)[:, None]"]
    no, yes = (literal(float(value)) for value in head.loss.target_values(head.activation))
    is_yes = "labels[:, None] == 1"
    if head.output_count > 1:
        is_yes = f"labels[:, None] == torch.arange({head.output_count})"
    return [f"    return torch.where({is_yes}, {yes}, {no}).to(DTYPE)"]


def _class_weights(run: Run) -> str:
    classes = run.trainer.architecture.head.task.class_count
    weights = run.spec.training.class_weights.weights(run.data.train_labels, classes)
    return "" if weights is None else "[" + ", ".join(map(literal, weights.tolist())) + "]"


def frozen_layers(run: Run) -> list[int]:
    """Return the indices of the layers that training leaves alone."""
    layers = run.trainer.architecture.layers
    return [i for i, shape in enumerate(layers) if shape.layer.frozen]


def weighted_layers(run: Run, with_frozen: bool) -> list[int]:
    """Return the indices of the layers that have a matrix of weights."""
    return [
        index
        for index, shape in enumerate(run.trainer.architecture.layers)
        if shape.weight_rows and (with_frozen or not shape.layer.frozen)
    ]


def model_part(run: Run) -> list[str]:
    """Return the classes of the model, the loss, and the functions that load and ask it."""
    architecture = run.trainer.architecture
    head, frozen = architecture.head, frozen_layers(run)
    classes: dict[str, None] = {}
    layers, activations, forward = [], [], []
    count = len(architecture.layers)
    for index, shape in enumerate(architecture.layers):
        layer = LAYERS[type(shape.layer)](shape, shape.layer)
        activation = ACTIVATIONS[type(shape.activation)](shape.activation, shape.pre_outputs)
        classes |= {source.strip(): None for source in (layer.source, activation.source) if source}
        layers.append(f"            {layer.expression},")
        activations.append(f"            {activation.expression},")
        inner = f"self.layers[{index}](a{index})"
        if shape.source is not None:
            inner = f"a{index} + self.layers[{index}](a{shape.source})"
        forward.append(f"        # {layer_words(shape, index + 1, count, is_training=True)}")
        is_linear = activation.expression == "nn.Identity()"
        a = inner if is_linear else f"self.activations[{index}]({inner})"
        forward.append(f"        a{index + 1} = {a}")
    lines = []
    for source in classes:
        lines += ["", "", source]
    lines += [
        "",
        "",
        "class Network(nn.Module):",
        '    """The network; each layer is followed by its activation."""',
        "",
        "    def __init__(self):",
        "        super().__init__()",
        "        self.layers = nn.ModuleList([",
        *layers,
        "        ])",
        "        self.activations = nn.ModuleList([",
        *activations,
        "        ])",
    ]
    if frozen:
        lines += [
            "        # Frozen layers stay as they are; norms among them use their averages.",
            f"        for index in {frozen}:",
            "            self.layers[index].requires_grad_(False)",
            "            self.activations[index].requires_grad_(False)",
            "",
            "    def train(self, mode=True):",
            "        super().train(mode)",
            f"        for index in {frozen}:",
            "            self.layers[index].eval()",
            "        return self",
        ]
    body = LOSSES[type(head.loss)](head.loss, head.output_count).splitlines()
    lines += [
        "",
        "    def forward(self, a0):",
        *forward,
        f"        return a{count}",
        "",
        "",
        "def sample_losses(outputs, targets):",
        '    """Return the loss of each sample, (n,)."""',
        *(f"    {line}" for line in body),
        "",
        "",
        "def load_network(device):",
        '    """Return the network with the weights of the file."""',
        "    network = Network().to(device, DTYPE)",
        "    network.load_state_dict(load_file(WEIGHTS, device=str(device)))",
        "    return network",
        "",
        "",
        "@torch.no_grad()",
        "def predict(raw):",
        '    """Return the outputs for raw values, as the file of weights has them."""',
        '    network = load_network("cpu").eval()',
        "    return network(torch.from_numpy(prepare(raw))).numpy()",
        *_check(run),
        *_evaluation(head),
    ]
    return lines


def _check(run: Run) -> list[str]:
    raw, outputs, tolerance = shown_samples(run)
    return [
        "",
        "",
        "# A few samples, and what the playground said about them.",
        array_source("SAMPLES", raw),
        array_source("EXPECTED", outputs),
        "",
        "",
        "def check():",
        '    """Make sure that the network says what it said in the playground."""',
        "    difference = np.abs(predict(SAMPLES) - EXPECTED).max()",
        f"    assert difference <= {tolerance:.3g}, (",
        '        f"outputs are off by {difference:.3g}: are all files of this export here?"',
        "    )",
        '    print(f"{len(SAMPLES)} samples agree with the playground, to {difference:.1g}")',
    ]


def _evaluation(head: Head) -> list[str]:
    lines = [
        "",
        "",
        "@torch.no_grad()",
        "def evaluate(model, data, rows):",
        '    """Return mean loss and accuracy of some samples; NaN where there is none."""',
        "    if len(rows) == 0:",
        '        return float("nan"), float("nan")',
        "    model.eval()",
        "    outputs = model(data.inputs[rows])",
        "    loss = sample_losses(outputs, data.targets[rows]).mean().item()",
    ]
    if head.task.kind is TaskKind.REGRESSION:
        return [*lines, '    return loss, float("nan")']
    predicted = "outputs.argmax(1)"
    if head.output_count == 1:
        predicted = f"outputs[:, 0] > {literal(Certainty.of(head).border)}"
    return [
        *lines,
        f"    right = ({predicted}) == data.labels[rows]",
        "    return loss, right.float().mean().item()",
    ]
