"""The second half of a PyTorch script: the training loop, on one device or on many."""

from __future__ import annotations

from playground.data.batching import WithReplacement
from playground.engine.optimizers import LBFGS
from playground.engine.schedules import ReduceOnPlateau
from playground.engine.stopping import EarlyStopping
from playground.exporting.run import Run
from playground.exporting.scripts.text import literal
from playground.exporting.scripts.torch_model import weighted_layers
from playground.exporting.scripts.torch_optimizers import (
    CLIPPINGS,
    CONSTRAINTS,
    OPTIMIZERS,
    REGULARIZERS,
)
from playground.exporting.scripts.torch_schedules import PLATEAU, schedule_source

__all__ = ["plateau_source", "training_part"]


def training_part(run: Run) -> list[str]:
    """Return everything from the optimizer to ``main``."""
    training = run.spec.training
    expression, source = OPTIMIZERS[type(training.optimizer)](training.optimizer)
    lines = ["", "", source] if source else []
    lines += [
        "",
        "",
        "def trainable(model):",
        '    """Return the parameters that training changes."""',
        "    return [p for p in model.parameters() if p.requires_grad]",
        "",
        "",
        "def make_optimizer(model):",
        '    """Return the optimizer, with a group of parameters for each layer."""',
        "    parts = [part for pair in zip(model.layers, model.activations) for part in pair]",
        '    groups = [{"params": trainable(part)} for part in parts if trainable(part)]',
        f"    return {expression}",
        "",
        "",
        schedule_source(training.schedule),
        *_penalties(run),
        *_constraint(run),
        *_update(run),
        *_plateau(run),
        *_epoch(run),
        *_main(run),
    ]
    return lines


def _penalties(run: Run) -> list[str]:
    by_gradient: dict[str, list[int]] = {}
    layers = run.trainer.architecture.layers
    for index in weighted_layers(run, with_frozen=False):
        regularizer = layers[index].regularizer(run.spec.training.regularizer)
        gradient = REGULARIZERS[type(regularizer)](regularizer)
        if gradient:
            by_gradient.setdefault(gradient, []).append(index)
    if not by_gradient:
        return []
    lines = [
        "",
        "",
        "@torch.no_grad()",
        "def add_penalties(model):",
        '    """Add the gradient of the penalty on the weights; biases and norms have none."""',
    ]
    for gradient, indices in by_gradient.items():
        lines += [
            f"    for index in {indices}:",
            "        w = model.layers[index].weight",
            f"        w.grad.add_({gradient.format(w='w')})",
        ]
    return lines


def _constraint(run: Run) -> list[str]:
    constraint = run.spec.training.constraint
    line = CONSTRAINTS[type(constraint)](constraint)
    indices = weighted_layers(run, with_frozen=False)
    if not line or not indices:
        return []
    return [
        "",
        "",
        "@torch.no_grad()",
        "def constrain(model):",
        '    """Put the weights back to where they are allowed; a row comes into one unit."""',
        f"    for index in {indices}:",
        "        w = model.layers[index].weight",
        f"        {line}",
    ]


