"""Petitions as readers find them: in every state, with answers, debates, places and topics."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count

from ridgeway.services.petitions.models import (
    DebateOutcome,
    Department,
    GovernmentResponse,
    OtherBusiness,
    Parliament,
    Petition,
    PlaceCount,
    RejectionReason,
    Signature,
    Tally,
    Topic,
)

OPENED = datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=UTC)
CLOSES = datetime(2026, 9, 2, 23, 0, tzinfo=UTC)
numbers = count(1)


def publish(action="Protect the chalk streams", *, state="open", creator="Suzie Marsh", **values):
    """A petition in this state, as its tables hold it."""
    told = {
        "background": "Most of the chalk streams in the world are here.",
        "state": state,
        "created_at": OPENED - timedelta(days=9),
        "updated_at": OPENED,
        "sponsor_token": f"sponsor{next(numbers)}",
    }
    if state in {"open", "closed", "removed"}:
        told |= {"opened_at": OPENED, "closes_at": CLOSES, "moderation_threshold_reached_at": OPENED}
    if state == "closed":
        told |= {"closed_at": CLOSES}
    if state == "rejected":
        told |= {"rejected_at": OPENED, "rejection_reason": reason(), "rejection_details": "It repeats number 7."}
    petition = Petition.objects.create(action=action, **{**told, **values})
    if creator:
        petition.creator = sign(petition, creator, role="creator")
        petition.save()
    return petition


def sign(petition, name, *, role="signer"):
    """A counted signature."""
    number = next(numbers)
    return Signature.objects.create(
        petition=petition,
        role=role,
        state="validated",
        name=name,
        email=f"secret{number}@example.org",
        canonical_email=f"secret{number}@example.org",
        postcode="SW1A1AA",
        confirm_token=f"confirm{number}",
        signed_token=f"signed{number}",
        unsubscribe_token=f"unsubscribe{number}",
        created_at=OPENED,
        updated_at=OPENED,
        validated_at=OPENED,
    )


def reason():
    """Why petitions are refused."""
    found, _ = RejectionReason.objects.get_or_create(
        code="duplicate", defaults={"title": "Duplicate", "description": "There is **already** a petition."}
    )
    return found


def answer(petition, *, summary="We will publish a plan.", at=OPENED + timedelta(days=40)):
    """The government has responded."""
    Petition.objects.filter(pk=petition.pk).update(
        response_state="responded", government_response_at=at, response_threshold_reached_at=at - timedelta(days=20)
    )
    return GovernmentResponse.objects.create(
        petition=petition,
        responded_on=date(2026, 4, 11),
        summary=summary,
        details="The **plan** is ready.\n\nSee [it](https://example.org/plan).",
        created_at=at,
        updated_at=at,
    )


def debate(petition, *, debated=True, at=OPENED + timedelta(days=80), **values):
    """Parliament has debated it, or declined to."""
    Petition.objects.filter(pk=petition.pk).update(
        debate_state="debated" if debated else "not_debated",
        debate_outcome_at=at,
        debate_threshold_reached_at=at - timedelta(days=30),
    )
    told = {"overview": "It was a long evening.", "video_url": "https://video.example/1"} if debated else {}
    return DebateOutcome.objects.create(
        petition=petition,
        debated=debated,
        debated_on=date(2026, 5, 21) if debated else None,
        created_at=at,
        updated_at=at,
        **{**told, **values},
    )


def decorate(petition):
    """A petition with everything that can stand beside one."""
    petition.topics.add(Topic.objects.get_or_create(code="environment", defaults={"name": "Environment"})[0])
    department, _ = Department.objects.get_or_create(
        name="Department for Rivers", defaults={"acronym": "DfR", "url": "https://rivers.example"}
    )
    petition.departments.add(department)
    OtherBusiness.objects.create(
        petition=petition,
        subject="A committee wrote a letter",
        body="It *asks* for a date.",
        occurred_on=date(2026, 4, 1),
        created_at=OPENED,
        updated_at=OPENED,
    )
    for kind, code, number in (
        ("constituency", "E14000001", 7),
        ("constituency", "E14000002", 3),
        ("country", "GB", 10),
        ("country", "FR", 2),
    ):
        PlaceCount.objects.create(petition=petition, kind=kind, code=code, count=number)
    for day in range(4):
        Tally.objects.create(petition=petition, minute_at=OPENED + timedelta(days=day), count=3)
    return petition


def archive(petition, *, period="2019-2024"):
    """It belongs to a Parliament of before."""
    parliament, _ = Parliament.objects.get_or_create(
        period=period,
        defaults={
            "government": "The last government",
            "dissolution_at": datetime(2024, 5, 30, 0, 0, tzinfo=UTC),
            "threshold_for_response": 5_000,
            "threshold_for_debate": 50_000,
            "archived_at": OPENED,
            "created_at": OPENED,
        },
    )
    petition.parliament, petition.archived_at = parliament, OPENED
    petition.save()
    return petition


def text_of(response):
    """What a page says, without marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
