"""Experiments as text: short, exact, and safe to paste."""

from __future__ import annotations

import base64
import random
import zlib
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from playground.experiment.presets import load_experiment, preset_names
from playground.experiment.share import ShareError, spec_from_text, text_of
from playground.experiment.spec import ExperimentSpec, spec_from_tree
from playground.schema.validation import InvalidValue
from tests.schema.strategies import trees_of


def _word(content: bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return "gp1:" + base64.urlsafe_b64encode(packed).decode()


@pytest.mark.parametrize("name", preset_names())
def test_that_a_preset_is_a_short_text_and_comes_back(name: str) -> None:
    spec = load_experiment(name)
    text = text_of(spec)
    assert len(text) <= 500
    assert spec_from_text(text) == msgspec.structs.replace(spec, about="")


@settings(max_examples=40)
@given(trees_of(ExperimentSpec))
def test_that_any_experiment_comes_back(tree: dict[str, Any]) -> None:
    with suppress(InvalidValue):
        spec = spec_from_tree({**tree, "about": ""})
        assert spec_from_text(text_of(spec)) == spec


def test_that_blanks_and_line_breaks_of_a_message_do_not_matter() -> None:
    spec = load_experiment("spirals")
    text = text_of(spec)
    broken = f"\n  {text[:40]}\r\n {text[40:90]}  \n{text[90:]}\n"
    assert spec_from_text(broken).network == spec.network


def test_that_json_is_taken_as_well() -> None:
    assert spec_from_text('{"name": "Mine"}').name == "Mine"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "copy all of it, from the beginning"),
        ("hello", "does not begin with 'gp1:'"),
        ("gp2:abc", "does not begin with 'gp1:'"),
        ("gp1:", "the end of the text is missing"),
        ("gp1:ä", "the text is damaged"),
        ("gp1:____", "the text is damaged"),
        (_word(b"{}")[:-4], "copy all of it, to the end"),
        (_word(b"[]"), "expected a JSON object"),
        (_word(b'{"evil": 1}'), "evil"),
        (_word(b'{"version": 9}'), "newer"),
        (_word(b" " * 60_000_000), "unpacks to more than an experiment"),
        ("{" * 2_000_000, "at most 1,000,000"),
        ("{" * 100_000, "not valid JSON"),
    ],
)
def test_that_a_text_that_is_no_experiment_is_explained(text: str, message: str) -> None:
    with pytest.raises(ShareError, match=message):
        spec_from_text(text)


def test_that_damaged_texts_never_crash() -> None:
    chance = random.Random(1)
    good = text_of(load_experiment("digits"))
    for _ in range(300):
        at = chance.randrange(4, len(good))
        mutant = good[:at] + chance.choice("AZaz09-_=!é ") + good[at + chance.randrange(3) :]
        with suppress(ShareError):
            assert isinstance(spec_from_text(mutant), ExperimentSpec)
