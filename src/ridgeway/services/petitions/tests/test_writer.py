from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.journal import Entry
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import DomainRule, Petition, PlaceCount, RateLimits, Signature, Tally
from ridgeway.services.petitions.rules.signing import Answer
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import NOON, Clock, do, form_of, found_site, link_of, open_petition
from ridgeway.services.petitions.writer.recounting import recount
from ridgeway.services.petitions.writer.store import SignatureStore
from ridgeway.services.petitions.writer.values import Confirm, ConfirmCreator
from ridgeway.services.petitions.writer.withdrawing import delete, invalidate, validate

pytestmark = pytest.mark.usefixtures("any_office")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock: Clock):
    return SignatureStore(clock=clock)


def kinds() -> list[str]:
    return sorted(QueuedNotice.objects.values_list("kind", flat=True))


def count_of(petition: Petition) -> int:
    return Petition.objects.get(pk=petition.pk).signature_count


def test_suzie_signs_confirms_twice_and_is_counted_once(store: SignatureStore):
    found_site()
    petition = open_petition()
    assert do(store, form_of(petition, "Suzie"))[0].answer == Answer.ACCEPTED
    suzie = Signature.objects.get(name="Suzie")
    assert (suzie.state, count_of(petition)) == (SignatureState.PENDING, 1)
    first = do(store, link_of(suzie), link_of(suzie))
    again = do(store, link_of(suzie))
    assert [each.answer for each in (*first, *again)] == [Answer.ACCEPTED] * 3
    assert {each.signed_token for each in (*first, *again)} == {suzie.signed_token}
    assert count_of(petition) == 2
    suzie.refresh_from_db()
    assert (suzie.state, suzie.number, suzie.validated_at) == (SignatureState.VALIDATED, 2, NOON)
    assert suzie.constituency is not None
    assert suzie.constituency.name == "Aldwick"
    assert set(PlaceCount.objects.values_list("kind", "code", "count")) == {
        ("constituency", "C1", 1),
        ("country", "GB", 1),
    }
    assert list(Tally.objects.values_list("minute_at", "count")) == [(NOON, 1)]
    assert kinds() == ["petitions.confirm_signature"]


def test_a_form_sent_twice_is_one_signature_and_one_mail(store: SignatureStore):
    found_site()
    petition = open_petition()
    form = form_of(petition, "Suzie", nonce="n1")
    assert {each.answer for each in do(store, form, form)} == {Answer.ACCEPTED}
    do(store, form)
    assert Signature.objects.filter(name="Suzie").count() == 1
    assert kinds() == ["petitions.confirm_signature"]


def test_who_signs_again_gets_the_mail_that_fits_and_five_at_most(store: SignatureStore, clock: Clock):
    found_site()
    petition = open_petition()
    for number in range(8):
        do(store, form_of(petition, "Suzie", nonce=f"n{number}"))
    assert Signature.objects.filter(name="Suzie").count() == 1
    assert kinds() == ["petitions.confirm_signature"] * 5
    bob_form = form_of(petition, "Bob")
    do(store, bob_form)
    do(store, link_of(Signature.objects.get(name="Bob")))
    outcome = do(store, bob_form)[0]
    assert outcome.answer == Answer.ACCEPTED
    assert not outcome.signed_token
    assert "petitions.already_signed" in kinds()


def test_a_form_sent_twice_by_somebody_who_has_signed_mails_once(store: SignatureStore):
    found_site()
    petition = open_petition()
    do(store, form_of(petition, "Suzie", nonce="first"))
    again = form_of(petition, "Suzie", nonce="second")
    for _ in range(2):
        do(store, again, again)
    assert kinds() == ["petitions.confirm_signature"] * 2
    assert Signature.objects.get(name="Suzie").mails_sent == 2


def test_a_creator_who_signs_as_a_sponsor_is_told_that_they_have(store: SignatureStore):
    found_site()
    petition = open_petition(State.PENDING)
    assert do(store, form_of(petition, "Carla", role="sponsor"))[0].answer == Answer.ACCEPTED
    assert kinds() == ["petitions.already_signed"]
    assert Signature.objects.filter(petition=petition).count() == 1


