from datetime import date, timedelta

import pytest

from ridgeway.errors import AccessError
from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.people.actor import Actor
from ridgeway.office.people.models import Account
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions.business import Noted, note_business, remove_business
from ridgeway.services.petitions.actions.debating import Told, schedule_debate, tell_outcome, withdraw_outcome
from ridgeway.services.petitions.actions.moderating import ModerationError, approve, reject, restore, set_aside
from ridgeway.services.petitions.actions.opening import UnknownPetitionError
from ridgeway.services.petitions.actions.proposing import ProposalError, agree, decline, hide, take_off
from ridgeway.services.petitions.actions.responding import Given, respond, withdraw_response
from ridgeway.services.petitions.models import RejectionReason, SiteSettings
from ridgeway.services.petitions.states import Event, SignatureRole, SignatureState, State, StateError
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row

pytestmark = pytest.mark.usefixtures("any_office")
LATER = NOON + timedelta(days=400)


def employ(name: str) -> Actor:
    account = Account.objects.create(email=f"{name.lower()}@parliament.example", name=name)
    return Actor(account.pk, account.name, account.email, frozenset())


@pytest.fixture
def mona(any_office):  # noqa: F811
    found_site()
    RejectionReason.objects.create(code="duplicate", title="Duplicate", description="There is one already.")
    RejectionReason.objects.create(code="libellous", title="Libellous", description="No.", is_hidden=True)
    return employ("Mona")


def checked():
    petition = open_petition(State.SPONSORED, moderation_threshold_reached_at=NOON - timedelta(days=3))
    sign_row(petition, "Ada", role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED)
    sign_row(petition, "Ben", role=SignatureRole.SPONSOR, state=SignatureState.PENDING)
    return petition


def told() -> list[tuple[str, str]]:
    return sorted(QueuedNotice.objects.values_list("kind", "address"))


def test_mona_publishes_a_petition_and_tells_its_creator_and_confirmed_sponsors(mona):
    petition = approve(checked().pk, actor=mona, now=NOON)
    assert (petition.state, petition.opened_at, petition.moderation_lag_days) == (State.OPEN, NOON, 3)
    assert petition.closes_at is not None
    assert petition.closes_at.date() == date(2027, 5, 25)
    assert told() == [("petitions.published", "ada@example.org"), ("petitions.published", "carla@example.org")]
    entry = Entry.objects.get()
    assert (entry.act, entry.actor_name, entry.subject) == ("petitions.approve", "Mona", f"petition:{petition.pk}")


def test_mona_saves_silently_and_nobody_is_told(mona):
    approve(checked().pk, actor=mona, now=NOON, mails=False)
    assert told() == []


def test_a_petition_whose_creator_is_unconfirmed_is_not_published(mona):
    with pytest.raises(StateError, match="cannot approve"):
        approve(open_petition(State.PENDING).pk, actor=mona, now=NOON)
    assert not Entry.objects.exists()


def test_a_rejection_needs_a_reason_that_there_is(mona):
    with pytest.raises(ModerationError, match="nonsense"):
        reject(checked().pk, code="nonsense", details="", hides=False, actor=mona, now=NOON)
    with pytest.raises(ModerationError, match="4000"):
        reject(checked().pk, code="duplicate", details="x" * 4001, hides=False, actor=mona, now=NOON)
    with pytest.raises(UnknownPetitionError, match="99"):
        reject(99, code="duplicate", details="", hides=False, actor=mona, now=NOON)


def test_mona_rejects_changes_the_reason_and_takes_an_open_petition_down(mona):
    petition = approve(checked().pk, actor=mona, now=NOON, mails=False)
    petition = reject(petition.pk, code="duplicate", details="See 1.", hides=False, actor=mona, now=NOON)
    assert (petition.state, petition.rejected_at, petition.opened_at) == (State.REJECTED, NOON, NOON)
    assert {kind for kind, _ in told()} == {"petitions.rejected"}
    again = reject(petition.pk, code="duplicate", details="See 2.", hides=False, actor=mona, now=LATER, mails=False)
    assert (again.rejection_details, again.rejected_at) == ("See 2.", NOON)


def test_a_petition_published_again_keeps_its_first_dates_and_is_closed_when_they_have_passed(mona):
    petition = approve(checked().pk, actor=mona, now=NOON, mails=False)
    deadline = petition.closes_at
    reject(petition.pk, code="duplicate", details="", hides=False, actor=mona, now=NOON, mails=False)
    soon = approve(petition.pk, actor=mona, now=NOON + timedelta(days=1), mails=False)
    assert (soon.state, soon.opened_at, soon.closes_at, soon.rejected_at) == (State.OPEN, NOON, deadline, None)
    reject(petition.pk, code="duplicate", details="", hides=False, actor=mona, now=NOON, mails=False)
    late = approve(petition.pk, actor=mona, now=LATER, mails=False)
    assert (late.state, late.closed_at) == (State.CLOSED, deadline)


def test_a_petition_is_flagged_parked_and_brought_back_without_dates(mona):
    petition = checked()
    assert set_aside(petition.pk, Event.FLAG, actor=mona, now=NOON).state == State.FLAGGED
    assert set_aside(open_petition(State.SPONSORED).pk, Event.PARK, actor=mona, now=NOON).state == State.DORMANT
    back = restore(petition.pk, actor=mona, now=NOON)
    assert (back.state, back.opened_at, back.closes_at) == (State.SPONSORED, None, None)


