"""The sample is whole, and nothing in it contradicts the law of the service."""

from datetime import UTC, datetime, timedelta

from ridgeway.office.tests.ready import any_office as any_office  # noqa: PLC0414
from ridgeway.office.tests.ready import cluster as cluster  # noqa: PLC0414
from ridgeway.office.tests.ready import migrated_file as migrated_file  # noqa: PLC0414
from ridgeway.office.tests.ready import office as office  # noqa: PLC0414
from ridgeway.services.petitions.models import Parliament, Petition, PlaceCount, Signature
from ridgeway.services.petitions.rules.texts import is_formula
from ridgeway.services.petitions.sample.loading import load_sample
from ridgeway.services.petitions.states import DebateState, ResponseState, State
from ridgeway.services.petitions.writer.recounting import recount

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_team_loads_a_few_thousand_petitions_in_every_state_once(any_office):
    loaded = load_sample(now=NOW)
    assert loaded.petitions == Petition.objects.count() > 2500
    assert loaded.signatures == Signature.objects.count() > 30_000
    assert {*Petition.objects.values_list("state", flat=True)} == set(State)
    assert {*Petition.objects.values_list("response_state", flat=True)} == set(ResponseState)
    assert {*Petition.objects.values_list("debate_state", flat=True)} == set(DebateState)
    assert Petition.objects.filter(language="ar").count() > 50
    assert Parliament.objects.exclude(archived_at=None).count() == 2
    assert Petition.objects.filter(creator=None).count() == 0
    assert Petition.objects.order_by("pk").first().pk == 700_000
    before = Petition.objects.count(), Signature.objects.count()
    assert load_sample(now=NOW + timedelta(days=1)).petitions == 0
    assert (Petition.objects.count(), Signature.objects.count()) == before


def test_a_recount_of_the_sample_finds_nothing_to_repair(office):
    load_sample(now=NOW)
    most_signed = Petition.objects.order_by("-signature_count").values_list("pk", flat=True)[:60]
    some = [*most_signed, *Petition.objects.order_by("pk").values_list("pk", flat=True)[:2500:40]]
    assert [recount(pk, now=NOW) for pk in some] == [None] * len(some)
    assert PlaceCount.objects.filter(count=0).count() == 0


def test_what_the_sample_says_could_have_been_typed_into_the_form_and_could_have_happened(office):
    load_sample(now=NOW)
    rows = Petition.objects.values_list("action", "background", "additional_details")
    assert max(len(action) for action, _, _ in rows) <= 80
    assert max(len(background) for _, background, _ in rows) <= 300
    assert max(len(details) for _, _, details in rows) <= 800
    assert not any(is_formula(text) for row in rows for text in row)
    assert len({action for action, _, _ in rows}) == len(rows)

    for field in ("created_at", "opened_at", "closed_at", "rejected_at", "government_response_at", "debate_outcome_at"):
        late = Petition.objects.filter(**{f"{field}__gt": NOW})
        assert late.count() == 0, field
    assert Petition.objects.filter(state=State.OPEN, closes_at__lte=NOW).count() == 0
    assert Petition.objects.filter(state=State.CLOSED, closed_at=None).count() == 0
    assert Signature.objects.filter(validated_at__gt=NOW).count() == 0
