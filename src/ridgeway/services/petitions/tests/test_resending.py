from datetime import UTC, datetime

import pytest

from ridgeway.office.audit.models import Entry
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.people.actor import Actor
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions.resending import resend_link
from ridgeway.services.petitions.models import Petition, SiteSettings
from ridgeway.services.petitions.states import StateError
from ridgeway.services.petitions.tests.citizens import publish, settle_country

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def petition(office):  # noqa: F811
    """A petition that gathers support."""
    settle_country()
    petition = publish("Repair the footbridge")
    Petition.objects.update(state="validated")
    return petition


MO = Actor(1, "Mo", "mo@parliament.example", frozenset({"petitions.moderate"}))


def test_a_moderator_mails_the_private_link_again_with_a_copy_to_the_team(petition):
    SiteSettings.objects.update(team_mailbox="team@parliament.example")
    resend_link(petition.pk, actor=MO, now=NOW)
    rows = QueuedNotice.objects.order_by("pk").values_list("kind", "address")
    assert list(rows) == [
        ("petitions.gather_support", "carol@example.net"),
        ("petitions.preview", "team@parliament.example"),
    ]
    entry = Entry.objects.get()
    assert (entry.act, entry.subject, entry.actor_name) == ("petitions.resend_link", f"petition:{petition.pk}", "Mo")


def test_without_a_mailbox_of_the_team_there_is_no_copy(petition):
    resend_link(petition.pk, actor=MO, now=NOW)
    assert QueuedNotice.objects.count() == 1


def test_the_link_of_a_petition_that_is_public_is_mailed_to_nobody(petition):
    Petition.objects.update(state="open")
    with pytest.raises(StateError):
        resend_link(petition.pk, actor=MO, now=NOW)
    assert QueuedNotice.objects.count() == 0
