"""Turn untrusted values into valid structs, with errors that name field, value and remedy."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from playground.schema.describe import Field, FieldKind, field_of, fields_of, tag_of

S = TypeVar("S", bound=msgspec.Struct)

_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z_0-9]*)|\[(\d+|\.\.\.)\]")


class InvalidValue(ValueError):
    """A value that a field cannot hold.

    Attributes
    ----------
    field
        Dotted path, such as ``network.layers.0.units``.
    value
        The offending value, or ``None`` where there is none (a field is missing).
    remedy
        What to do instead.
    """

    def __init__(self, field: str, value: Any, problem: str, remedy: str) -> None:
        self.field = field
        self.value = value
        self.remedy = remedy
        subject = f"{field} {_short(value)}" if value is not None else field
        super().__init__(f"{subject} {problem}; {remedy}")


def validated(struct: S) -> S:
    """Return an equal struct whose every field was checked against its bounds.

    msgspec checks when it decodes, not when it constructs, so every entry point passes
    through here.

    Raises
    ------
    InvalidValue
        Naming the first field that does not fit.
    """
    return decoded(msgspec.to_builtins(struct), type(struct))


def decoded(tree: Any, struct: type[S]) -> S:
    """Build a struct from plain dicts, lists, numbers and strings.

    Raises
    ------
    InvalidValue
        Naming the first field that does not fit, with the allowed range or choices.
    """
    try:
        # Through JSON: NaN and infinity become null and are refused like any other non-number.
        encoded = msgspec.json.encode(tree)
    except (UnicodeEncodeError, RecursionError) as error:
        remedy = "use letters that UTF-8 knows, and fewer brackets"
        raise InvalidValue("the file", None, f"cannot be written ({error})", remedy) from error
    try:
        return msgspec.json.decode(encoded, type=struct)
    except msgspec.ValidationError as error:
        raise _translated(error, tree, struct) from error


def replaced(struct: S, path: str, value: Any) -> S:
    """Return a copy with the field at a dotted path set, validated.

    Setting a ``kind`` switches the option and keeps those of its other fields that the new
    option has too. The name of an option, set where an option belongs, means its ``kind``.

    Parameters
    ----------
    path
        Such as ``training.learning_rate`` or ``network.layers.0.activation.kind``.
    value
        A plain value or a struct.

    Raises
    ------
    InvalidValue
        If there is no such field, or the value does not fit.
    """
    tree = json.loads(msgspec.json.encode(struct))
    steps = path.split(".")
    if isinstance(value, str) and steps[-1] != "kind":
        here = _declared(type(struct), tree, steps)
        if here is not None and here.kind is FieldKind.OPTION:
            return replaced(struct, f"{path}.kind", value)
    holder = _walk(tree, steps, path, type(struct))
    last = steps[-1]
    plain = msgspec.to_builtins(value)
    if isinstance(holder, list):
        holder[_index(holder, last, path)] = plain
    elif isinstance(holder, dict):
        if last != "kind" and last not in holder:
            raise _unknown(path, holder)
        if last == "kind":
            _switch(tree, steps, holder, plain, type(struct))
        holder[last] = plain
    else:
        raise InvalidValue(path, None, "does not exist", f"{'.'.join(steps[:-1])} has no parts")
    return decoded(tree, struct=type(struct))


def parsed_text(text: str) -> Any:
    """Read a value as typed on a command line: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _walk(tree: Any, steps: Sequence[str], path: str, struct: type[msgspec.Struct]) -> Any:
    node = tree
    for depth, step in enumerate(steps[:-1]):
        if isinstance(node, list):
            node = node[_index(node, step, path)]
        elif isinstance(node, dict) and step in node:
            if node[step] is None:
                # An optional part that is not there yet: start it from its first option.
                here = _declared(struct, tree, steps[: depth + 1])
                if here is None or not here.options:
                    raise _unknown(path, node)
                node[step] = msgspec.to_builtins(here.options[0]())
            node = node[step]
        else:
            raise _unknown(path, node)
    return node


def _index(items: list[Any], step: str, path: str) -> int:
    if not _is_index(step) or int(step) >= len(items):
        count = len(items)
        remedy = f"use a number from 0 to {count - 1}" if count else "the list is empty"
        raise InvalidValue(path, None, f"has no item {step!r}", remedy)
    return int(step)


def _is_index(step: str) -> bool:
    # "²" is a digit too, but not for int().
    return step.isascii() and step.isdigit()


def _unknown(path: str, holder: Any) -> InvalidValue:
    names = ", ".join(k for k in holder) if isinstance(holder, dict) else "nothing below it"
    return InvalidValue(path, None, "does not exist", f"there is: {names}")


def _switch(
    tree: Any, steps: list[str], holder: dict[str, Any], tag: Any, struct: type[msgspec.Struct]
) -> None:
    """Drop what the option named by ``tag`` does not have."""
    here = _declared(struct, tree, steps[:-1])
    for option in here.options if here else ():
        if tag_of(option) == tag:
            known = {f.name for f in fields_of(option)}
            for name in [k for k in holder if k not in known and k != "kind"]:
                del holder[name]


