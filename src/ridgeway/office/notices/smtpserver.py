"""Where a mail server is, as the setting `web.mail` says it. Law: a password never shows. Next: `smtp.py`."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from ridgeway.errors import SettingsError

PORTS = {"smtp": 25, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
EXAMPLE = "web.mail is folder:PATH, smtp://user:password@host:port or smtps://user:password@host:port"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server and how it is spoken to; TLS is verified wherever it is used.

    Shapes:  `tls` is `starttls`, `smtps` or `none`.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"


def parse_server(url: str) -> SmtpServer:
    """The server of `smtp://user:password@host:port` or `smtps://…`; `?tls=none` leaves TLS out.

    Raises:  SettingsError(malformed_settings), which does not repeat what may hold a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise SettingsError("malformed_settings", f"{EXAMPLE}.") from None
    if not parts.hostname or parts.query not in {"", "tls=none", "tls=starttls"} or parts.path not in {"", "/"}:
        raise SettingsError("malformed_settings", f"{EXAMPLE}; a password is written with %-escapes.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(parts.hostname, port, user, password, choose_tls(parts))


def choose_tls(parts: SplitResult) -> str:
    """TLS as the address says; to this very machine none, unless it says so."""
    if parts.scheme == "smtps":
        return "smtps"
    if parts.query:
        return parts.query.removeprefix("tls=")
    return "none" if parts.hostname in LOOPBACK else "starttls"
