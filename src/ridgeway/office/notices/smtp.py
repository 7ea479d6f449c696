"""Mail to a server by SMTP, over one connection for as long as it lasts.

Law: what a server says for good about one mail refuses that mail; what it says about us, or not for good, postpones
it, and a server that does not answer at all is nobody's fault. Each step has a limit, and each mail has one over all
its steps, so that a server that answers by single bytes holds nobody up. Next: `smtpserver.py`, `outbox.py`.
Source: RFC 5321 §4.2, RFC 3463 (a second digit 7 is about policy), RFC 6152, RFC 6531.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ridgeway.errors import WorldError
from ridgeway.office.notices.delivery import Delivered, Handover, Postponed, Refused
from ridgeway.office.notices.mails import Envelope
from ridgeway.office.notices.smtpserver import SmtpServer

STEP_SECONDS = 20
MAIL_SECONDS = 60
MAILS_A_CONNECTION = 500
"""Servers close connections that never end; we close first."""
READY = 220
CLOSING = 421
FOR_GOOD = range(500, 600)
TAKEN = range(200, 300)
ENHANCED_PARTS = 3
BROKEN = (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError)
"""The connection is of no use any more."""


@dataclass(slots=True)
class SmtpDelivery:
    """Hands mails to one server."""

    server: SmtpServer
    step_seconds: float = STEP_SECONDS
    mail_seconds: float = MAIL_SECONDS
    connection: smtplib.SMTP | None = None
    mails: int = 0
    is_repeatable: bool = False

    def hand_over(self, envelope: Envelope) -> Handover:
        """The server took the mail, refused it, or may take it later.

        Raises:  WorldError(mail_unavailable) when there is no server to talk to.
        """
        if self.mails >= MAILS_A_CONNECTION:
            self.close()
        was_open = self.connection is not None
        try:
            return self.converse(self.connect(), envelope)
        except BROKEN as error:
            self.drop()
            if not was_open:
                raise unavailable("closed the connection") from error
        # A connection that the server closed while it was idle is simply opened anew.
        try:
            return self.converse(self.connect(), envelope)
        except BROKEN as error:
            self.drop()
            raise unavailable("closed the connection") from error

    def converse(self, connection: smtplib.SMTP, envelope: Envelope) -> Handover:
        """Sender, recipient, content.

        Raises:  one of BROKEN while the server has heard of no recipient.
        """
        with self.limit(connection):
            options = ["BODY=8BITMIME"] if connection.has_extn("8bitmime") else []
            if not envelope.recipient.isascii():
                if not connection.has_extn("smtputf8"):
                    return Refused("The mail server takes no address with letters beyond ASCII.")
                options.append("SMTPUTF8")
            code, said = connection.mail(envelope.sender, options)
            if code == CLOSING:
                raise smtplib.SMTPServerDisconnected("the server closes the connection")
            if code not in TAKEN:
                return self.decline(code, said, step="MAIL", is_about_us=True)
            try:
                return self.name_recipient(connection, envelope)
            except BROKEN:
                # It may be this mail that the server cannot bear: others must not wait behind it for ever. If it broke
                # after the content the mail may have been taken; it is sent again with the same Message-ID.
                self.drop()
                return Postponed("The mail server closed the connection, or did not answer in time.")

    def name_recipient(self, connection: smtplib.SMTP, envelope: Envelope) -> Handover:
        """The server knows the recipient and has the content, or said why not."""
        connection.command_encoding = "ascii" if envelope.recipient.isascii() else "utf-8"
        code, said = connection.rcpt(envelope.recipient)
        connection.command_encoding = "ascii"
        if code not in TAKEN:
            return self.decline(code, said, step="RCPT", is_about_us=is_policy(said))
        try:
            code, said = connection.data(envelope.content)
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, to_bytes(error.smtp_error)
        if code not in TAKEN:
            return self.decline(code, said, step="DATA", is_about_us=False)
        self.mails += 1
        return Delivered()

    def decline(self, code: int, said: bytes, *, step: str, is_about_us: bool) -> Handover:
        """What a no means for this mail. What the server wrote is not kept, for it names addresses."""
        note = f"The mail server answered {code} {read_enhanced_code(said)} to {step}.".replace("  ", " ")
        if code == CLOSING or self.connection is None:
            self.drop()
            return Postponed(note)
        try:
            self.connection.rset()
        except BROKEN:
            self.drop()
        return Refused(note) if code in FOR_GOOD and not is_about_us else Postponed(note)

    def connect(self) -> smtplib.SMTP:
        """An open connection, greeted and signed in.

        Raises:  WorldError(mail_unavailable).
        """
        if self.connection is None:
            try:
                self.connection = self.open()
            except smtplib.SMTPResponseException as error:
                raise unavailable(f"answered {error.smtp_code} to our greeting") from error
            except (smtplib.SMTPException, OSError) as error:
                raise unavailable(f"cannot be used ({type(error).__name__})") from error
            self.mails = 0
        return self.connection

    def open(self) -> smtplib.SMTP:
        """A new connection, greeted, over TLS and signed in where that is asked for."""
        server = self.server
        context = None if server.tls == "none" else ssl.create_default_context()
        connection: smtplib.SMTP = (
            smtplib.SMTP_SSL(timeout=self.step_seconds, context=context)
            if server.tls == "smtps"
            else smtplib.SMTP(timeout=self.step_seconds)
        )
        connection._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - the name that TLS verifies
        try:
            with self.limit(connection):
                code, said = connection.connect(server.host, server.port)
                if code != READY:
                    raise smtplib.SMTPConnectError(code, said)
                connection.ehlo_or_helo_if_needed()
                if server.tls == "starttls":
                    connection.starttls(context=context)
                    connection.ehlo()
                if server.user:
                    connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def limit(self, connection: smtplib.SMTP) -> Iterator[None]:
        """What is done within ends in time, at worst by the connection being cut."""
        timer = threading.Timer(self.mail_seconds, cut, [connection])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def finish(self) -> None:
        """Nothing waits: what the server took is its own."""

    def drop(self) -> None:
        """The connection is given up."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def close(self) -> None:
        """The connection is ended, politely where the server answers."""
        if self.connection is not None:
            try:
                with self.limit(self.connection):
                    self.connection.quit()
            except (smtplib.SMTPException, OSError):
                self.drop()
        self.connection, self.mails = None, 0

    def __enter__(self) -> Self:
        """Nothing is opened before a mail is handed over."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The connection is ended."""
        self.close()


def cut(connection: smtplib.SMTP) -> None:
    """Whoever waits for this connection stops waiting."""
    open_socket = connection.sock
    if open_socket is not None:
        try:
            open_socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def is_policy(said: bytes) -> bool:
    """Whether an answer is about who we are rather than about the recipient (RFC 3463, x.7.x)."""
    return read_enhanced_code(said)[1:3] == ".7"


def read_enhanced_code(said: bytes) -> str:
    """The enhanced status code at the start of an answer, or nothing."""
    first = said[:12].decode("ascii", "replace").split(" ")[0]
    parts = first.split(".")
    return first if len(parts) == ENHANCED_PARTS and all(part.isdigit() for part in parts) else ""


def to_bytes(said: bytes | str) -> bytes:
    """An answer as bytes."""
    return said if isinstance(said, bytes) else said.encode()


def unavailable(what: str) -> WorldError:
    """What to tell the operator."""
    return WorldError("mail_unavailable", f"The mail server {what}.", action="Mail waits and is sent when it answers.")
