"""One petition from its first word to after its closing: every link is the one that the mails carry."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from ridgeway.office.notices.folder import FolderDelivery
from ridgeway.office.notices.outbox import Outbox
from ridgeway.office.notices.spreading import spread_mailings
from ridgeway.office.people.actor import Actor
from ridgeway.office.people.tests.cast import make_account
from ridgeway.office.tests.ready import any_office, cluster, migrated_file  # noqa: F401 - fixtures
from ridgeway.services.petitions.actions.closing import close_due
from ridgeway.services.petitions.actions.moderating import approve
from ridgeway.services.petitions.actions.responding import Given, respond
from ridgeway.services.petitions.models import Petition, RateLimits, SiteSettings
from ridgeway.services.petitions.notices import KINDS
from ridgeway.services.petitions.tests.citizens import BEGINNING, PERSON, send, settle_country, text_of
from ridgeway.services.petitions.tests.writers import writing

TITLE = "Repair the footbridge at Mill Lane"
SITE = "http://localhost:8420"


class PostOffice:
    """Sends what is queued into a folder, and finds a person's letters there."""

    def __init__(self, folder):
        self.folder = folder / "mail"
        delivery = FolderDelivery(self.folder, is_durable=False)
        clock = lambda: datetime.now(UTC) + timedelta(days=1)  # noqa: E731
        self.outbox = Outbox(delivery, folder / "claims", sender="P <p@x.example>", reply_to="", clock=clock)

    def letters_to(self, address):
        """Subject, text and headers of each, in no order."""
        spread_mailings(now=self.outbox.clock())
        while self.outbox.send_due().sent:
            pass
        read = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in self.folder.glob("*.eml")
        ]
        return [each for each in read if each["To"] == address]

    def find_link(self, address, words):
        """The address of ours that holds `words`, in a letter to a person, as a path."""
        for letter in self.letters_to(address):
            text = letter.get_body(("plain",)).get_content()
            found = re.search(rf"{SITE}(/\S*{words}\S*)", text)
            if found:
                return found[1]
        raise AssertionError(f"no letter with {words}")


@pytest.fixture
def place(any_office, tmp_path):  # noqa: F811
    """A country with a writer, a post office, low lines, and no limit on how many sign from one place."""
    assert KINDS
    with any_office.at_site("petitions"), writing():
        settle_country()
        RateLimits.objects.create(allowed_ips="127.0.0.0/8", updated_at=BEGINNING)
        SiteSettings.objects.update(threshold_for_response=8, threshold_for_debate=100)
        yield PostOffice(tmp_path)


def write_petition(browser):
    """The creator answers every question."""
    answers: tuple[tuple[str, dict[str, str]], ...] = (
        ("", {"eligible": "yes"}),
        ("/title", {"action": TITLE}),
        ("/background", {"background": "It has been closed since the flood."}),
        ("/details", {"additional_details": ""}),
        ("/your-details", {**PERSON, "email": "carol@example.net", "email_again": "carol@example.net"}),
        ("/check", {}),
    )
    for step, fields in answers:
        response = send(browser, f"/petitions/new{step}", fields, purpose="petitions.create")
    assert response["Location"] == "/petitions/thank-you"


def sign(address, person, **changed):
    """Somebody sends the last form."""
    mail = f"{person}@example.org"
    fields = {**PERSON, "name": person.title(), "email": mail, "email_again": mail, "step": "check", "nonce": person}
    response = send(Client(), address, {**fields, **changed}, purpose="petitions.sign")
    assert response["Location"].endswith("/thank-you")
    return mail


def read_json(petition_id):
    """What programs read."""
    return Client().get(f"/petitions/{petition_id}.json").json()["data"]["attributes"]


def test_a_petition_from_its_first_word_to_after_its_closing(place):
    write_petition(Client())
    link = place.find_link("carol@example.net", "sponsors/new")
    petition = Petition.objects.get()
    for person in ("ann", "ben", "cat", "dan", "eve"):
        mail = sign(link, person)
        assert "Thank you for supporting" in text_of(Client().get(place.find_link(mail, "/verify"), follow=True))
    subjects = sorted(letter["Subject"] for letter in place.letters_to("carol@example.net"))
    assert subjects == [
        *["Somebody supports your petition"] * 4,
        "We are checking your petition",
        "Your petition needs supporters",
    ]
    here = f"/petitions/{petition.pk}"
    assert Client().get(here)["Location"] == f"{here}/moderation-info"

    account = make_account("mo@parliament.example", "Mo", ["petitions.moderator"])
    mo = Actor(account.pk, account.name, account.email, frozenset({"petitions.moderate", "petitions.respond"}))
    approve(petition.pk, actor=mo, now=datetime.now(UTC))
    assert read_json(petition.pk)["signature_count"] == 6
    assert len(place.letters_to("ann@example.org")) == 2
    fay, gus = sign(f"{here}/signatures/new", "fay", wants_updates="on"), sign(f"{here}/signatures/new", "gus")
    assert "Your signature counts" in text_of(Client().get(place.find_link(fay, "/verify"), follow=True))
    late = place.find_link(gus, "/verify")
    assert read_json(petition.pk)["signature_count"] == 7
    hal = sign(f"{here}/signatures/new", "hal", wants_updates="on")
    Client().get(place.find_link(hal, "/verify"))
    assert read_json(petition.pk)["response_threshold_reached_at"] is not None

    today = datetime.now(UTC).astimezone(ZoneInfo("UTC")).date()
    respond(petition.pk, Given(today, "We will.", "In spring."), actor=mo, now=datetime.now(UTC), mails=True)
    assert read_json(petition.pk)["government_response"]["summary"] == "We will."
    told = [len(place.letters_to(mail)) for mail in (fay, hal, gus, "ann@example.org")]
    assert told == [2, 2, 1, 2]
    [letter] = [each for each in place.letters_to(fay) if each["List-Unsubscribe"]]
    stop = re.search(rf"<{SITE}([^>]+)>", letter["List-Unsubscribe"])[1]
    assert Client().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    respond(petition.pk, Given(today, "We have.", ""), actor=mo, now=datetime.now(UTC), mails=True)
    assert [len(place.letters_to(mail)) for mail in (fay, hal)] == [2, 3]

    Petition.objects.update(closes_at=datetime.now(UTC) - timedelta(hours=1))
    assert close_due(now=datetime.now(UTC)) == 1
    assert Client().get(f"{here}/signatures/new")["Location"] == here
    assert "Your signature counts" in text_of(Client().get(late, follow=True))
    closed = read_json(petition.pk)
    assert (closed["state"], closed["signature_count"]) == ("closed", 9)
