"""The page of the private mode: one document that holds no answer and is the same for everybody.

Law: the script draws everything; without it the page says so and leads to the pages of the server. The policy of the
page lets it send nothing but requests for its own files, and no form can be sent at all.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ridgeway.services.assessments.offline.modules import join_modules

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Compiled = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What one document of the private mode holds or refers to.

    Shapes:  `style` and `script` are sources that stand in the document; `styles` and `script_href` are addresses of
             those that do not. `definition` is the JSON that stands in the document, or "" when it is fetched from
             `definition_href`, whose `integrity` it must have.
    """

    policy: str = ""
    styles: tuple[str, ...] = ()
    style: str = ""
    script_href: str = ""
    script: str = ""
    definition_href: str = ""
    integrity: str = ""
    definition: str = ""
    worker_href: str = ""
    manifest_href: str = ""
    icon_href: str = ""
    exit_href: str = ""
    home_href: str = ""
    idle_seconds: int = 0


def render_document(compiled: Compiled, parts: Parts) -> str:
    """The whole document, in the source language of the assessment until the script draws it in another."""
    language = compiled["languages"][0]
    words = compiled["words"][language["code"]]
    return ENVIRONMENT.get_template("assessments/offline/document.html").render(
        language=language,
        title=read_title(compiled, language["code"]),
        publisher=compiled["publisher"]["name"],
        words=words,
        parts=parts,
        style=Markup(parts.style),  # noqa: S704 — our own source and the package's checked colours
        script=Markup(parts.script),  # noqa: S704 — our own source
        definition=Markup(parts.definition),  # noqa: S704 — JSON without a < in it
    )


def choose_language(compiled: Compiled, language: str | None) -> Compiled:
    """The same document, said to begin in `language`; unchanged when there is no such language."""
    begins = [each["code"] for each in compiled["languages"]].count(language or "")
    return {**compiled, "opens_in": language} if begins else compiled


def read_title(compiled: Compiled, language: str) -> str:
    """The title of the start page as plain text; what depends on a value is an ellipsis."""
    texts = compiled["texts"]
    nodes = texts.get(language, {}).get("start.title") or texts[compiled["languages"][0]["code"]].get("start.title")
    return flatten(nodes[0][1] if nodes else []).strip() or compiled["id"]


def flatten(line: list[Any]) -> str:
    """The letters of a line."""
    return "".join(flatten_piece(piece) for piece in line)


def flatten_piece(piece: Any) -> str:
    """The letters of a piece of a line."""
    match piece:
        case str():
            return piece
        case ["b" | "i" | "a", *_, list(inner)]:
            return flatten(inner)
        case ["x" | "plural", *_]:
            return "…"
    return " "


def render_json(compiled: Compiled) -> str:
    """The compiled document as JSON, the same for the same document, that may stand in HTML; words that no script of
    the browser says are left out.
    """
    names = list_names()
    words = {code: {name: said[name] for name in said.keys() & names} for code, said in compiled["words"].items()}
    text = json.dumps({**compiled, "words": words}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def list_names() -> frozenset[str]:
    """Every name that stands in the browser's script."""
    return frozenset(re.findall(r"\w+", join_modules("app.js")))


def name_digest(content: str | bytes) -> str:
    """The digest of a text as policies and `integrity` write it: sha256-…"""
    data = content.encode() if isinstance(content, str) else content
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()
