"""What posts, renders and sends notices hand to each other.

Law: values, without Django. `Notice` is what a renderer gets, `Mail` what it gives back. Next: `posting.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class Priority(IntEnum):
    """Which notice goes first; within one priority the older goes first."""

    URGENT = 0
    """Somebody sits in front of a page and waits for it: links that confirm."""
    NORMAL = 10
    BULK = 20
    """One of many: every notice of a mailing."""


class State(StrEnum):
    """Where a notice stands, for staff.

    queued → sent     handed to the mail server, or written as a file
    queued → dropped  will not be sent, and need not be: not wanted any more, cancelled, refused for good
    queued → failed   could not be sent in all attempts: somebody should look
    """

    QUEUED = "queued"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class Outcome(StrEnum):
    """Why a notice is where it is, more closely than its state."""

    NONE = ""
    UNWANTED = "unwanted"
    """The renderer said that it is not wanted any more."""
    CANCELLED = "cancelled"
    """Its mailing was cancelled, or replaced by a newer version."""
    FORGOTTEN = "forgotten"
    """The recipient's data was erased."""
    ADDRESS = "address"
    """The address cannot be written into a mail."""
    REFUSED = "refused"
    """The mail server refused it for good."""
    UNRENDERED = "unrendered"
    """It could not be rendered in all attempts."""
    UNDELIVERED = "undelivered"
    """The mail server could not take it in all attempts."""


class MailingState(StrEnum):
    """The life of a mailing: open → done, or open/done → replaced or cancelled; asked for again → open."""

    OPEN = "open"
    DONE = "done"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about to be rendered; `payload` is its own on top of its mailing's."""

    kind: str
    subject: str
    version: str
    recipient_key: str
    language: str
    created_at: datetime
    payload: Mapping[str, Any] = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is sent: plain text always, HTML when there is some.

    `unsubscribe_url` makes the headers of one-click unsubscribing (RFC 8058). `sender` and `reply_to` stand for the
    site's own (`web.mail_from`, `web.mail_reply_to`) where they are given. `headers` are further ones, `X-…`.
    """

    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    reply_to: str = field(default="", repr=False)
    sender: str = field(default="", repr=False)
    unsubscribe_url: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a mailing; `key` stands for the person and is no address."""

    key: str
    address: str = field(repr=False)
    language: str = "en"
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mailing whose recipients are being read."""

    kind: str
    subject: str
    version: str
    payload: Mapping[str, Any] = field(repr=False)
    requested_at: datetime
