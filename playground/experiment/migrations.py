"""What files of older versions become: one pure function for each step to the next version.

When the format changes, the version goes up by one, and a function here takes a file of the version
before one step further. A file of any age takes all its steps in order. Functions that stand here
never change, since there are files that need them::

    def _to_2(tree: dict[str, Any]) -> dict[str, Any]:
        \"\"\"Version 2 calls the rate of learning ``learning_rate``.\"\"\"
        training = dict(tree["training"])
        training["learning_rate"] = training.pop("rate")
        return {**tree, "training": training}

    EXPERIMENT: Migrations = {1: _to_2}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.schema.validation import InvalidValue

Migration = Callable[[dict[str, Any]], dict[str, Any]]
Migrations = Mapping[int, Migration]

EXPERIMENT: Migrations = {}
"""Experiments: a tree as in the JSON file. Each function goes from its key to the next version."""
PROJECT: Migrations = {}
"""Projects: a tree with the arrays in it. The experiment in it has a version of its own."""


def migrated(tree: dict[str, Any], migrations: Migrations, what: str) -> dict[str, Any]:
    """Return a tree of any known version as one of the newest version.

    Parameters
    ----------
    tree
        With its ``version``, a whole number; a missing one counts as 1. It is not changed.
    migrations
        One function per version but the newest.
    what
        What the tree is, for the message: "project".

    Raises
    ------
    InvalidValue
        If the version is newer than the newest, or not a version at all.
    """
    newest = max(migrations, default=0) + 1
    version = tree.get("version", 1)
    field = f"{what} version"
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InvalidValue(field, version, "is not a version", f"there are 1 to {newest}")
    if version > newest:
        raise InvalidValue(
            field,
            version,
            f"is newer than {newest}, the newest that this application reads",
            "update the application",
        )
    for step in range(version, newest):
        try:
            tree = migrations[step](tree)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise InvalidValue(
                field,
                step,
                f"is damaged and cannot be brought to {step + 1} ({type(error).__name__}: {error})",
                "choose another file",
            ) from error
    return {**tree, "version": newest}
