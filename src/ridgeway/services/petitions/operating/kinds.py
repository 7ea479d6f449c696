"""The kinds of files that can be imported: which columns each has, and what becomes of a batch.

Law: what a file says of a code replaces what was said before; what it does not name stays.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.text import slugify

from ridgeway.services.petitions.models import Constituency, Country, Department, Postcode, Region
from ridgeway.services.petitions.operating.importing import ImportFaultError, Kind, Row
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.rules.postcodes import KEY_LIMIT, tidy_postcode

Batch = Sequence[tuple[int, Row]]
valid_url = URLValidator(schemes=["http", "https"])


def fault(line: int, what: str) -> ImportFaultError:
    """What is wrong with a line."""
    return ImportFaultError("malformed_file", f"Line {line}: {what}.")


def read_day(row: Row, name: str, line: int) -> date | None:
    """A day, or none.

    Raises:  ImportFaultError.
    """
    try:
        return date.fromisoformat(row[name]) if row[name] else None
    except ValueError as error:
        raise fault(line, f"{name} is {row[name]!r}; write a day as 2024-07-05") from error


def read_text(row: Row, name: str, line: int, *, limit: int) -> str:
    """A text that is not too long.

    Raises:  ImportFaultError.
    """
    if len(row[name]) > limit:
        raise fault(line, f"{name} is longer than {limit} characters")
    return row[name]


def read_url(row: Row, name: str, line: int) -> str:
    """An address of a page, or none.

    Raises:  ImportFaultError.
    """
    try:
        if row[name]:
            valid_url(row[name])
    except ValidationError as error:
        raise fault(line, f"{name} is {row[name]!r}; write it as https://www.parliament.example/") from error
    return read_text(row, name, line, limit=500)


def write_countries(batch: Batch) -> None:
    """Countries by code."""
    for line, row in batch:
        values = {
            "name": read_text(row, "name", line, limit=100),
            "starts_on": read_day(row, "starts_on", line),
            "ends_on": read_day(row, "ends_on", line),
        }
        Country.objects.update_or_create(code=read_text(row, "code", line, limit=3).upper(), defaults=values)


def write_regions(batch: Batch) -> None:
    """Regions by code."""
    for line, row in batch:
        values = {"name": read_text(row, "name", line, limit=100)}
        Region.objects.update_or_create(code=read_text(row, "code", line, limit=20), defaults=values)


def write_departments(batch: Batch) -> None:
    """Departments by name."""
    for line, row in batch:
        if row["email"]:
            try:
                validate_email(row["email"])
            except ValidationError as error:
                raise fault(line, "email is no address of mail") from error
        values = {
            "external_id": read_text(row, "external_id", line, limit=40),
            "acronym": read_text(row, "acronym", line, limit=10),
            "url": read_url(row, "url", line),
            "email": row["email"],
            "starts_on": read_day(row, "starts_on", line),
            "ends_on": read_day(row, "ends_on", line),
        }
        Department.objects.update_or_create(name=read_text(row, "name", line, limit=100), defaults=values)


def write_constituencies(batch: Batch) -> None:
    """Constituencies in force by code; they belong to the Parliament that sits. With `ends_on` one is over."""
    regions = dict(Region.objects.values_list("code", "pk"))
    parliament = find_parliament()
    for line, row in batch:
        if row["region"] and row["region"] not in regions:
            raise fault(line, f"there is no region {row['region']}; import regions first")
        name = read_text(row, "name", line, limit=100)
        ends_on = read_day(row, "ends_on", line)
        values = {
            "name": name,
            "slug": slugify(name, allow_unicode=False) or slugify(row["code"]),
            "region_id": regions.get(row["region"]),
            "external_id": read_text(row, "external_id", line, limit=40),
            "example_postcode": tidy_postcode(row["example_postcode"])[:KEY_LIMIT],
            "starts_on": read_day(row, "starts_on", line),
            "ends_on": ends_on,
        }
        code = read_text(row, "code", line, limit=20)
        known = Constituency.objects.filter(code=code, ends_on=ends_on).first()
        known = known or Constituency.objects.filter(code=code, ends_on=None).first() or Constituency(code=code)
        for field, value in values.items():
            setattr(known, field, value)
        known.save()
        if parliament is not None and known.ends_on is None:
            parliament.constituencies.add(known)


def write_representatives(batch: Batch) -> None:
    """Who represents the constituencies in force; an empty name is a vacancy."""
    codes = {row["constituency"] for _, row in batch}
    known = {each.code: each for each in Constituency.objects.filter(code__in=codes, ends_on=None)}
    for line, row in batch:
        if row["constituency"] not in known:
            raise fault(line, f"there is no constituency {row['constituency']} in force")
        constituency = known[row["constituency"]]
        is_vacant = not row["name"]
        constituency.representative_name = read_text(row, "name", line, limit=200)
        constituency.representative_id = "" if is_vacant else read_text(row, "id", line, limit=40)
        constituency.representative_party = "" if is_vacant else read_text(row, "party", line, limit=100)
        constituency.representative_url = "" if is_vacant else read_url(row, "url", line)
        constituency.representative_since = None if is_vacant else read_day(row, "since", line)
        constituency.save()


def write_postcodes(batch: Batch) -> None:
    """A postcode lies exactly where the rows that stand together say; codes of places need not be known yet."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for line, row in batch:
        key = tidy_postcode(row["postcode"])
        if not key or len(key) > KEY_LIMIT:
            raise fault(line, f"{row['postcode']!r} is no postcode")
        wanted[key].add(read_text(row, "constituency", line, limit=20))
    known: dict[str, set[str]] = defaultdict(set)
    stale = []
    for pk, key, code in Postcode.objects.filter(key__in=list(wanted)).values_list("pk", "key", "constituency_code"):
        known[key].add(code)
        if code not in wanted[key]:
            stale.append(pk)
    Postcode.objects.filter(pk__in=stale).delete()
    missing = [(key, code) for key, codes in wanted.items() for code in sorted(codes - known[key])]
    Postcode.objects.bulk_create(
        [Postcode(key=key, constituency_code=code) for key, code in missing], ignore_conflicts=True
    )


DAYS = ("starts_on", "ends_on")
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("countries", ("code", "name"), DAYS, write_countries),
        Kind("regions", ("code", "name"), (), write_regions),
        Kind("departments", ("name",), ("external_id", "acronym", "url", "email", *DAYS), write_departments),
        Kind(
            "constituencies",
            ("code", "name"),
            ("region", "external_id", "example_postcode", *DAYS),
            write_constituencies,
        ),
        Kind(
            "representatives",
            ("constituency",),
            ("name", "id", "party", "url", "since"),
            write_representatives,
        ),
        Kind("postcodes", ("postcode", "constituency"), (), write_postcodes, group="postcode"),
    )
}
