"""The invented country Northmark: its regions, constituencies, postcodes and Parliament.

Law: added only where there is no constituency at all, in one transaction; nobody's own country is mixed with it.
"""

from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.text import slugify

from ridgeway.services.petitions.founding.rows import NORTHMARK, read_rows
from ridgeway.services.petitions.models import Constituency, Country, Parliament, Postcode, Region, SiteSettings

INWARD_DIGITS = "123456789"
INWARD_LETTERS = ("AA", "BD", "EG", "HJ", "LN", "PQ")
TERM_YEARS = 5
YEARS_SINCE_ELECTION = 2


@transaction.atomic
def add_northmark(*, now: datetime) -> bool:
    """The country is there; False where places of any country were there before."""
    if Constituency.objects.exists() or Parliament.objects.exists():
        return False
    Country.objects.get_or_create(code=NORTHMARK, defaults={"name": "Northmark"})
    SiteSettings.objects.update(parliament_name="Parliament of Northmark", government_name="Government of Northmark")
    Region.objects.bulk_create(Region(code=row["code"], name=row["name"]) for row in read_rows("regions.csv"))
    regions = {region.code: region for region in Region.objects.all()}
    constituencies = Constituency.objects.bulk_create(
        describe_constituency(row, regions[row["region"]]) for row in read_rows("constituencies.csv")
    )
    add_postcodes()
    parliament = Parliament.objects.create(**describe_parliament(now), created_at=now)
    parliament.constituencies.set(constituencies)
    return True


def describe_constituency(row: dict[str, str], region: Region) -> Constituency:
    """One constituency with whoever represents it."""
    since = row["representative_since"]
    return Constituency(
        code=row["code"],
        external_id=row["code"].removeprefix("N14"),
        name=row["name"],
        slug=slugify(row["name"]),
        region=region,
        representative_id=row["representative_id"],
        representative_name=row["representative_name"],
        representative_party=row["representative_party"],
        representative_url=row["representative_url"],
        representative_since=date.fromisoformat(since) if since else None,
        example_postcode=f"{row['outward']}1AA",
        starts_on=date(2010, 1, 1),
    )


def add_postcodes() -> None:
    """A few dozen of each constituency."""
    Postcode.objects.bulk_create(
        Postcode(key=f"{row['outward']}{digit}{letters}", constituency_code=row["code"])
        for row in read_rows("constituencies.csv")
        for digit in INWARD_DIGITS
        for letters in INWARD_LETTERS
    )


def describe_parliament(now: datetime) -> dict[str, object]:
    """The Parliament that sits, some years after its election."""
    year = now.year - YEARS_SINCE_ELECTION
    return {
        "period": f"{year}-{year + TERM_YEARS}",
        "government": "Civic Alliance",
        "opening_at": datetime(year, 7, 9, 9, tzinfo=UTC),
    }
