"""A letter to one person, written once as plain text: its subject, its text, and the same as HTML.

Law: the text is the letter; the HTML says nothing else and loads nothing. A letter is a template `NAME.txt` with two
blocks, `subject` and `text`. In `text`, empty lines part paragraphs; a line `# …` is a heading, lines `* …` are a
list, lines `> …` are quoted; whole web addresses become links that show where they lead, save in what is quoted: others
wrote that, and may have written it to have it sent from here. Nothing is escaped in `.txt`, everything in the HTML that
is made of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.template import engines
from django.utils import translation
from jinja2 import Environment, Template
from markupsafe import Markup, escape

from ridgeway.office.design.prose import PARAGRAPHS, link_addresses

WRAPPER: Final = "design/letter.html"
BLANK_LINES: Final = re.compile(r"\n[ \t]*\n\s*")
SPACE_BEFORE_END: Final = re.compile(r"[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, in the recipient's language."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


def render_letter(name: str, context: Mapping[str, Any], *, language: str, site_name: str = "") -> Letter:
    """The letter of the template `name` (`petitions/mails/published.txt`), in `language`."""
    environment = find_environment()
    with translation.override(language):
        template = environment.get_template(name)
        subject = " ".join(render_block(template, "subject", context).split())
        text = tidy_text(render_block(template, "text", context))
        html = environment.get_template(WRAPPER).render(
            subject=subject, site_name=site_name, body=render_text_as_html(text)
        )
    return Letter(subject, text, html)


def find_environment() -> Environment:
    """The environment of pages, as Django's settings name it."""
    for engine in engines.all():
        environment = getattr(engine, "env", None)
        if isinstance(environment, Environment):
            return environment
    raise LookupError("Django's TEMPLATES name no Jinja2 backend.")


def render_block(template: Template, block: str, context: Mapping[str, Any]) -> str:
    """What one block of a template says."""
    return "".join(template.blocks[block](template.new_context(dict(context))))


def tidy_text(text: str) -> str:
    """`text` with one empty line between paragraphs and a line end at its end."""
    lines = SPACE_BEFORE_END.sub("\n", text.replace("\r\n", "\n"))
    return BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def render_text_as_html(text: str) -> Markup:
    """The paragraphs, headings, lists and quotations of a letter as HTML."""
    parts = (render_paragraph(part.strip("\n")) for part in PARAGRAPHS.split(text) if part.strip())
    return Markup("\n").join(part for many in parts for part in many)


def render_paragraph(paragraph: str) -> Iterable[Markup]:
    """One paragraph, parted where the kind of its lines changes."""
    for mark, lines in groupby(paragraph.split("\n"), key=find_mark):
        said = [line[len(mark) :] for line in lines]
        if mark == "# ":
            yield from (Markup('<h2 dir="auto">{}</h2>').format(link_addresses(line, guesses=False)) for line in said)
        elif mark == "* ":
            items = Markup("").join(
                Markup('<li dir="auto">{}</li>').format(link_addresses(line, guesses=False)) for line in said
            )
            yield Markup("<ul>{}</ul>").format(items)
        elif mark == "> ":
            yield Markup('<blockquote dir="auto">{}</blockquote>').format(Markup("<br>\n").join(map(escape, said)))
        else:
            yield Markup('<p dir="auto">{}</p>').format(link_addresses("\n".join(said), guesses=False))


def find_mark(line: str) -> str:
    """What a line begins with, where it means something; an empty line that is quoted has lost its space."""
    return "> " if line == ">" else line[:2] if line[:2] in {"# ", "* ", "> "} else ""
