"""What is signed in one constituency, and where a postcode lies."""

from dataclasses import dataclass

from django.db.models import F

from ridgeway.services.petitions.models import Constituency, Petition, PlaceCount, Postcode
from ridgeway.services.petitions.states import PUBLISHED, PlaceKind, State

LIMIT = 50


@dataclass(frozen=True, slots=True)
class Local:
    """A petition with how many signed it here."""

    petition: Petition
    count: int


def find_constituency(slug: str) -> Constituency | None:
    """The constituency of this address that is in force."""
    return Constituency.objects.select_related("region").filter(slug=slug, ends_on=None).first()


def list_constituencies_at(key: str) -> list[Constituency]:
    """Where a tidied postcode lies: none when nobody knows it, several when it lies in several."""
    codes = Postcode.objects.filter(key=key).values("constituency_code")
    return list(Constituency.objects.filter(code__in=codes, ends_on=None).order_by("name"))


def has_constituencies() -> bool:
    """Whether anybody has told us of constituencies at all."""
    return Constituency.objects.filter(ends_on=None).exists()


def list_local(constituency: Constituency, *, is_all: bool) -> list[Local]:
    """The petitions that were signed most here: open ones, or all that were published; at most fifty."""
    states = sorted(PUBLISHED) if is_all else [State.OPEN]
    counts = (
        PlaceCount.objects.filter(kind=PlaceKind.CONSTITUENCY, code=constituency.code, count__gt=0)
        .filter(petition__state__in=states, petition__archived_at=None)
        .select_related("petition")
        .order_by(F("count").desc(), "petition_id")[:LIMIT]
    )
    return [Local(each.petition, each.count) for each in counts]
