"""What the petitions service has mailed, read from its folder: a mailbox of everybody, for a lab alone.

Law: a mail is read, never changed; only its text is shown, and only addresses of this machine become links.
"""

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from markupsafe import Markup, escape

from ridgeway.lab.country import Country
from ridgeway.lab.page.environment import environment
from ridgeway.lab.service import mail_folder

MAX_SHOWN = 200
NAME = re.compile(r"[A-Za-z0-9._-]{1,200}\.eml")
LINK = re.compile(r"http://localhost:\d+/[^\s<>\"]*")
MAX_TO_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, for a list."""

    file: str
    at: str
    to: str
    subject: str

    @property
    def href(self) -> str:
        """Where it is read."""
        return f"/mail/{quote(self.file)}"


def read_mail(file: Path) -> EmailMessage:
    """The mail in a file."""
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def describe_mail(file: Path) -> Letter:
    """One mail, for a list."""
    message = read_mail(file)
    at = datetime.fromtimestamp(file.stat().st_mtime).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return Letter(file.name, at, str(message["To"] or ""), str(message["Subject"] or ""))


def list_mails(country: Country, *, to: str = "") -> tuple[list[Letter], int]:
    """The newest mails, of one address where it is given, and how many there are."""
    files = sorted(mail_folder(country).glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    letters: list[Letter] = []
    for file in files:
        letter = describe_mail(file)
        if to.lower() in letter.to.lower():
            letters.append(letter)
        if len(letters) == MAX_SHOWN:
            break
    return letters, len(files)


def find_mail(country: Country, name: str) -> Path | None:
    """The file of that name."""
    file = mail_folder(country) / name
    return file if NAME.fullmatch(name) and file.is_file() else None


def render_mails(country: Country, target: bytes) -> str:
    """The list; `?to=` shows those of one address."""
    query = parse_qs(target.decode("latin-1").partition("?")[2])
    to = query.get("to", [""])[0][:MAX_TO_CHARACTERS]
    letters, number = list_mails(country, to=to)
    template = environment.get_template("mails.html")
    return template.render(country=country, letters=letters, number=number, to=to, folder=mail_folder(country))


def render_mail(country: Country, file: Path) -> str:
    """One mail: its head and its text."""
    message = read_mail(file)
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    heads: list[tuple[str, Any]] = [(name, str(value)) for name, value in message.items() if name != "Content-Type"]
    return environment.get_template("mail.html").render(
        country=country, subject=str(message["Subject"] or ""), heads=heads, text=link_here(text), name=file.name
    )


def link_here(text: str) -> Markup:
    """The text with links where it names an address of this machine."""
    parts, end = [], 0
    for match in LINK.finditer(text):
        href = escape(match[0])
        parts += [escape(text[end : match.start()]), Markup('<a href="{}">{}</a>').format(href, href)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])
