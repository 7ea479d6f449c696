"""`ridgeway verify FILE`: prove a container, or archives of them, offline; say who said what to whom and when.

Law: nothing is asked of the network; the trust comes from a folder (or from a `verificationconf` archive as a security
server gives it out) and is used whatever its age, because the question is about the past.
Exit: 0 proven · 1 not proven · 2 misused, or no trust found.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ridgeway.cli.proofs import describe, render_proof, report_refusal
from ridgeway.cli.verifyarchives import report_archives
from ridgeway.errors import RidgewayError, TrustError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.settings import Settings
from ridgeway.trust.offline import INSTANCE_FILE, read_trust, verify_file

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def parse_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """A time on the command line; without a zone it is UTC."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is no time; expected one as 2026-03-01T12:00:00Z.", ctx=ctx, param=param
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=EXISTING_FILE)
@click.option(
    "--globalconf",
    type=click.Path(exists=True, path_type=Path),
    help="Folder of a global configuration, or a verificationconf ZIP; default: the one kept here.",
)
@click.option(
    "--at", metavar="TIME", callback=parse_moment, help="Time to judge by where the container has no time-stamp."
)
@click.option("--archive", "is_archive", is_flag=True, help="The files are archives of a message log.")
@click.option("--previous", metavar="DIGEST", help="Last link of the archive before the first one given.")
@click.option("--chain-only", is_flag=True, help="Of archives, prove the chain and leave the containers alone.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(
    settings: Settings,
    files: tuple[Path, ...],
    globalconf: Path | None,
    at: datetime | None,
    is_archive: bool,
    previous: str | None,
    chain_only: bool,
    as_json: bool,
) -> None:
    """Prove a signed container offline: who said what to whom, and when; or, with --archive, archives of them."""
    if not is_archive and (len(files) > 1 or previous or chain_only):
        raise click.UsageError("Several files, --previous and --chain-only go with --archive.")
    trust = None if chain_only else load_trust(globalconf, settings)
    try:
        if is_archive:
            report_archives(files, previous=previous, trust=trust, at=at, as_json=as_json)
            return
        assert trust is not None
        proven = verify_file(files[0], trust, at=at)
    except RidgewayError as error:
        report_refusal(error, as_json=as_json)
    click.echo(json.dumps(describe(proven), indent=2) if as_json else render_proof(proven, files[0]))


def load_trust(named: Path | None, settings: Settings) -> TrustSnapshot:
    """The trust to judge by; without any that can be read, the command ends as misused."""
    place = named or settings.path(settings.trust.globalconf_dir)
    if named is None and not (place / INSTANCE_FILE).is_file():
        print(
            f"ridgeway: no global configuration in {place}, so nothing can be judged. "
            "Name one with --globalconf DIR, or fetch it: ridgeway trust fetch.",
            file=sys.stderr,
        )
        sys.exit(2)
    try:
        return read_trust(place)
    except TrustError as error:
        print(f"ridgeway: {place} is no global configuration: {error.detail}", file=sys.stderr)
        sys.exit(2)
