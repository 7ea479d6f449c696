"""What somebody asked of a list: which facet, which words, which page; read from an address and put back into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from ridgeway.services.petitions.queries.published import ARCHIVED_FACETS, FACETS, MAX_PAGE_SIZE, PAGE_SIZE, Facet

MAX_WORDS_LENGTH = 255
MAX_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Listing:
    """One question to a list. `facet` is one of the facets' names; `page` is from 1."""

    facet: str = "all"
    words: str = ""
    topic: str = ""
    parliament: str = ""
    page: int = 1
    size: int = PAGE_SIZE
    is_archive: bool = False

    @property
    def facets(self) -> Mapping[str, Facet]:
        """The facets that there are."""
        return ARCHIVED_FACETS if self.is_archive else FACETS

    def query(self, **changes: object) -> str:
        """The question as the end of an address: what is usual is left out, `changes` are put in."""
        values: dict[str, object] = {
            "q": self.words,
            "state": "" if self.facet == "all" else self.facet,
            "topic": self.topic,
            "parliament": self.parliament,
            "count": "" if self.size == PAGE_SIZE else self.size,
            "page": self.page,
        }
        values |= changes
        if values["page"] == 1:
            values["page"] = ""
        if values["state"] == "all":
            values["state"] = ""
        kept = [(name, str(value)) for name, value in values.items() if value]
        return f"?{urlencode(kept)}" if kept else ""


def parse_listing(query: QueryDict, *, is_archive: bool = False) -> Listing:
    """The question in an address; what nobody knows is as if it were not there."""
    plain = Listing(is_archive=is_archive)
    facet = query.get("state", "all")
    return Listing(
        facet=facet if facet in plain.facets else "all",
        words=" ".join(query.get("q", "").split())[:MAX_WORDS_LENGTH],
        topic=query.get("topic", "")[:MAX_WORDS_LENGTH],
        parliament=query.get("parliament", "")[:MAX_WORDS_LENGTH] if is_archive else "",
        page=parse_number(query.get("page", ""), usual=1, most=MAX_PAGE),
        size=parse_number(query.get("count", ""), usual=PAGE_SIZE, most=MAX_PAGE_SIZE),
        is_archive=is_archive,
    )


def parse_number(text: str, *, usual: int, most: int) -> int:
    """A number from 1 to `most`, which stands for larger ones; `usual` when it is none."""
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        return usual
    return most if len(text.lstrip("0")) > len(str(most)) else min(int(text), most)


def has_unknown_facet(query: QueryDict, *, is_archive: bool = False) -> bool:
    """Whether an address names a facet that there is not."""
    return query.get("state", "all") not in Listing(is_archive=is_archive).facets
