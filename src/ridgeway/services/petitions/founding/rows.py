"""What a service cannot be opened without: its settings, limits, reasons, topics and departments, countries.

Law: one transaction; what staff have changed is never written over.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from babel import Locale
from django.db import transaction

from ridgeway.services.petitions.models import (
    Country,
    Department,
    DomainRule,
    RateLimits,
    RejectionReason,
    SiteSettings,
    Topic,
)
from ridgeway.services.petitions.rules.addresses import USUAL_RULES

FOLDER = Path(__file__).parent
NORTHMARK = "NM"
TEAM_MAILBOX = "petitions@parliament.example"
COUNTRY_CODE_LENGTH = 2
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}
"""What Babel lists beside countries."""

THIS_MACHINE = "127.0.0.0/8\n::1"
"""Whoever tries the service on its own machine is everybody at once. Requests that a proxy hands on have addresses of
their own, when `web.trusted_proxies` names it; were it forgotten, limits would silently refuse nearly everyone."""


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the files that come with the service."""
    with (FOLDER / "data" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def add_first_rows(*, now: datetime, country_code: str = NORTHMARK) -> bool:
    """What is missing is there; whether the settings were missing."""
    is_new = not SiteSettings.objects.exists()
    if is_new:
        own = {"title": "Petitions", "country_code": country_code, "team_mailbox": TEAM_MAILBOX}
        SiteSettings.objects.create(**own, updated_at=now)
        add_reasons()
        add_subjects()
    if not RateLimits.objects.exists():
        RateLimits.objects.create(allowed_ips=THIS_MACHINE, updated_at=now)
    add_domain_rules()
    add_countries()
    return is_new


def add_reasons() -> None:
    """The reasons for rejection."""
    for position, row in enumerate(read_rows("reasons.csv")):
        RejectionReason.objects.get_or_create(
            code=row["code"],
            defaults={
                "title": row["title"],
                "description": row["description"],
                "is_hidden": row["is_hidden"] == "yes",
                "position": position,
            },
        )


def add_subjects() -> None:
    """Topics, and departments that answer."""
    for row in read_rows("topics.csv"):
        Topic.objects.get_or_create(code=row["code"], defaults={"name": row["name"]})
    for row in read_rows("departments.csv"):
        Department.objects.get_or_create(name=row.pop("name"), defaults=row)


def add_domain_rules() -> None:
    """How addresses are spelled in one way, where staff have no rules yet."""
    if DomainRule.objects.exists():
        return
    DomainRule.objects.bulk_create(
        DomainRule(
            pattern=rule.pattern,
            strip_characters=rule.strip_characters,
            strip_extension=rule.strip_extension,
            aliased_to=rule.aliased_to,
        )
        for rule in USUAL_RULES
    )


def add_countries() -> None:
    """The countries of the world, where there are none yet."""
    if Country.objects.exists():
        return
    names = Locale("en").territories
    known = {code: str(name) for code, name in names.items() if len(code) == COUNTRY_CODE_LENGTH and code.isalpha()}
    codes = sorted(set(known) - NO_COUNTRIES)
    Country.objects.bulk_create(Country(code=code, name=known[code]) for code in codes)