def test_a_sponsor_who_confirms_after_publication_counts_and_the_creator_hears_nothing(store: SignatureStore):
    found_site()
    petition = open_petition(State.VALIDATED)
    do(store, form_of(petition, "Ada", role="sponsor"))
    Petition.objects.filter(pk=petition.pk).update(state=State.OPEN, opened_at=NOON)
    assert do(store, link_of(Signature.objects.get(name="Ada")))[0].answer == Answer.ACCEPTED
    assert count_of(petition) == 2
    assert kinds() == ["petitions.confirm_sponsor"]


def test_a_marked_sponsor_gets_no_mail_and_the_same_answer(store: SignatureStore):
    found_site()
    RateLimits.objects.update(sponsor_rate=1)
    petition = open_petition(State.VALIDATED)
    answers = do(store, form_of(petition, "Ada", role="sponsor"), form_of(petition, "Ben", role="sponsor"))
    assert [each.answer for each in answers] == [Answer.ACCEPTED] * 2
    assert Signature.objects.get(name="Ben").state == SignatureState.FRAUDULENT
    assert kinds() == ["petitions.confirm_sponsor"]


def test_the_rules_of_a_domain_that_changed_meanwhile_make_nobody_sign_twice(store: SignatureStore, clock: Clock):
    found_site()
    petition = open_petition()
    do(store, form_of(petition, "Suzie", email="Su.Zie@example.org"))
    DomainRule.objects.create(pattern="example.org", strip_characters=".")
    do(SignatureStore(clock=clock), form_of(petition, "Suzie", email="su.zie@example.org"))
    assert Signature.objects.filter(name="Suzie").count() == 1


def test_no_statement_of_the_writer_reads_a_table_from_end_to_end(store: SignatureStore):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite says beforehand, whatever is in the tables, how it will look")
    found_site()
    opened, gathering = open_petition(), open_petition(State.PENDING)
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params[0] if many else params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        do(store, form_of(opened, "Suzie"), form_of(gathering, "Ada", role="sponsor"))
    links = [link_of(each) for each in Signature.objects.exclude(role="creator")]
    with connection.execute_wrapper(note):
        do(store, form_of(opened, "Suzie"), *links)
    plans = []
    for sql, params in statements:
        if sql.lstrip()[:6].upper() in {"SELECT", "UPDATE", "WITH W", "WITH V"}:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                plans += [(row[-1], sql) for row in cursor.fetchall()]
    assert len(plans) > 10
    scanned = ("SCAN s", "SCAN petitions_signature", "SCAN petitions_petition", "SCAN petitions_placecount")
    assert [plan for plan in plans if plan[0].startswith(scanned)] == []


def test_a_household_with_one_address_signs_twice_and_not_three_times(store: SignatureStore):
    found_site()
    petition = open_petition()
    same = {"email": "home@example.org"}
    for name in ("Suzie", "Bob", "Tim"):
        do(store, form_of(petition, name, **same))
    do(store, form_of(petition, "Elsewhere", email="Home@Example.org", postcode="BA11AA"))
    names = Signature.objects.filter(role=SignatureRole.SIGNER).values_list("name", flat=True)
    assert sorted(names) == ["Bob", "Suzie"]


def test_an_address_spelt_another_way_is_the_same_person(store: SignatureStore):
    found_site()
    petition = open_petition()
    do(
        store,
        form_of(petition, "Suzie", email="suzie.q@gmail.com"),
        form_of(petition, "Suzie", email="suzieq@googlemail.com"),
    )
    assert Signature.objects.filter(name="Suzie").count() == 1


def test_who_signs_too_often_is_answered_and_mailed_as_others_and_never_counts(store: SignatureStore):
    found_site()
    RateLimits.objects.update(burst_rate=1, sustained_rate=5)
    petition = open_petition()
    do(store, form_of(petition, "Suzie"))
    assert do(store, form_of(petition, "Mallory"))[0].answer == Answer.ACCEPTED
    mallory = Signature.objects.get(name="Mallory")
    assert mallory.state == SignatureState.FRAUDULENT
    assert kinds() == ["petitions.confirm_signature"] * 2
    outcome = do(store, link_of(mallory))[0]
    assert (outcome.answer, outcome.signed_token) == (Answer.ACCEPTED, mallory.signed_token)
    assert count_of(petition) == 1


