"""The cast of the stories: a site with a petition, and those who sign it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ridgeway.journal import Entry
from ridgeway.services.petitions.models import (
    Constituency,
    Country,
    Parliament,
    Petition,
    Postcode,
    RateLimits,
    Region,
    Signature,
    SiteSettings,
)
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.writer.store import SignatureStore
from ridgeway.services.petitions.writer.values import Command, Confirm, Outcome, Take, encoder, outcome_decoder

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MANY = 1_000_000


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def found_site(**values: Any) -> SiteSettings:
    """The site as it is set up, without limits on how often one place signs."""
    RateLimits.objects.create(
        burst_rate=MANY, sustained_rate=MANY + 1, sponsor_rate=MANY, creator_rate=MANY, updated_at=NOON
    )
    north = Region.objects.create(code="N1", name="The North")
    for code, name, postcode in (("C1", "Aldwick", "AL11AA"), ("C2", "Barrowby", "BA11AA")):
        Constituency.objects.create(
            code=code, name=name, slug=name.lower(), region=north, representative_name="Ann Lee"
        )
        Postcode.objects.create(key=postcode, constituency_code=code)
    Country.objects.create(code="GB", name="United Kingdom")
    Country.objects.create(code="FR", name="France")
    Parliament.objects.create(period="2024-2029", government="Northmark", created_at=NOON)
    return SiteSettings.objects.create(updated_at=NOON, **values)


def open_petition(state: State = State.OPEN, **values: Any) -> Petition:
    """A petition by Carla, published, with her own signature."""
    petition = Petition.objects.create(
        **{
            "action": "Plant a tree for every child",
            "background": "Trees cool our streets.",
            "state": state,
            "sponsor_token": f"sponsors-{Petition.objects.count()}",
            "created_at": NOON - timedelta(days=30),
            "updated_at": NOON - timedelta(days=30),
            "opened_at": NOON - timedelta(days=10) if state in {State.OPEN, State.CLOSED} else None,
            "closes_at": NOON + timedelta(days=170) if state in {State.OPEN, State.CLOSED} else None,
            "signature_count": 0 if state is State.PENDING else 1,
        }
        | values
    )
    petition.creator = sign_row(
        petition,
        "Carla",
        role=SignatureRole.CREATOR,
        state=SignatureState.PENDING if state is State.PENDING else SignatureState.VALIDATED,
    )
    petition.save(update_fields=["creator"])
    return petition


def sign_row(petition: Petition, name: str, **values: Any) -> Signature:
    """A signature as a row, uncounted."""
    email = f"{name.lower()}@example.org"
    return Signature.objects.create(
        **{
            "petition": petition,
            "name": name,
            "email": email,
            "canonical_email": email,
            "postcode": "AL11AA",
            "confirm_token": f"confirm-{name}",
            "signed_token": f"signed-{name}",
            "unsubscribe_token": f"unsubscribe-{name}",
            "created_at": NOON,
            "updated_at": NOON,
        }
        | values
    )


def form_of(petition: Petition, name: str, **values: Any) -> Take:
    """The form that somebody of that name sends."""
    filled: dict[str, Any] = {
        "petition_id": petition.pk,
        "role": str(SignatureRole.SIGNER),
        "name": name,
        "email": f"{name.lower()}@example.org",
        "postcode": "AL11AA",
        "country_code": "GB",
        "wants_updates": True,
        "language": "en",
        "ip": "192.0.2.1",
        "nonce": "",
    }
    return Take(**(filled | values))


def do(store: SignatureStore, *commands: Command) -> list[Outcome]:
    """The outcomes of commands that came together."""
    answers = store.commit([Entry(encoder.encode(command)) for command in commands])
    return [outcome_decoder.decode(answer) for answer in answers if isinstance(answer, bytes)]


def link_of(signature: Signature) -> Confirm:
    """The link in the mail to a signer."""
    return Confirm(signature.pk, signature.confirm_token, "192.0.2.1")
