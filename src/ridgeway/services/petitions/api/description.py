"""The programs' pages, described for programs: OpenAPI 3.1 at `/openapi.json`.

Law: every page that programs read stands here, and a test finds one that does not.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from ridgeway.services.petitions.api.answers import answer_json
from ridgeway.services.petitions.api.schemas import SCHEMAS, Schema, ref
from ridgeway.services.petitions.pages.caching import CONTENT, public
from ridgeway.services.petitions.queries.published import ARCHIVED_FACETS, FACETS, MAX_PAGE_SIZE, PAGE_SIZE

VERSION = "1.0.0"
JSON, CSV, ATOM = "application/json", "text/csv", "application/atom+xml"
SUMMARY = (
    "Petitions as they are published: read only, without a key, for any site's scripts. Field names, their order and "
    "their nulls are those of the UK Parliament's petitions service. Answers carry an ETag; ask again with "
    "If-None-Match and you get 304 while nothing has changed. Please ask no more often than Cache-Control says."
)


def asked(name: str, schema: Schema, description: str, *, where: str = "query") -> Schema:
    """A parameter."""
    return {"name": name, "in": where, "required": where == "path", "schema": schema, "description": description}


def facets(names: object) -> Schema:
    """The parameter `state`."""
    choices = list(names)  # type: ignore[call-overload]
    return asked("state", {"type": "string", "enum": choices, "default": "all"}, "Which petitions, in which order.")


ID = asked("id", {"type": "integer", "minimum": 1}, "The petition's number.", where="path")
SLUG = asked("slug", {"type": "string"}, "The constituency's name as its address has it.", where="path")
PERIOD = asked("period", {"type": "string"}, "As `2024-2029`, or `current`.", where="path")
WORDS = asked("q", {"type": "string", "maxLength": 255}, "Words that all must stand in it.")
TOPIC = asked("topic", {"type": "string"}, "A topic's code.")
OF_PARLIAMENT = asked("parliament", {"type": "string"}, "A Parliament's period.")
PAGE = asked("page", {"type": "integer", "minimum": 1, "default": 1}, "A page after the last is the last.")
SIZE = asked(
    "count", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}, "How many a page."
)
CURRENT = (facets(FACETS), WORDS, TOPIC)
ARCHIVED = (facets(ARCHIVED_FACETS), WORDS, TOPIC, OF_PARLIAMENT)


@dataclass(frozen=True, slots=True)
class Described:
    """One page: what it is, what may be asked of it, and in which shape or form it answers."""

    summary: str
    schema: str = ""
    parameters: tuple[Schema, ...] = ()
    form: str = JSON
    gone: bool = False

    def describe(self) -> Schema:
        """As OpenAPI says it."""
        content = {self.form: {"schema": ref(self.schema) if self.schema else {"type": "string"}}}
        headers = {"ETag": {"schema": {"type": "string"}}} if self.form != CSV else {}
        refusal = {"content": {JSON: {"schema": ref("Refusal")}}}
        answers: Schema = {"200": {"description": "It.", "content": content, "headers": headers}}
        if self.form != CSV:
            answers["304"] = {"description": "You have it already."}
        if any(each["in"] == "path" for each in self.parameters):
            answers |= {
                "400": {"description": "No number.", **refusal},
                "404": {"description": "Not there.", **refusal},
            }
        if self.gone:
            answers["410"] = {"description": "It was public, and is not any more.", **refusal}
        return {"get": {"summary": self.summary, "parameters": list(self.parameters), "responses": answers}}


PAGES: dict[str, Described] = {
    "/petitions.json": Described("Petitions, a page at a time.", "Petitions", (*CURRENT, PAGE, SIZE)),
    "/petitions.csv": Described("The whole list for a spreadsheet.", "", CURRENT, CSV),
    "/petitions.atom": Described("The first fifty of the list as a feed.", "", CURRENT, ATOM),
    "/petitions/{id}.json": Described("One petition.", "Petition", (ID,), gone=True),
    "/petitions/{id}/count.json": Described("How far it is.", "Count", (ID,), gone=True),
    "/petitions/{id}.atom": Described("What happened to it, as a feed.", "", (ID,), ATOM),
    "/archived/petitions.json": Described(
        "Petitions to Parliaments of before.", "ArchivedPetitions", (*ARCHIVED, PAGE, SIZE)
    ),
    "/archived/petitions.csv": Described("The whole list for a spreadsheet.", "", ARCHIVED, CSV),
    "/archived/petitions/{id}.json": Described("One of them.", "ArchivedPetition", (ID,), gone=True),
    "/petitions/local/{slug}.json": Described("Open petitions signed most there.", "Local", (SLUG,)),
    "/petitions/local/{slug}/all.json": Described("All published petitions signed most there.", "Local", (SLUG,)),
    "/petitions/local/{slug}.csv": Described("Open petitions signed most there.", "", (SLUG,), CSV),
    "/petitions/local/{slug}/all.csv": Described("All published petitions signed most there.", "", (SLUG,), CSV),
    "/trending.json": Described("What is signed most in the last hour.", "Trending"),
    "/constituencies.json": Described("The constituencies in force.", "Constituencies"),
    "/parliaments.json": Described("The Parliaments, the latest first.", "Parliaments"),
    "/parliaments/{period}.json": Described("One, with its constituencies.", "Parliament", (PERIOD,)),
    "/parliaments/{period}/constituencies.json": Described("Its constituencies.", "Constituencies", (PERIOD,)),
    "/topics.json": Described("The topics.", "Topics"),
}


def describe_all(title: str, address: str) -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION, "description": SUMMARY},
        "servers": [{"url": address}],
        "paths": {address: described.describe() for address, described in PAGES.items()},
        "components": {"schemas": SCHEMAS},
    }


@public(CONTENT, cors=True)
def show_description(request: HttpRequest) -> HttpResponse:
    """`/openapi.json`."""
    return answer_json(describe_all("Petitions", settings.RIDGEWAY_SITES["petitions"]))


urlpatterns = [path("openapi.json", show_description, name="openapi")]
