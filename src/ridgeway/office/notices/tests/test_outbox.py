"""The outbox: what becomes of each notice, in one process."""

import logging
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import transaction

from ridgeway.errors import RequestError, WorldError
from ridgeway.office.notices import Priority, cancel_mailing, post_notice, request_mailing
from ridgeway.office.notices.folder import FolderDelivery
from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.notices.outbox import PAUSES, Counts, Outbox
from ridgeway.office.notices.retention import DELETE_AFTER, FORGET_AFTER, forget_recipient, forget_settled
from ridgeway.office.notices.sending import CLAIMS
from ridgeway.office.notices.smtp import SmtpDelivery
from ridgeway.office.notices.smtpserver import SmtpServer
from ridgeway.office.notices.spreading import CHUNK, spread_mailings
from ridgeway.office.notices.status import count_outbox, list_mailings, list_notices
from ridgeway.office.notices.tests.senders import (
    NOW,
    RECIPIENTS,
    Clock,
    DroppedError,
    a_sink,
    post_greeting,
    register_greetings,
)
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office

__all__ = ["any_office", "cluster", "migrated_file", "office"]


@pytest.fixture(autouse=True)
def greetings():
    register_greetings()


def outbox_of(place, delivery=None, clock=None, **more):
    delivery = delivery or FolderDelivery(place.settings.state_dir / "mail", is_durable=False)
    folder = place.settings.path(CLAIMS)
    return Outbox(delivery, folder, sender="Office <office@example.org>", reply_to="", clock=clock or Clock(), **more)


def files_in(place):
    return sorted((place.settings.state_dir / "mail").glob("*.eml"))


def states():
    return sorted(QueuedNotice.objects.values_list("recipient_key", "state", "outcome"))


def to_sink(sink, **limits):
    return SmtpDelivery(SmtpServer("127.0.0.1", sink.port, tls="none"), **limits)


def test_a_notice_is_sent_once_however_often_it_is_posted(any_office):
    assert post_greeting(1)
    assert not post_greeting(1)
    outbox = outbox_of(any_office)
    assert outbox.send_due() == Counts(sent=1)
    assert not post_greeting(1)
    assert outbox.send_due() == Counts()
    (file,) = files_in(any_office)
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["To"] == "person1@example.org"
    assert mail["From"] == "Office <office@example.org>"
    assert mail["List-Unsubscribe"] == "<http://localhost:8420/unsubscribe/token>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Recipient"] == "1"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert post_greeting(1, version="2")
    assert outbox.send_due() == Counts(sent=1)
    assert len(files_in(any_office)) == 2


