"""A disk that is full: mail waits, and none of it is half there."""

import os

import pytest

from ridgeway.errors import WorldError
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.outbox import Counts
from ridgeway.office.notices.tests.senders import post_greeting, register_greetings
from ridgeway.office.notices.tests.test_outbox import files_in, outbox_of
from ridgeway.office.tests.ready import migrated_file, office

__all__ = ["migrated_file", "office"]


def test_mail_waits_while_the_disk_is_full_and_goes_once_when_there_is_room(office, monkeypatch):
    register_greetings()
    for number in range(5):
        post_greeting(number)
    written, real = [], os.fsync

    def full(descriptor):
        written.append(descriptor)
        if len(written) > 2:
            raise OSError(28, "No space left on device")
        real(descriptor)

    outbox = outbox_of(office)
    outbox.delivery.is_durable = True
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WorldError) as raised:
        outbox.send_due()
    assert "No space left" in raised.value.detail
    assert list((office.settings.state_dir / "mail").iterdir()) == []
    assert set(QueuedNotice.objects.values_list("state", "attempts", "claim")) == {("queued", 0, "")}
    monkeypatch.undo()
    assert outbox.send_due() == Counts(sent=5)
    assert len(files_in(office)) == 5