def _declared(struct: type[msgspec.Struct], tree: Any, steps: Sequence[str]) -> Field | None:
    """Return the declaration of the field at a path, following the tags in the tree."""
    current: type[msgspec.Struct] | None = struct
    field: Field | None = None
    node = tree
    for step in steps:
        if _is_index(step) and isinstance(node, list):
            node = node[int(step)] if int(step) < len(node) else None
        else:
            if current is None:
                return None
            try:
                field = field_of(current, step)
            except KeyError:
                return None
            node = node.get(step) if isinstance(node, dict) else None
        current = None
        if field is not None and field.options:
            tags = {tag_of(o): o for o in field.options}
            kind = node.get("kind") if isinstance(node, dict) else None
            current = tags.get(str(kind), field.options[0] if len(field.options) == 1 else None)
    return field


def _translated(error: msgspec.ValidationError, tree: Any, struct: type[S]) -> InvalidValue:
    matched = _PATH.match(str(error))
    assert matched is not None  # the pattern matches every string
    what, path = matched["what"], (matched["path"] or "$").removeprefix("$")
    steps = [name or index for name, index in _STEP.findall(path)]
    steps = _concrete(steps, tree, struct)
    dotted = ".".join(steps) or "the file"
    value = _lookup(tree, steps)
    declared = _declared(struct, tree, steps[:-1] if steps and steps[-1] == "kind" else steps)
    if "unknown field" in what:
        name = what.split("`")[1]
        known = ", ".join(f.name for f in fields_of(_struct_at(struct, tree, steps)))
        full = ".".join([*steps, name])
        return InvalidValue(full, None, "is not a known field", f"known here: {known}")
    if "missing required field" in what:
        name = what.split("`")[1]
        remedy = "add it"
        if name == "kind" and declared and declared.options:
            remedy = f"choose one of: {', '.join(tag_of(o) for o in declared.options)}"
        return InvalidValue(".".join([*steps, name]), None, "is missing", remedy)
    in_list = bool(steps) and _is_index(steps[-1])
    is_option = declared is not None and (
        declared.kind is FieldKind.OPTION or (declared.kind is FieldKind.OPTIONS and in_list)
    )
    if (steps and steps[-1] == "kind") or is_option:
        if declared and declared.options:
            kinds = ", ".join(tag_of(o) for o in declared.options)
            if isinstance(value, dict):
                dotted, value = f"{dotted}.kind", value.get("kind")
            return InvalidValue(dotted, value, "is not known", f"choose one of: {kinds}")
    if declared and declared.choices and (declared.kind is FieldKind.CHOICE or in_list):
        listed = ", ".join(str(c) for c in declared.choices)
        return InvalidValue(dotted, value, "is not known", f"choose one of: {listed}")
    if isinstance(value, float) and not math.isfinite(value):
        remedy = (
            f"allowed is {declared.bounds}" if declared and declared.bounds else "give a number"
        )
        return InvalidValue(dotted, value, "is not a finite number", remedy)
    is_number = isinstance(value, int | float) and "got" not in what
    if declared and declared.bounds and is_number:
        return InvalidValue(dotted, value, "is out of range", f"allowed is {declared.bounds}")
    return InvalidValue(dotted, value, "does not fit", _in_words(what))


_WORDS = {
    "`float`": "a number",
    "`int`": "a whole number",
    "`bool`": "true or false",
    "`str`": "a text",
    "`array`": "a list",
    "`object`": "a group of fields",
    "`null`": "nothing",
}


def _in_words(what: str) -> str:
    """Say what msgspec says without the names of its types."""
    for name, words in _WORDS.items():
        what = what.replace(name, words)
    return what[:1].lower() + what[1:]


def _concrete(steps: list[str], tree: Any, struct: type[msgspec.Struct]) -> list[str]:
    """Replace msgspec's ``[...]`` by the index of the item that does not decode."""
    if "..." not in steps:
        return steps
    at = steps.index("...")
    items = _lookup(tree, steps[:at])
    field = _declared(struct, tree, steps[:at])
    for index, item in enumerate(items if isinstance(items, list) else []):
        if field is not None and field.choices and item not in field.choices:
            return [*steps[:at], str(index), *steps[at + 1 :]]
        if field is not None and field.options:
            union: Any = field.options[0]
            for option in field.options[1:]:
                union = union | option
            try:
                msgspec.json.decode(msgspec.json.encode(item), type=union)
            except msgspec.ValidationError:
                return _concrete([*steps[:at], str(index), *steps[at + 1 :]], tree, struct)
    return [*steps[:at], "0", *steps[at + 1 :]]


def _struct_at(struct: type[msgspec.Struct], tree: Any, steps: list[str]) -> type[msgspec.Struct]:
    field = _declared(struct, tree, steps)
    if field is None:
        return struct
    node = _lookup(tree, steps)
    kind = node.get("kind") if isinstance(node, dict) else None
    for option in field.options:
        if tag_of(option) == kind:
            return option
    return field.options[0] if field.options else struct


def _lookup(tree: Any, steps: Sequence[str]) -> Any:
    node = tree
    for step in steps:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and _is_index(step) and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
