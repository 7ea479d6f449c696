"""`ridgeway signer csr …`: certificate requests, made, listed and forgotten. `csr KEY` is `csr create KEY`."""

import base64
import json
from pathlib import Path
from typing import Any

import click

from ridgeway.errors import MessageError, SettingsError
from ridgeway.protocol.certificates.subjects import SubjectNames
from ridgeway.protocol.identifiers import member_of, parse_client_path, parse_server_path
from ridgeway.settings import Settings
from ridgeway.signer.asking import as_json, call, say
from ridgeway.signer.commands_keys import find_key
from ridgeway.signer.subjects import RequestedSubject, subject_for
from ridgeway.signer.values import CsrRequest

PEM_HEAD, PEM_END = b"-----BEGIN CERTIFICATE REQUEST-----\n", b"-----END CERTIFICATE REQUEST-----\n"


class CreateByDefault(click.Group):
    """A group in which a word that is no command is the key of a new request."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["create", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=CreateByDefault)
def csr() -> None:
    """Certificate requests; `csr KEY …` is short for `csr create KEY …`."""


@csr.command()
@click.argument("key")
@click.option("--subject", "subject", multiple=True, help="FIELD=VALUE, in order; repeat it.")
@click.option("--profile", default="", help="Certificate profile of the authority; it makes the subject.")
@click.option("--server", default="", help="INSTANCE/CLASS/MEMBER/SERVER, for the profile.")
@click.option("--member", default="", help="INSTANCE/CLASS/MEMBER, for the profile; default the server's owner.")
@click.option("--member-name", default="", help="Name of the member, for the profile.")
@click.option("--dns-name", default="", help="Name of the server, for an authentication certificate.")
@click.option("--pem", "as_pem", is_flag=True, help="Write PEM; else DER.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@as_json
@click.pass_obj
def create(settings: Settings, /, key: str, output: Path, as_pem: bool, as_json: bool, **options: Any) -> None:
    """Write a certificate request for the key KEY; its subject is given, or made by the authority's profile."""
    asked = choose_subject(settings, key, options)
    dns_name = options["dns_name"] or asked.dns_name
    der = call(settings, lambda client: client.make_csr(CsrRequest(key, asked.fields, dns_name)))
    output.write_bytes(PEM_HEAD + base64.encodebytes(der) + PEM_END if as_pem else der)
    done = f"{output} is for the certification authority. Next: ridgeway signer certificates import CERTIFICATE"
    say({"key": key, "subject": asked.fields, "dns_name": dns_name, "output": str(output)}, done, as_json=as_json)


def choose_subject(settings: Settings, key: str, options: dict[str, Any]) -> RequestedSubject:
    """The subject as given, or as the authority's profile wants it.

    Raises:  SettingsError(malformed_subject), TokenError(signer.key_not_found).
    """
    given = tuple(split_field(each) for each in options["subject"])
    if not options["profile"]:
        return RequestedSubject(given)
    usage = find_key(call(settings, lambda client: client.list_keys()), key).usage
    names = parse_names(options["server"], options["member"], options["member_name"])
    return subject_for(options["profile"], usage=usage, names=names, given=dict(given))


@csr.command("list")
@as_json
@click.pass_obj
def list_requests(settings: Settings, as_json: bool) -> None:
    """List the requests that no certificate has answered."""
    infos = call(settings, lambda client: client.list_keys())
    rows = [{"id": each.id, "key": info.id, "subject": each.subject} for info in infos for each in info.requests]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['id']}  key {row['key']}  {row['subject']}")
    if not rows:
        click.echo("No request is open.")


@csr.command()
@click.argument("request")
@as_json
@click.pass_obj
def delete(settings: Settings, request: str, as_json: bool) -> None:
    """Forget the request REQUEST; its key stays."""
    call(settings, lambda client: client.delete_csr(request))
    say({"deleted": request}, f"The request {request} is forgotten.", as_json=as_json)


def parse_names(server: str, member: str, member_name: str) -> SubjectNames:
    """Whom a certificate is for.

    Raises:  SettingsError(malformed_subject) when the server or the member is none.
    """
    try:
        of_server = parse_server_path(server)
        of_member = parse_client_path(member) if member else of_server.owner
    except MessageError as error:
        raise SettingsError("malformed_subject", f"--server or --member: {error.detail}") from error
    return SubjectNames(member_of(of_member), of_server, member_name)


def split_field(text: str) -> tuple[str, str]:
    """One field of a subject.

    Raises:  SettingsError when it is not FIELD=VALUE.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError("malformed_subject", f"--subject {text!r} is not FIELD=VALUE, as in CN=1001.")
    return name.strip(), value.strip()
