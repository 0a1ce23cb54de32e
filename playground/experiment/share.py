"""Experiments as a short text, to be sent in a message and pasted into the window.

``gp1:`` and then, in base64 for addresses, the deflated JSON of what differs from the defaults. The
weights are not in it: they follow from the seed.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib

import msgspec

from playground.experiment.spec import ExperimentSpec, spec_from_tree
from playground.experiment.summary import differences
from playground.experiment.trees import BadTree, tree_from_json
from playground.schema.validation import InvalidValue

PREFIX = "gp1:"
_LONGEST_TEXT = 100_000
_LONGEST_JSON = 1_000_000


class ShareError(Exception):
    """A text is not an experiment, or an experiment is too long for a text."""


def text_of(spec: ExperimentSpec) -> str:
    """Return an experiment as one short word. The description is left out: it is long.

    Raises
    ------
    ShareError
        If it is longer than anybody would paste, because the data itself is part of it.
    """
    spec = msgspec.structs.replace(spec, about="")
    content = json.dumps(differences(spec), separators=(",", ":"), ensure_ascii=False).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    text = PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(content) > _LONGEST_JSON or len(text) > _LONGEST_TEXT:
        raise ShareError(
            f"{spec.name!r} makes a text of {len(text):,} letters, more than the {_LONGEST_TEXT:,} "
            "that can be pasted; save it as a file instead"
        )
    return text


def spec_from_text(text: str) -> ExperimentSpec:
    """Return the experiment that a text stands for: one of :func:`text_of`, or JSON.

    Blanks and line breaks, as messages add them, do not matter.

    Raises
    ------
    ShareError
        Naming what is wrong.
    """
    if len(text) > _LONGEST_JSON:
        raise ShareError(
            f"the text has {len(text):,} letters; an experiment has at most {_LONGEST_JSON:,}"
        )
    try:
        tree = tree_from_json(_content(text))
        return spec_from_tree(tree)
    except (BadTree, InvalidValue) as error:
        raise ShareError(f"the text is not an experiment: {error}") from error


def _content(text: str) -> bytes:
    text = text.strip()
    if text.startswith("{"):
        return text.encode(errors="replace")
    if not text.startswith(PREFIX):
        raise ShareError(
            f"the text is not an experiment: it does not begin with {PREFIX!r}; "
            "copy all of it, from the beginning"
        )
    word = "".join(text.removeprefix(PREFIX).split())
    try:
        packed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(-15)
        content = unpacker.decompress(packed, _LONGEST_JSON)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise ShareError(f"the text is damaged ({error}); copy all of it, to the end") from error
    if unpacker.unconsumed_tail or unpacker.unused_data:
        raise ShareError("the text is damaged: it unpacks to more than an experiment")
    if not unpacker.eof:
        raise ShareError("the end of the text is missing; copy all of it, to the end")
    return content
