"""Entries added, moved and removed: pages, options, rules, outcomes. Pure."""

import re
from typing import Any

from ridgeway.errors import RequestError
from ridgeway.office.documents.tree import MISSING, Tree
from ridgeway.services.assessments.staff.editing.boxes import MAX_ROWS, find

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
LABEL_CHARACTERS = 40


def find_holder(tree: Tree, holder: str) -> list[dict[str, Any]]:
    """The list of named entries at a path.

    Raises:  RequestError(unknown_element).
    """
    found = find(tree, tuple(holder.split("/")))
    if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
        raise RequestError("unknown_element", f"There is no list at {holder!r}.", action="Open the page again.")
    return found


def move_entry(tree: Tree, holder: str, name: str, by: int) -> None:
    """The entry stands one place further up (`by` -1) or down (1); at the end it stays."""
    entries = find_holder(tree, holder)
    place = find_place(entries, name)
    other = place + by
    if 0 <= other < len(entries):
        entries[place], entries[other] = entries[other], entries[place]


def remove_entry(tree: Tree, holder: str, name: str) -> None:
    """The entry is gone; what names it elsewhere is for the check to find.

    Raises:  RequestError(last_entry) for the only one of its list.
    """
    entries = find_holder(tree, holder)
    if len(entries) == 1:
        raise RequestError("last_entry", "It is the only one of its list.", action="Add another one first.")
    entries.pop(find_place(entries, name))


def find_place(entries: list[dict[str, Any]], name: str) -> int:
    """Where an entry stands.

    Raises:  RequestError(unknown_element).
    """
    for place, each in enumerate(entries):
        if each["id"] == name:
            return place
    raise RequestError("unknown_element", f"There is no {name!r}.", action="Open the page again.")


def add_entry(tree: Tree, holder: str, entry: dict[str, Any], *, after: str = "") -> None:
    """The entry stands behind `after`, else last.

    Raises:  RequestError for a name that is there or is none, or above MAX_ROWS.
    """
    path = tuple(holder.split("/"))
    if find(tree, path) is MISSING:
        find(tree, path[:-1])[path[-1]] = []
    entries = find_holder(tree, holder)
    if len(entries) >= MAX_ROWS or any(each["id"] == entry["id"] for each in entries):
        raise RequestError("malformed_name", f"{entry['id']!r} is there already.", action="Give it another name.")
    entries.insert(find_place(entries, after) + 1 if after else len(entries), entry)


def make_option(tree: Tree, holder: str, label: str) -> dict[str, Any]:
    """A new option of this label; its id is made of the label's Latin letters, and free."""
    there = find(tree, tuple(holder.split("/")))
    taken = {str(each["id"]) for each in there} if isinstance(there, list) else set()
    name = re.sub(r"[^a-z0-9]+", "_", label.lower())[:LABEL_CHARACTERS].strip("_")
    return {"id": find_free(name, taken), "label": label}


def make_rule(decision: dict[str, Any]) -> dict[str, Any]:
    """A new rule for which everything holds, giving what the last one gives."""
    rules = decision.get("rules") or []
    taken = {each["id"] for each in rules}
    then = rules[-1].get("then", "") if rules else ""
    return {"id": find_free(f"R{len(rules) + 1}", taken), "if": ["-"] * len(decision.get("inputs", [])), "then": then}


def find_free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where it is taken."""
    name = name if name[:1].isalpha() else f"option_{len(taken) + 1}"
    return next(
        each for each in (name, *(f"{name}_{number}" for number in range(2, MAX_ROWS + 2))) if each not in taken
    )