def test_a_creator_and_five_supporters_behind_one_address_are_within_the_limits(store: SignatureStore):
    found_site()
    RateLimits.objects.update(burst_rate=1, sustained_rate=5, sponsor_rate=5, creator_rate=2)
    petition = open_petition(State.PENDING)
    Signature.objects.update(ip="192.0.2.1", source="192.0.2.1")
    names = ["Ada", "Ben", "Cem", "Dee", "Eve", "Fay"]
    do(store, *(form_of(petition, name, role="sponsor") for name in names))
    states = dict(Signature.objects.filter(role=SignatureRole.SPONSOR).values_list("name", "state"))
    assert states == dict.fromkeys(names, SignatureState.PENDING) | {"Fay": SignatureState.FRAUDULENT}


def test_a_wrong_link_says_nothing_and_changes_nothing(store: SignatureStore):
    found_site()
    petition = open_petition()
    do(store, form_of(petition, "Suzie"))
    suzie = Signature.objects.get(name="Suzie")
    for wrong in (
        Confirm(suzie.pk, "", ""),
        Confirm(suzie.pk, "x", ""),
        Confirm(suzie.pk + 99, suzie.confirm_token, ""),
    ):
        assert do(store, wrong)[0].answer == Answer.UNKNOWN
    assert count_of(petition) == 1


def test_the_link_works_a_day_longer_than_the_form(store: SignatureStore, clock: Clock):
    found_site()
    petition = open_petition(closes_at=NOON + timedelta(hours=1))
    do(store, form_of(petition, "Suzie"), form_of(petition, "Late"))
    clock.pass_by(hours=2)
    assert do(store, form_of(petition, "TooLate"))[0].answer == Answer.NOT_OPEN
    assert do(store, link_of(Signature.objects.get(name="Suzie")))[0].answer == Answer.ACCEPTED
    clock.pass_by(hours=24)
    assert do(store, link_of(Signature.objects.get(name="Late")))[0].answer == Answer.NOT_OPEN
    assert count_of(petition) == 2


def test_sponsors_confirm_the_creator_and_bring_the_petition_to_the_moderators(store: SignatureStore):
    found_site()
    petition = open_petition(State.PENDING)
    names = ["Ada", "Ben", "Cem", "Dee", "Eve"]
    for number, name in enumerate(names, 1):
        do(store, form_of(petition, name, role="sponsor"))
        do(store, link_of(Signature.objects.get(name=name)))
        petition.refresh_from_db()
        assert petition.signature_count == number + 1
        assert petition.state == (State.SPONSORED if number == 5 else State.VALIDATED)
    assert petition.moderation_threshold_reached_at == NOON
    assert petition.creator is not None
    assert petition.creator.validated_at == NOON - timedelta(seconds=1)
    mails = kinds()
    assert mails.count("petitions.supported") == 4
    assert mails.count("petitions.threshold_reached") == 1


def test_the_private_link_confirms_the_creator_once(store: SignatureStore):
    found_site()
    petition = open_petition(State.PENDING)
    for _ in range(2):
        assert do(store, ConfirmCreator(petition.pk, petition.sponsor_token, ""))[0].answer == Answer.ACCEPTED
    petition.refresh_from_db()
    assert (petition.state, petition.signature_count) == (State.VALIDATED, 1)
    assert do(store, ConfirmCreator(petition.pk, "guessed", ""))[0].answer == Answer.UNKNOWN


def test_the_twenty_first_sponsor_comes_too_late(store: SignatureStore):
    found_site(maximum_sponsors=2)
    petition = open_petition(State.VALIDATED)
    do(store, *(form_of(petition, name, role="sponsor") for name in ("Ada", "Ben", "Cem")))
    answers = do(store, *(link_of(Signature.objects.get(name=name)) for name in ("Ada", "Ben", "Cem")))
    assert [each.answer for each in answers] == [Answer.ACCEPTED, Answer.ACCEPTED, Answer.FULL]
    assert do(store, form_of(petition, "Dee", role="sponsor"))[0].answer == Answer.FULL


def test_a_threshold_is_reached_and_taken_back_when_signatures_are_withdrawn(store: SignatureStore):
    found_site(threshold_for_response=3)
    petition = open_petition()
    do(store, form_of(petition, "Suzie"), form_of(petition, "Bob"))
    do(store, *(link_of(Signature.objects.get(name=name)) for name in ("Suzie", "Bob")))
    petition.refresh_from_db()
    assert (petition.response_state, petition.response_threshold_reached_at) == ("awaiting", NOON)
    bob = Signature.objects.get(name="Bob")
    assert invalidate([bob.pk], now=NOON) == 1
    petition.refresh_from_db()
    assert (petition.response_state, petition.response_threshold_reached_at, petition.signature_count) == (
        "pending",
        None,
        2,
    )
    assert validate([bob.pk], now=NOON) == 1
    assert count_of(petition) == 3
    assert delete([bob.pk], now=NOON) == 1
    assert count_of(petition) == 2
    assert recount(petition.pk, now=NOON) is None or Petition.objects.get(pk=petition.pk).signature_count == 2


