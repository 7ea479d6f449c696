"""What pages and outcomes are called, for those who read figures."""

from collections.abc import Iterable, Mapping
from typing import Any


def label_names(documents: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Titles of outcomes and pages in the source language by id, the newest version's first."""
    outcomes: dict[str, str] = {}
    pages: dict[str, str] = {}
    for compiled in documents:
        texts = compiled["texts"][compiled["languages"][0]["code"]]
        for name in compiled["outcomes"]:
            outcomes.setdefault(name, plain(texts.get(f"outcome.{name}.title")) or name)
        for page in compiled["pages"]:
            keys = [f"page.{page['id']}.title", *(f"question.{each['id']}.title" for each in page["questions"][:1])]
            found = next((plain(texts[key]) for key in keys if key in texts), "")
            pages.setdefault(page["id"], found or page["id"])
    return {"outcome": outcomes, "page": pages}


def plain(nodes: Any) -> str:
    """The words of a title without mark-up; what is worked out at run time is left as three dots."""
    return "".join(write(each) for block in nodes or () for each in block[-1])


def write(part: Any) -> str:
    """One part of a line."""
    if isinstance(part, str):
        return part
    if part[0] in {"b", "i", "a"}:
        return "".join(write(each) for each in part[-1])
    return "…" if part[0] in {"x", "plural"} else " "
