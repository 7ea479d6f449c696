"""Requests sent by hand into the country: over REST as they are written, over SOAP around one element.

Law: it asks through the organisation's own door, with the client library, as anybody could.
"""

import mimetypes
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import click
from lxml import etree

from ridgeway.client import AsyncClient, Attachment, ServiceFault
from ridgeway.http import Pool, fetch
from ridgeway.lab.country import Country, Organisation
from ridgeway.protocol.identifiers import render_path

MAX_PRINTED_BYTES = 256 * 1024 * 1024
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Sending:
    """What is asked, by whom: `target` is CLASS/MEMBER/SUBSYSTEM/SERVICE and more, abroad with INSTANCE: before it."""

    country: Country
    asker: Organisation
    target: str
    body: bytes | None = None

    @property
    def service_path(self) -> str:
        """The target with its instance."""
        instance, colon, rest = self.target.partition(":")
        if not colon or "/" in instance:
            instance, rest = self.country.instance, self.target
        return f"{instance}/{rest}"


async def send_rest(sending: Sending, *, method: str, headers: tuple[str, ...], include_head: bool) -> int:
    """Print the answer; the exit code is 0 for an answer of the service that is no error."""
    fields = [parse_header(each) for each in headers]
    client = render_path(sending.asker.client(sending.country.instance))
    async with Pool() as pool:
        answer = await fetch(
            pool,
            method.upper(),
            f"{sending.country.consumer_door(sending.asker)}/r1/{escape_target(sending.service_path)}",
            [("X-Road-Client", client), *fields],
            sending.body,
            max_bytes=MAX_PRINTED_BYTES,
        )
    if include_head:
        click.echo(f"{answer.status} {answer.reason}")
        click.echo("".join(f"{name}: {value}\n" for name, value in answer.headers))
    sys.stdout.buffer.write(answer.body)
    sys.stdout.buffer.flush()
    return 0 if answer.status < 400 else 1


def escape_target(text: str) -> str:
    """What a person typed as it can stand in a request line: what is no ASCII, and spaces, as %HH."""
    return quote(text, safe="%/?&=:@!$'()*+,;~-._[]")


def parse_header(text: str) -> tuple[str, str]:
    """The name and the value of NAME:VALUE."""
    name, colon, value = text.partition(":")
    if not colon:
        raise click.UsageError(f"A header is NAME:VALUE, not {text!r}.")
    return name.strip(), value.strip()


async def send_soap(sending: Sending, *, attached: tuple[Path, ...]) -> int:
    """Print the element of the answer, and what is attached to it; the exit code is 0 where it is no fault."""
    if sending.body is None:
        raise click.UsageError("Over SOAP, -d names the file with the element to send; - is standard input.")
    attachments = [read_attachment(file) for file in attached]
    door = sending.country.consumer_door(sending.asker)
    try:
        async with AsyncClient(door, sending.asker.client(sending.country.instance)) as client:
            reply = await client.call_soap(sending.service_path, sending.body, attachments=attachments)
    except ServiceFault as fault:
        click.echo(f"Fault: {fault.code}: {fault.message}", err=True)
        return 1
    click.echo(etree.tostring(reply.element, pretty_print=True, encoding="unicode"), nl=False)
    for number, each in enumerate(reply.attachments, start=1):
        click.echo(f"Attachment {number}, {each.content_type}, {len(each.content)} bytes:")
        click.echo(each.content.decode("utf-8", "replace"))
    click.echo(f"The proof is kept under query id {reply.query_id}", err=True)
    return 0


def read_attachment(file: Path) -> Attachment:
    """The file as an attachment, its type by its name."""
    kind, _ = mimetypes.guess_type(file.name)
    return Attachment(file.read_bytes(), kind or UNKNOWN_TYPE, file.name)