def test_a_notice_of_a_transaction_that_fails_is_none(any_office):
    def post_and_fail():
        with transaction.atomic():
            post_greeting(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        post_and_fail()
    assert outbox_of(any_office).send_due() == Counts()


def test_urgent_notices_go_before_bulk_and_later_ones_wait(any_office):
    for number in (1, 2):
        post_greeting(number, priority=Priority.BULK)
    post_greeting(3, priority=Priority.URGENT, now=NOW + timedelta(seconds=1))
    post_greeting(4, now=NOW + timedelta(hours=1))
    clock = Clock(NOW + timedelta(minutes=1))
    assert outbox_of(any_office, clock=clock, batch=1).send_due() == Counts(sent=1)
    assert [key for key, state, _ in states() if state == "sent"] == ["3"]
    assert outbox_of(any_office, clock=clock).send_due() == Counts(sent=2)
    assert [key for key, state, _ in states() if state == "queued"] == ["4"]
    assert count_outbox(now=clock()).queued == 1


def test_what_nobody_wants_any_more_is_dropped_and_staff_see_why(any_office):
    post_greeting(1, unwanted=True)
    assert outbox_of(any_office).send_due() == Counts(dropped=1)
    assert states() == [("1", "dropped", "unwanted")]
    (seen,) = list_notices(subject="test:1")
    assert "no longer wanted" in seen.explanation


def test_a_renderer_that_fails_stops_its_own_notice_alone_and_logs_no_address(any_office, caplog):
    clock = Clock()
    post_greeting(1, broken=True)
    post_greeting(2)
    with caplog.at_level(logging.DEBUG):
        assert outbox_of(any_office, clock=clock).send_due() == Counts(sent=1, postponed=1)
        for pause in PAUSES:
            clock.now += pause
            outbox_of(any_office, clock=clock).send_due()
    assert states() == [("1", "failed", "unrendered"), ("2", "sent", "")]
    assert "example.org" not in caplog.text
    assert "ValueError at senders.py" in caplog.text
    assert "ValueError" in list_notices(recipient_key="1")[0].explanation


def test_a_header_that_would_be_injected_is_refused(any_office):
    post_greeting(1, subject="Hello\r\nBcc: everybody@example.org")
    post_greeting(2, subject="Hello\u2028Bcc: everybody@example.org")
    assert outbox_of(any_office).send_due() == Counts(postponed=2)
    assert files_in(any_office) == []
    for address in ("a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "<a@example.org>", ""):
        with pytest.raises(RequestError) as raised:
            post_notice("test.greeting", subject="t", recipient_key="3", address=address, payload={}, now=NOW)
        assert raised.value.code == "invalid_address"
        assert not address or address not in str(raised.value)


def test_an_address_that_came_around_the_check_is_dropped(any_office):
    post_greeting(1)
    QueuedNotice.objects.update(address="a@example.org\nBcc: b@example.org")
    assert outbox_of(any_office).send_due() == Counts(dropped=1)
    assert states() == [("1", "dropped", "address")]


def test_a_mailing_reaches_everybody_once_even_if_asked_for_again(any_office):
    ask: dict[str, Any] = {"subject": "test:1", "not_before": NOW, "payload": {"subject": "To all"}, "now": NOW}
    request_mailing("test.greeting", version="1", **ask)
    chunks = []
    while number := spread_mailings(now=NOW):
        chunks.append(number)
    assert chunks == [CHUNK, CHUNK, CHUNK, RECIPIENTS - 3 * CHUNK]
    outbox = outbox_of(any_office)
    while outbox.send_due().total:
        pass
    request_mailing("test.greeting", version="1", **ask)
    while spread_mailings(now=NOW):
        pass
    assert outbox.send_due() == Counts()
    assert len(files_in(any_office)) == RECIPIENTS
    assert b"Subject: To all" in files_in(any_office)[0].read_bytes()
    (mailing,) = list_mailings(subject="test:1")
    assert (mailing.state, mailing.sent, mailing.queued) == ("done", RECIPIENTS, 0)


def test_a_newer_version_replaces_what_was_not_sent_of_the_older(any_office):
    ask: dict[str, Any] = {"subject": "test:1", "not_before": NOW, "now": NOW}
    request_mailing("test.greeting", version="1", payload={"recipients": 10}, **ask)
    spread_mailings(now=NOW)
    assert outbox_of(any_office, batch=4).send_due() == Counts(sent=4)
    request_mailing("test.greeting", version="2", payload={"recipients": 10}, **ask)
    while spread_mailings(now=NOW):
        pass
    assert outbox_of(any_office).send_due() == Counts(sent=10)
    found = {each.version: (each.state, each.sent, each.dropped) for each in list_mailings(subject="test:1")}
    assert found == {"1": ("replaced", 4, 6), "2": ("done", 10, 0)}


def test_a_cancelled_mailing_stops_and_goes_on_for_the_rest_when_asked_for_again(any_office):
    ask: dict[str, Any] = {
        "subject": "test:1",
        "version": "1",
        "not_before": NOW,
        "payload": {"recipients": 10},
        "now": NOW,
    }
    request_mailing("test.greeting", **ask)
    spread_mailings(now=NOW)
    outbox_of(any_office, batch=4).send_due()
    assert cancel_mailing("test.greeting", subject="test:1", now=NOW) == 6
    assert outbox_of(any_office).send_due() == Counts()
    assert spread_mailings(now=NOW) == 0
    assert "cancelled" in list_notices(recipient_key="10")[0].explanation
    request_mailing("test.greeting", **ask)
    while spread_mailings(now=NOW):
        pass
    assert outbox_of(any_office).send_due() == Counts(sent=6)
    assert len(files_in(any_office)) == 10


def test_mail_that_is_claimed_is_not_sent_after_its_cancellation(any_office, monkeypatch):
    request_mailing("test.greeting", subject="test:1", version="1", not_before=NOW, payload={"recipients": 5}, now=NOW)
    spread_mailings(now=NOW)
    monkeypatch.setattr("ridgeway.office.notices.outbox.CHECK_SECONDS", -1.0)
    seen = []

    class Cancelling(FolderDelivery):
        def hand_over(self, envelope):
            seen.append(envelope.name)
            if len(seen) == 2:
                cancel_mailing("test.greeting", subject="test:1", now=NOW)
            return super().hand_over(envelope)

    folder = any_office.settings.state_dir / "mail"
    assert outbox_of(any_office, Cancelling(folder, is_durable=False)).send_due() == Counts(sent=2)
    assert len(files_in(any_office)) == 2
    assert [state for _, state, _ in states()] == ["sent", "sent", "dropped", "dropped", "dropped"]


def test_a_folder_that_cannot_be_written_costs_no_attempt(office):
    blocked = office.settings.state_dir / "mail"
    blocked.write_text("a file where the folder should be")
    post_greeting(1)
    with pytest.raises(WorldError) as raised:
        outbox_of(office).send_due()
    assert "mail" in raised.value.detail
    assert QueuedNotice.objects.values_list("state", "attempts", "claim").get() == ("queued", 0, "")
    blocked.unlink()
    assert outbox_of(office).send_due() == Counts(sent=1)


def test_a_server_takes_mail_over_one_connection(any_office):
    for number in range(5):
        post_greeting(number)
    with a_sink() as sink:
        with to_sink(sink) as delivery:
            assert outbox_of(any_office, delivery).send_due() == Counts(sent=5)
        assert sink.connections == 1
        assert sorted(sink.recipients) == [f"person{number}@example.org" for number in range(5)]
        names = {line for _, mail in sink.mails for line in mail.split(b"\r\n") if line.startswith(b"Message-ID")}
        assert len(names) == 5


def test_a_recipient_refused_for_good_is_dropped_and_one_refused_for_now_is_tried_again(any_office):
    def answer(step, argument):
        if step == "RCPT" and "person1@" in argument:
            return "550 5.1.1 <person1@example.org> no such person"
        if step == "RCPT" and "person2@" in argument:
            return "450 4.2.0 greylisted"
        if step == "RCPT" and "person3@" in argument:
            return "550 5.7.1 we do not relay for you"
        return "554 5.6.0 no" if step == "CONTENT" and argument.startswith("person4@") else None

    clock = Clock()
    for number in range(1, 6):
        post_greeting(number)
    with a_sink(answer) as sink, to_sink(sink) as delivery:
        outbox = outbox_of(any_office, delivery, clock)
        assert outbox.send_due() == Counts(sent=1, dropped=2, postponed=2)
        assert outbox.send_due() == Counts()
        sink.answer = lambda step, argument: None
        clock.now += PAUSES[0]
        assert outbox.send_due() == Counts(sent=2)
        assert sorted(sink.recipients) == [f"person{number}@example.org" for number in (2, 3, 5)]
    notes = list(QueuedNotice.objects.filter(state="dropped").order_by("id").values_list("note", flat=True))
    assert notes == ["The mail server answered 550 5.1.1 to RCPT.", "The mail server answered 554 5.6.0 to DATA."]


def test_a_server_that_never_takes_a_recipient_makes_the_notice_fail_in_the_end(any_office):
    clock = Clock()
    post_greeting(1)
    with a_sink(lambda step, _: "451 4.3.0 later" if step == "RCPT" else None) as sink, to_sink(sink) as delivery:
        for pause in (*PAUSES, timedelta()):
            assert outbox_of(any_office, delivery, clock).send_due().total == 1
            clock.now += pause
    assert states() == [("1", "failed", "undelivered")]
    assert count_outbox(now=clock()).failed == 1


@pytest.mark.parametrize("greeting", ["421 4.3.2 not now", "554 5.7.1 never heard of you"])
def test_a_server_that_is_away_costs_no_attempt(any_office, greeting):
    post_greeting(1)
    with (
        a_sink(lambda step, _: greeting if step == "CONNECT" else None) as sink,
        to_sink(sink) as delivery,
        pytest.raises(WorldError),
    ):
        outbox_of(any_office, delivery).send_due()
    with to_sink(sink) as delivery, pytest.raises(WorldError):
        outbox_of(any_office, delivery).send_due()
    assert QueuedNotice.objects.values_list("state", "attempts", "claim").get() == ("queued", 0, "")


def test_a_server_that_hangs_is_left_in_time_and_others_get_their_mail(any_office):
    for number in (1, 2):
        post_greeting(number)
    with (
        a_sink(lambda step, argument: "hang" if step == "RCPT" and "person1@" in argument else None) as sink,
        to_sink(sink, step_seconds=0.3, mail_seconds=5) as delivery,
    ):
        assert outbox_of(any_office, delivery).send_due() == Counts(sent=1, postponed=1)
        assert sink.recipients == ["person2@example.org"]


def test_a_server_that_closes_an_idle_connection_is_simply_called_again(any_office):
    closing: list[bool] = []

    def answer(step, argument):
        if step == "MAIL" and closing:
            closing.clear()
            raise DroppedError

    with a_sink(answer) as sink, to_sink(sink) as delivery:
        post_greeting(1)
        assert outbox_of(any_office, delivery).send_due() == Counts(sent=1)
        closing.append(True)
        post_greeting(2)
        assert outbox_of(any_office, delivery).send_due() == Counts(sent=1)
        assert sink.connections == 2


def test_a_mail_whose_taking_nobody_can_know_goes_again_under_the_same_name(any_office):
    clock, dropping = Clock(), [True]

    def answer(step, argument):
        return "drop after taking" if step == "CONTENT" and dropping and dropping.pop() else None

    post_greeting(1)
    with a_sink(answer) as sink, to_sink(sink) as delivery:
        assert outbox_of(any_office, delivery, clock).send_due() == Counts(postponed=1)
        clock.now += PAUSES[0]
        assert outbox_of(any_office, delivery, clock).send_due() == Counts(sent=1)
        first, second = (message_from_bytes(mail)["Message-ID"] for _, mail in sink.mails)
        assert first == second


def test_old_notices_lose_address_and_payload_then_go(any_office):
    post_greeting(1, secret="token")
    outbox_of(any_office).send_due()
    post_greeting(2)
    assert forget_settled(NOW + FORGET_AFTER) == "0 notices forgotten, 0 deleted"
    later = NOW + FORGET_AFTER + timedelta(seconds=1)
    assert forget_settled(later) == "1 notices forgotten, 0 deleted"
    assert forget_settled(later) == "0 notices forgotten, 0 deleted"
    rows = sorted(QueuedNotice.objects.values_list("recipient_key", "address", "payload"))
    assert rows == [("1", "", "{}"), ("2", "person2@example.org", "{}")]
    assert not post_greeting(1)
    assert forget_settled(NOW + DELETE_AFTER + timedelta(seconds=1)) == "0 notices forgotten, 1 deleted"


def test_a_person_who_is_erased_gets_nothing_more(any_office):
    post_greeting(1)
    post_greeting(2)
    assert forget_recipient("1", now=NOW) == 1
    assert outbox_of(any_office).send_due() == Counts(sent=1)
    assert states() == [("1", "dropped", "forgotten"), ("2", "sent", "")]
    assert QueuedNotice.objects.get(recipient_key="1").address == ""


def test_ended_mailings_go_with_their_last_notices(any_office):
    ask: dict[str, Any] = {
        "subject": "test:1",
        "version": "1",
        "not_before": NOW,
        "payload": {"recipients": 3},
        "now": NOW,
    }
    request_mailing("test.greeting", **ask)
    while spread_mailings(now=NOW):
        pass
    outbox_of(any_office).send_due()
    forget_settled(NOW + DELETE_AFTER + timedelta(seconds=1))
    assert not RequestedMailing.objects.exists()


def test_a_mail_to_letters_beyond_ascii_needs_a_server_that_takes_them(office):
    post_notice("test.greeting", subject="t", recipient_key="1", address="jürgen@bücher.example", payload={}, now=NOW)
    post_notice("test.greeting", subject="t", recipient_key="2", address="juergen@bücher.example", payload={}, now=NOW)
    with a_sink() as sink, to_sink(sink) as delivery:
        assert outbox_of(office, delivery).send_due() == Counts(sent=1, dropped=1)
        assert sink.recipients == ["juergen@xn--bcher-kva.example"]


def test_settings_say_where_mail_goes(office):
    from ridgeway.errors import SettingsError
    from ridgeway.office.notices.sending import open_delivery

    def delivery_of(mail):
        return open_delivery(replace(office.settings, web=replace(office.settings.web, mail=mail)))

    assert delivery_of("folder:post").folder == office.settings.state_dir / "post"
    assert delivery_of("smtp://u:p%40ss@mail.example:587").server == SmtpServer(
        "mail.example", 587, "u", "p@ss", "starttls"
    )
    assert delivery_of("smtps://mail.example").server == SmtpServer("mail.example", 465, tls="smtps")
    assert delivery_of("smtp://localhost:25").server.tls == "none"
    assert "p@ss" not in repr(delivery_of("smtp://u:p%40ss@mail.example"))
    for wrong in ("smtp:", "folder:", "pigeon://x", "smtp://h:x", "smtp://h/path", "smtp://u:pw@h:99999"):
        with pytest.raises(SettingsError) as raised:
            delivery_of(wrong)
        assert "pw@h" not in str(raised.value)