def test_a_line_that_staff_raise_is_not_taken_back_by_the_next_signature(clock: Clock):
    site = found_site(threshold_for_response=2)
    petition = open_petition()
    for name in ("Suzie", "Bob"):
        store = SignatureStore(clock=clock)
        do(store, form_of(petition, name))
        do(store, link_of(Signature.objects.get(name=name)))
        site.threshold_for_response = 50
        site.save()
    petition.refresh_from_db()
    assert (petition.signature_count, petition.response_threshold_reached_at) == (3, NOON)


def test_the_creators_signature_is_never_withdrawn(store: SignatureStore):
    found_site()
    petition = open_petition()
    assert petition.creator is not None
    assert invalidate([petition.creator.pk], now=NOON) == delete([petition.creator.pk], now=NOON) == 0


def test_a_count_that_somebody_has_spoilt_is_repaired(store: SignatureStore):
    found_site()
    petition = open_petition()
    do(store, form_of(petition, "Suzie"))
    do(store, link_of(Signature.objects.get(name="Suzie")))
    recount(petition.pk, now=NOON)
    Petition.objects.filter(pk=petition.pk).update(signature_count=77)
    PlaceCount.objects.update(count=5)
    difference = recount(petition.pk, now=NOON)
    assert difference is not None
    assert (difference.kept, difference.counted) == (77, 2)
    assert recount(petition.pk, now=NOON) is None


def test_what_is_no_command_is_refused_and_harms_no_other(store: SignatureStore):
    found_site()
    petition = open_petition()
    answers = store.commit([Entry(b"\xc1"), Entry(b""), Entry(b"\x93\xa4Take\x01\x02")])
    assert [getattr(each, "code", "") for each in answers] == ["invalid_request"] * 3
    assert do(store, form_of(petition, "Suzie"))[0].answer == Answer.ACCEPTED


def test_a_value_that_the_database_refuses_harms_no_other(store: SignatureStore):
    found_site()
    petition = open_petition()
    bad = form_of(petition, "Mallory", ip="no address of the net", nonce="n" * 500)
    do(store, form_of(petition, "Suzie"), bad, form_of(petition, "Bob"))
    names = set(Signature.objects.filter(role=SignatureRole.SIGNER).values_list("name", flat=True))
    assert {"Suzie", "Bob"} <= names
    assert do(store, form_of(petition, "Tim"))[0].answer == Answer.ACCEPTED


def test_nobody_signs_while_signing_is_paused(store: SignatureStore):
    found_site(accepts_signatures=False)
    petition = open_petition()
    assert do(store, form_of(petition, "Suzie"))[0].answer == Answer.PAUSED
    assert not Signature.objects.filter(name="Suzie").exists()


def test_no_command_shows_anybody_when_it_is_printed():
    form = form_of(Petition(pk=1), "Suzie")
    assert "Suzie" not in repr(form)
    assert "secret" not in repr(Confirm(1, "secret", "192.0.2.1"))


HISTORY = st.lists(
    st.tuples(st.sampled_from(["take", "confirm", "confirm", "invalidate", "validate", "delete"]), st.integers(0, 5)),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORY)
def test_after_any_history_the_count_is_the_number_of_valid_signatures(history: list[tuple[str, int]]):
    store = SignatureStore(clock=Clock())
    if not RateLimits.objects.exists():
        found_site()
    petition = open_petition()
    recount(petition.pk, now=NOON)
    for act, number in history:
        found = Signature.objects.filter(petition=petition, name=f"Person{number}").first()
        if act == "take":
            do(store, form_of(petition, f"Person{number}"))
        elif found is not None and act == "confirm":
            do(store, link_of(found))
        elif found is not None:
            {"invalidate": invalidate, "validate": validate, "delete": delete}[act]([found.pk], now=NOON)
    assert recount(petition.pk, now=NOON) is None