def _update(run: Run) -> list[str]:
    training = run.spec.training
    clipping = CLIPPINGS[type(training.clipping)](training.clipping)
    noisy = weighted_layers(run, with_frozen=True) if training.weight_noise else []
    has_weights = training.class_weights.weights(
        run.data.train_labels, run.trainer.architecture.head.task.class_count
    )
    lines = [
        "",
        "",
        "def update(network, optimizer, data, rows, rank=0, world=1):",
        '    """Change the weights once, by the gradient of the mean loss of some samples.',
        "",
        "    The processes share the samples of every batch. DistributedDataParallel takes the",
        "    mean of their gradients, hence the factor: the sum over all samples is what counts.",
        '    """',
        '    model = getattr(network, "module", network)',
        "    network.train()",
        "    optimizer.zero_grad()",
        "    total = 0.0",
        "    for start in range(0, len(rows), BATCH_SIZE):",
        "        batch = rows[start : start + BATCH_SIZE][rank::world]",
        "        inputs = data.inputs[batch]",
    ]
    if training.input_noise:
        lines.append(
            f"        inputs = inputs + {literal(training.input_noise)} * torch.randn_like(inputs)"
        )
    if noisy:
        lines += [
            "        # The gradient is taken where noise has led, the step from where it was.",
            "        with torch.no_grad():",
            f"            weights = [model.layers[index].weight for index in {noisy}]",
            "            kept = [w.clone() for w in weights]",
            "            for w in weights:",
            f"                w.add_({literal(training.weight_noise)} * torch.randn_like(w))",
        ]
    lines.append("        losses = sample_losses(network(inputs), data.targets[batch])")
    if has_weights is not None:
        lines.append("        losses = losses * data.weights[batch]")
    lines += [
        "        cost = losses.sum() * world / len(rows)",
        "        cost.backward()",
        "        total += cost.item() / world",
    ]
    if noisy:
        lines += [
            "        with torch.no_grad():",
            "            for w, before in zip(weights, kept):",
            "                w.copy_(before)",
        ]
    if _penalties(run):
        lines.append("    add_penalties(model)")
    if clipping:
        lines.append(f"    {clipping}")
    is_lbfgs = isinstance(training.optimizer, LBFGS)
    lines.append(f"    optimizer.step({'lambda: cost' if is_lbfgs else ''})")
    if _constraint(run):
        lines.append("    constrain(model)")
    return [*lines, "    return total"]


def plateau_source(schedule: ReduceOnPlateau) -> str:
    """Return the class that drops the learning rate."""
    return PLATEAU.strip().format(
        threshold=literal(schedule.threshold),
        patience=schedule.patience,
        drop=literal(schedule.drop),
        final_share=literal(schedule.final_share),
        cooldown=schedule.cooldown,
    )


def _plateau(run: Run) -> list[str]:
    schedule = run.spec.training.schedule
    return ["", "", plateau_source(schedule)] if isinstance(schedule, ReduceOnPlateau) else []


def _epoch(run: Run) -> list[str]:
    training = run.spec.training
    order = "torch.arange(len(rows))"
    if isinstance(training.sampling, WithReplacement):
        order = "torch.randint(len(rows), (len(rows),), generator=generator)"
    elif training.batching.shuffles:
        order = "torch.randperm(len(rows), generator=generator)"
    share = " * plateau.share" if isinstance(training.schedule, ReduceOnPlateau) else ""
    given = ", plateau" if share else ""
    return [
        "",
        "",
        f"def train_epoch(network, optimizer, data, epoch, generator{given}, rank=0, world=1):",
        '    """Pass over the training samples once; every process draws the same order."""',
        "    rows = data.rows[0]",
        f"    rows = rows[{order}]",
        "    size = BATCH_SIZE * ACCUMULATION",
        "    steps = math.ceil(len(rows) / BATCH_SIZE)",
        "    for start in range(0, len(rows), size):",
        "        # The rate is that of the last batch of the update.",
        "        last = math.ceil(min(start + size, len(rows)) / BATCH_SIZE) - 1",
        "        share = rate_share(epoch + last / steps, 1 / steps)",
        "        for group in optimizer.param_groups:",
        f'            group["lr"] = LEARNING_RATE * share{share}',
        "        update(network, optimizer, data, rows[start : start + size], rank, world)",
    ]