def test_hiding_takes_four_eyes_and_never_the_same_two(mona):
    petition, sofia = checked(), employ("Sofia")
    proposal = hide(petition.pk, code="libellous", details="Names a person.", hides=False, actor=mona, now=NOON)
    assert proposal is not None
    petition.refresh_from_db()
    assert petition.state == State.SPONSORED
    with pytest.raises(ProposalError, match="proposed already"):
        hide(petition.pk, code="libellous", details="", hides=False, actor=sofia, now=NOON)
    with pytest.raises(AccessError, match="cannot agree"):
        agree(proposal.pk, actor=mona, now=NOON)
    agree(proposal.pk, actor=sofia, now=NOON)
    petition.refresh_from_db()
    assert petition.state == State.HIDDEN
    with pytest.raises(ProposalError, match="decided already"):
        agree(proposal.pk, actor=sofia, now=NOON)
    acts = list(Entry.objects.order_by("pk").values_list("act", "actor_name"))
    assert acts == [
        ("petitions.propose_hide", "Mona"),
        ("petitions.agree_to_hide", "Sofia"),
        ("petitions.hide", "Sofia"),
    ]


def test_a_removal_is_declined_then_agreed_and_remembers_what_the_petition_was(mona):
    petition, sofia = approve(checked().pk, actor=mona, now=NOON, mails=False), employ("Sofia")
    first = take_off(petition.pk, reason="Court order.", actor=mona, now=NOON)
    assert first is not None
    assert decline(first.pk, actor=sofia, now=NOON).outcome == "declined"
    second = take_off(petition.pk, reason="Court order.", actor=mona, now=NOON)
    assert second is not None
    agree(second.pk, actor=sofia, now=NOON)
    petition.refresh_from_db()
    assert (petition.state, petition.state_at_removal) == (State.REMOVED, State.OPEN)
    assert restore(petition.pk, actor=sofia, now=NOON).state == State.OPEN


def test_a_site_that_needs_no_second_person_hides_at_once(mona):
    SiteSettings.objects.update(needs_four_eyes=False)
    petition = checked()
    assert hide(petition.pk, code="duplicate", details="", hides=True, actor=mona, now=NOON) is None
    petition.refresh_from_db()
    assert petition.state == State.HIDDEN


def test_the_government_responds_corrects_and_takes_it_back(mona):
    petition = open_petition(response_threshold_reached_at=NOON, response_state="awaiting")
    given = Given(NOON.date(), "We will.", "**More** of it.")
    respond(petition.pk, given, actor=mona, now=NOON, mails=True)
    respond(petition.pk, given, actor=mona, now=NOON + timedelta(hours=1), mails=True)
    petition.refresh_from_db()
    assert (petition.response_state, petition.government_response_at) == ("responded", NOON)
    assert sorted(RequestedMailing.objects.values_list("state", flat=True).distinct()) == ["open", "replaced"]
    withdraw_response(petition.pk, actor=mona, now=LATER)
    petition.refresh_from_db()
    assert (petition.response_state, petition.government_response_at) == ("awaiting", None)
    assert not RequestedMailing.objects.filter(state="open").exists()


def test_a_debate_is_scheduled_held_told_and_taken_back(mona):
    petition, today = open_petition(), NOON.date()
    tomorrow = today + timedelta(days=1)
    scheduled = schedule_debate(petition.pk, tomorrow, today=today, actor=mona, now=NOON, mails=True)
    assert (scheduled.debate_state, scheduled.debate_scheduled_at) == ("scheduled", NOON)
    assert schedule_debate(petition.pk, today, today=today, actor=mona, now=NOON, mails=False).debate_state == "debated"
    told_of = Told(True, today, "A good debate.", video_url="https://parliament.example/1", image=b"jpeg")
    done = tell_outcome(petition.pk, told_of, actor=mona, now=NOON, mails=False)
    assert (done.debate_state, done.debate_outcome_at) == ("debated", NOON)
    assert len(done.debate_outcome.image_digest) == 64
    declined = tell_outcome(petition.pk, Told(False, None), actor=mona, now=NOON, mails=False)
    assert declined.debate_state == "not_debated"
    undone = withdraw_outcome(petition.pk, today=today, actor=mona, now=NOON)
    assert (undone.debate_state, undone.debate_outcome_at) == ("debated", None)
    assert schedule_debate(petition.pk, None, today=today, actor=mona, now=NOON, mails=False).debate_state == "pending"


def test_other_business_is_noted_corrected_and_taken_off(mona):
    petition = open_petition()
    noted = Noted("Evidence heard", "Three experts.", NOON.date())
    item = note_business(petition.pk, noted, actor=mona, now=NOON, mails=True)
    corrected = Noted("Evidence heard", "Four experts.", NOON.date())
    note_business(petition.pk, corrected, actor=mona, now=LATER, mails=False, business_id=item.pk)
    item.refresh_from_db()
    assert (item.body, item.mailed_at, item.created_at) == ("Four experts.", NOON, NOON)
    remove_business(petition.pk, item.pk, actor=mona, now=LATER)
    assert not RequestedMailing.objects.filter(state="open").exists()
