"""The bytes of a mail: headers checked, both parts, the headers of unsubscribing.

Law: whatever a renderer gives, no header holds a line break, and nobody but the one recipient gets the mail. The
Message-ID is the same however often one notice is sent, so that a mail server can tell a repetition. Django's messages
are used for they leave long addresses in headers whole, which Python's own newer ones do not. Next: `delivery.py`.
Source: RFC 5322, RFC 2369 (List-Unsubscribe), RFC 8058 (one click), RFC 3834 (Auto-Submitted).
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from ridgeway.errors import RequestError
from ridgeway.office.notices.addresses import is_address, is_header_text
from ridgeway.office.notices.values import Mail, Notice

MAX_SUBJECT_LENGTH = 300
MAX_MAIL_BYTES = 10 * 1024 * 1024
MAX_LINK_LENGTH = 900
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
OWN_HEADERS = frozenset(
    """from to cc bcc sender reply-to subject date message-id return-path content-type content-transfer-encoding
    mime-version list-unsubscribe list-unsubscribe-post auto-submitted resent-to resent-from received""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail as it is handed over; `name` and `posted_at` are the same each time for one notice."""

    name: str
    posted_at: datetime
    sender: str
    recipient: str = field(repr=False)
    content: bytes = field(repr=False)


def identify_notice(notice: Notice) -> str:
    """The same 32 letters and digits for the same kind, subject, version and recipient."""
    parts = (notice.kind, notice.subject, notice.version, notice.recipient_key)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def build_mail(mail: Mail, notice: Notice, *, sender: str, reply_to: str, now: datetime) -> Envelope:
    """The mail as bytes, to the notice's one recipient.

    Shapes:  `sender` and `reply_to` are the site's (`Name <name@example.org>`), for mails that have none of their own.
    Raises:  RequestError(invalid_address, invalid_mail); it repeats nothing of the mail.
    """
    if not is_address(notice.address):
        raise RequestError("invalid_address", "The recipient's address cannot be written into a mail.")
    from_name, from_address = parse_mailbox(mail.sender or sender)
    name = identify_notice(notice)
    answers = mail.reply_to or reply_to
    headers = {
        "Date": format_datetime(now),
        "Message-ID": f"<{name}@{to_ascii_domain(from_address).partition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
        **render_unsubscribing(mail.unsubscribe_url),
        **verify_headers(mail),
    }
    message = EmailMultiAlternatives(
        subject=verify_subject(mail.subject),
        body=mail.text,
        from_email=formataddr((from_name, to_ascii_domain(from_address))),
        to=[to_ascii_domain(notice.address)],
        reply_to=[formataddr(parse_mailbox(answers))] if answers else None,
        headers=headers,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.attachments:
        message.attach(verify_text(file.name, "the name of an attachment"), file.content, file.content_type)
    try:
        written: Any = message.message()  # Django's own class of message knows the ends of lines
        for part in written.walk():
            if part.is_multipart():
                # Nobody can have written it before; the library would search the whole text for its own choice.
                part.set_boundary(f"={secrets.token_hex(16)}")
        content: bytes = written.as_bytes(linesep="\r\n")
    except (BadHeaderError, UnicodeError, ValueError, LookupError) as error:
        raise RequestError("invalid_mail", "The mail cannot be written: a header or a part is not valid.") from error
    if len(content) > MAX_MAIL_BYTES:
        raise RequestError("invalid_mail", f"The mail has {len(content)} bytes; {MAX_MAIL_BYTES} are allowed.")
    return Envelope(name, notice.created_at, to_ascii_domain(from_address), to_ascii_domain(notice.address), content)


def parse_mailbox(text: str) -> tuple[str, str]:
    """Name and address of `Name <name@example.org>` or `name@example.org`.

    Raises:  RequestError(invalid_mail).
    """
    name, address = parseaddr(text)
    if not is_header_text(text) or not is_address(address):
        raise RequestError("invalid_mail", "A sender or reply address is not of the form Name <name@example.org>.")
    return name, address


def to_ascii_domain(address: str) -> str:
    """The address with its domain as the DNS knows it.

    Raises:  RequestError(invalid_address).
    """
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise RequestError("invalid_address", "The domain of an address cannot be a name in the DNS.") from error


def verify_subject(text: str) -> str:
    """The subject in one line.

    Raises:  RequestError(invalid_mail).
    """
    if len(text) > MAX_SUBJECT_LENGTH or not text.strip():
        raise RequestError("invalid_mail", f"A subject has 1 to {MAX_SUBJECT_LENGTH} characters, not {len(text)}.")
    return verify_text(text, "the subject")


def verify_text(text: str, what: str) -> str:
    """`text`, which has no control characters.

    Raises:  RequestError(invalid_mail).
    """
    if not is_header_text(text):
        raise RequestError("invalid_mail", f"A line break or control character is in {what}.")
    return text


def verify_headers(mail: Mail) -> dict[str, str]:
    """The mail's own headers, none of which is one that is set here.

    Raises:  RequestError(invalid_mail).
    """
    for name, value in mail.headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS:
            raise RequestError("invalid_mail", "A mail's own headers have names like X-Petition, and none set here.")
        verify_text(value, "a header")
    return dict(mail.headers)


def render_unsubscribing(url: str) -> dict[str, str]:
    """The headers by which a mail program unsubscribes with one click; none without an address.

    Raises:  RequestError(invalid_mail).
    """
    if not url:
        return {}
    # RFC 8058 asks for https; a lab on localhost has none.
    is_plain = url.isascii() and is_header_text(url) and not set(url) & set("<>, ") and len(url) <= MAX_LINK_LENGTH
    if not is_plain or urlsplit(url).scheme not in {"http", "https"}:
        raise RequestError("invalid_mail", "The address of unsubscribing is no plain https address.")
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
