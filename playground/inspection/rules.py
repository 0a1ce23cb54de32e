"""The rules of losses as texts with marks: ``½·({o} − {y})²``."""

from __future__ import annotations


def with_count(rule: str, count: int) -> str:
    """Put the number of outputs into a rule; a factor 1/1 is left out."""
    if count == 1:
        rule = rule.replace("2/{K}·", "2·")
        if rule.startswith("1/{K}·(") and rule.endswith(")"):
            rule = rule.removeprefix("1/{K}·(").removesuffix(")")
        rule = rule.removeprefix("1/{K}·")
    return rule.replace("{K}", str(count))


def filled(rule: str, output: float, wanted: float) -> tuple[str, list[float]]:
    """Turn ``({o} − {y})²`` into ``({} − {})²`` and the numbers in the order of their marks."""
    numbers, pattern, rest = [], "", rule
    while "{" in rest:
        before, _, rest = rest.partition("{")
        mark, _, rest = rest.partition("}")
        pattern += before + "{}"
        numbers.append(output if mark == "o" else wanted)
    return pattern + rest, numbers
