"""The country of the stories: its places, its settings, and browsers of its people."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from ridgeway.office.design.formtoken import make_form_token
from ridgeway.services.petitions.models import (
    Constituency,
    Country,
    Parliament,
    Petition,
    Postcode,
    Signature,
    SiteSettings,
)

BEGINNING = datetime(2024, 7, 9, tzinfo=UTC)


def settle_country():
    """A Parliament, two constituencies (one without a representative), three countries, two postcodes."""
    SiteSettings.objects.create(title="Petitions", parliament_name="Parliament", updated_at=BEGINNING)
    Parliament.objects.create(
        period="2024-2029", government="The Government", opening_at=BEGINNING, created_at=BEGINNING
    )
    for code, name in (("GB", "United Kingdom"), ("FR", "France"), ("IE", "Ireland")):
        Country.objects.create(code=code, name=name)
    Constituency.objects.create(
        code="E14000001",
        name="Mill Valley",
        slug="mill-valley",
        representative_id="17",
        representative_name="Ada Marsh",
        representative_party="Green Party",
        representative_url="https://parliament.example/members/17",
        starts_on=date(2024, 5, 31),
    )
    Constituency.objects.create(code="E14000002", name="Harbour", slug="harbour", starts_on=date(2024, 5, 31))
    Postcode.objects.create(key="SW1A1AA", constituency_code="E14000001")
    Postcode.objects.create(key="EC1A1BB", constituency_code="E14000002")
    for code in ("E14000001", "E14000002"):
        Postcode.objects.create(key="M11AE", constituency_code=code)


def send(
    browser: Client,
    path: str,
    fields: dict[str, Any],
    *,
    purpose: str,
    given_at: datetime | None = None,
    follow: bool = False,
    **headers,
):
    """The form is sent with a token as the page gave it, now or at another time."""
    token = make_form_token(purpose, now=given_at or datetime.now(UTC), nonce=fields.pop("nonce", "a-nonce-of-tests"))
    return browser.post(path, {"form_token": token, **fields}, follow=follow, **headers)


PERSON = {
    "name": "Suzie Marsh",
    "email": "suzie@example.org",
    "email_again": "suzie@example.org",
    "location": "GB",
    "postcode": "sw1a 1aa",
}


def publish(action: str, **changed) -> Petition:
    """An open petition with its creator, and both counted."""
    now = datetime.now(UTC)
    petition = Petition.objects.create(
        action=action,
        background="It has been closed since the flood.",
        state="open",
        signature_count=1,
        sponsor_token=f"sponsor-token-of-{action}",
        parliament=Parliament.objects.first(),
        created_at=now,
        updated_at=now,
        opened_at=now,
        closes_at=now + timedelta(days=90),
        **changed,
    )
    petition.creator = Signature.objects.create(
        petition=petition,
        role="creator",
        state="validated",
        name="Carol Reed",
        email="carol@example.net",
        canonical_email="carol@example.net",
        postcode="SW1A1AA",
        confirm_token="carol-confirms",
        signed_token="carol-signed",
        unsubscribe_token="carol-unsubscribes",
        created_at=now,
        updated_at=now,
        validated_at=now,
    )
    petition.save()
    return petition


def text_of(response) -> str:
    """What a page says, without marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