def _main(run: Run) -> list[str]:
    training = run.spec.training
    schedule = training.schedule
    is_plateau = isinstance(schedule, ReduceOnPlateau)
    stopping = training.stopping if isinstance(training.stopping, EarlyStopping) else None
    given = ", plateau" if is_plateau else ""
    layers = run.trainer.architecture.layers
    optimizer = ["    optimizer = make_optimizer(model)"]
    if all(shape.layer.frozen for shape in layers if shape.has_parameters):
        optimizer = ["    optimizer, options.epochs = None, 0  # all layers are frozen"]
    accuracy = " ({accuracy:.1%})" if run.data.task.class_names else ""
    lines = [
        "",
        "",
        "def find_device():",
        '    """Return the device of this process: its own graphics card, if there is one."""',
        "    if torch.cuda.is_available():",
        '        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))',
        "    if torch.backends.mps.is_available() and DTYPE == torch.float32:",
        '        return torch.device("mps")',
        '    return torch.device("cpu")',
        "",
        "",
        "def main():",
        '    """Check, train, and save what was learned."""',
        "    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])",
        '    parser.add_argument("--epochs", type=int, default=EPOCHS)',
        '    parser.add_argument("--report", type=int, default=10, help="epochs per line")',
        "    options = parser.parse_args()",
        "    # torchrun sets these; without it there is one process.",
        '    rank = int(os.environ.get("RANK", "0"))',
        '    world = int(os.environ.get("WORLD_SIZE", "1"))',
        "    device = find_device()",
        "    if rank == 0:",
        "        check()",
        "    torch.manual_seed(SEED + rank)",
        "    model = network = load_network(device)",
        "    if world > 1:",
        '        is_cuda = device.type == "cuda"',
        "        if is_cuda:",
        "            torch.cuda.set_device(device)",
        '        torch.distributed.init_process_group("nccl" if is_cuda else "gloo")',
        "        if is_cuda:",
        "            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)",
        "        network = DistributedDataParallel(model, [device.index] if is_cuda else None)",
        "    data = Data(device)",
        *optimizer,
        "    generator = torch.Generator().manual_seed(SEED)",
    ]
    if is_plateau:
        lines.append("    plateau = Plateau()")
    if stopping is not None:
        lines.append('    best, best_epoch, best_weights = float("inf"), 0, None')
    lines += [
        "    for epoch in range(options.epochs + 1):",
        "        if epoch:",
        "            made = EPOCHS_MADE + epoch - 1",
        f"            train_epoch(network, optimizer, data, made, generator{given}, rank, world)",
        "        if rank == 0 and (epoch % options.report == 0 or epoch == options.epochs):",
        "            scores = []",
        '            for name, rows in zip(("training", "validation", "test"), data.rows):',
        "                if len(rows):",
        "                    loss, accuracy = evaluate(model, data, rows)",
        f'                    scores.append(f"{{name}} {{loss:.4f}}{accuracy}")',
        '            print(f"epoch {EPOCHS_MADE + epoch:>6g}:", ", ".join(scores), flush=True)',
    ]
    if is_plateau or stopping is not None:
        lines += [
            "        # Test samples never steer a training.",
            "        watched = data.rows[1] if len(data.rows[1]) else data.rows[0]",
            "        loss = torch.tensor(evaluate(model, data, watched)[0], device=device)",
            "        if world > 1:",
            "            torch.distributed.broadcast(loss, 0)  # all processes draw one conclusion",
            "        loss = loss.item()",
        ]
    if is_plateau:
        lines += [
            "        # While the rate still rises, nothing is a plateau.",
            f"        if epoch and EPOCHS_MADE + epoch > {literal(schedule.warmup_epochs)}:",
            "            plateau.see(loss)",
        ]
    if stopping is not None:
        lines += [
            f"        if epoch and loss < best - {literal(stopping.improvement)}:",
            "            best, best_epoch = loss, epoch",
            "            best_weights = {k: v.clone() for k, v in model.state_dict().items()}",
            f"        elif epoch - best_epoch >= {stopping.patience}:",
            "            if rank == 0:",
            "                made = EPOCHS_MADE + best_epoch",
            '                print(f"stopped early; the best epoch was {made:g}")',
            "            break",
        ]
        if stopping.restore:
            lines += ["    if best_weights:", "        model.load_state_dict(best_weights)"]
    return [
        *lines,
        "    if rank == 0 and options.epochs:",
        "        weights = {k: v.cpu().contiguous() for k, v in model.state_dict().items()}",
        '        with safe_open(WEIGHTS, framework="pt") as file:',
        "            save_file(weights, TRAINED, file.metadata())",
        '        print(f"saved {TRAINED.name}, which the playground can import")',
        "    if world > 1:",
        "        torch.distributed.destroy_process_group()",
        "",
        "",
        'if __name__ == "__main__":',
        "    main()",
    ]
