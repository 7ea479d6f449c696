"""`ridgeway catalogue …`: pass packages on as files, adopt them, adapt them, keep them up to date.

Law: thin functions that parse, call and print. Exit 0 done, 1 refused or something is to be decided, 2 misused.
"""

import getpass
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from ridgeway.catalogue.adopters.notices import (
    FOLDER as NOTICES,
)
from ridgeway.catalogue.adopters.notices import (
    describe_warned,
    find_origin_places,
    measure_lag,
    refuse_recalled,
    render_warned,
)
from ridgeway.catalogue.adoption.keeping import PACKAGE, Adopted, Lock, read_adopted
from ridgeway.catalogue.adoption.trees import write_files
from ridgeway.catalogue.adoption.verbs import Release, find_edits, plan_update
from ridgeway.catalogue.adoption.verbs import adapt as record_adaptation
from ridgeway.catalogue.adoption.verbs import adopt as adopt_release
from ridgeway.catalogue.adoption.verbs import update as update_release
from ridgeway.catalogue.fetching import Fetched, take_source
from ridgeway.catalogue.overlays.merging import Choice, Conflict, Decision, Merge, describe
from ridgeway.catalogue.packages.reading import Incoming, pack_release, read_incoming, to_release
from ridgeway.catalogue.proving.admitting import Waivers, admit, sign_release, with_proof
from ridgeway.catalogue.shelves.shelf import put_on_shelf
from ridgeway.catalogue.verbs import adopting, exchange, proof, proposing, shelf, warning
from ridgeway.catalogue.verbs.options import find_trust, read_door, with_door, with_trust, with_waivers
from ridgeway.catalogue.verbs.showing import describe_operation, plain, render_operation, shorten
from ridgeway.catalogue.verbs.telling import as_json, describe_incoming, tell
from ridgeway.office.documents.writing import parse_tree
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.services.passing import Concern, find_passing

EXISTING = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
with_recalled = click.option("--recalled", is_flag=True, help="Take a version that its publisher recalled.")
by = click.option("--author", default=getpass.getuser, metavar="NAME", help="Who says so; default: you.")


@click.group()
def catalogue() -> None:
    """Service packages: pass them on, adopt them, adapt them, keep them up to date."""


for verb in (*shelf.VERBS, *proof.VERBS, *exchange.VERBS, *warning.VERBS, *adopting.VERBS, *proposing.VERBS):
    catalogue.add_command(verb)


@catalogue.command()
@click.argument("package", type=EXISTING)
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--sign", is_flag=True, help="Have your own security server sign it, through --door.")
@with_door
@as_json
def publish(
    package: Path,
    target: Path,
    *,
    sign: bool,
    door_url: str | None,
    client: str | None,
    service_code: str,
    as_json: bool,
) -> None:
    """Check PACKAGE and write it with the list of its files as one zip: to a file, or on the shelf that a folder is."""
    door = read_door(door_url, client, service_code)
    if sign != (door is not None):
        raise click.UsageError("--sign needs --door and --client, and they are for --sign.")
    incoming = read_incoming(package)
    refuse_errors(incoming.passing.check(incoming.files, incoming.origin, today=read_today()), as_json=as_json)
    now = datetime.now(UTC)  # noqa: TID251 - the command's clock
    if door is not None:
        incoming = sign_release(incoming, door=door, at=now)
    if target.is_dir():
        target = put_on_shelf(target, incoming, now=now)
    else:
        target.write_bytes(pack_release(incoming))
    signed_by = door.by if door is not None else ""
    told = describe_incoming(incoming) | {"file": str(target), "signed_by": signed_by}
    signed = f", signed by {signed_by}" if signed_by else ""
    sentence = f"{target}: {incoming.facts.package} {incoming.facts.version}, {told['digest']}{signed}"
    tell(told, sentence, as_json=as_json)


@catalogue.command()
@click.argument("package")
@click.argument("folder", type=FOLDER)
@with_door
@with_trust
@with_recalled
@as_json
def adopt(
    package: str,
    folder: Path,
    *,
    door_url: str | None,
    client: str | None,
    service_code: str,
    globalconf: Path | None,
    unsigned: bool,
    recalled: bool,
    as_json: bool,
) -> None:
    """Take PACKAGE over into FOLDER, to be changed there.

    PACKAGE is a folder, a zip, SHELF/PACKAGE[@VERSION] or, through --door, another organisation's
    xroad:INSTANCE/CLASS/CODE/SUBSYSTEM/catalogue/PACKAGE[@VERSION].
    """
    fetched = take_source(package, read_door(door_url, client, service_code))
    trust = find_trust(globalconf, fetched.trust)
    release, incoming = take_release(fetched, trust, before=None, waivers=Waivers(unsigned=unsigned))
    if not recalled:
        require_not_recalled(incoming, folder)
    adopted = adopt_release(release, folder)
    lock = adopted.lock
    proven = f"signed by {lock.signed_by}" if lock.signed_by else "which nobody is proven to have published"
    sentence = (
        f"{folder} stands on {lock.package} {lock.version}, {proven}. Change what is in {folder / PACKAGE}, "
        f"then record it: ridgeway catalogue adapt {folder} --reason …"
    )
    tell(asdict(lock), sentence, as_json=as_json)


@catalogue.command()
@click.argument("folder", type=FOLDER)
@click.option("--reason", required=True, help="Why this was changed.")
@click.option("--basis", default="", help="The law or decision that it rests on.")
@by
@as_json
def adapt(folder: Path, *, reason: str, basis: str, author: str, as_json: bool) -> None:
    """Record what was changed in FOLDER/package, element by element, with who changed it and why."""
    fresh = record_adaptation(folder, reason=reason, author=author, basis=basis)
    lines = [render_operation(each) for each in fresh] or ["Nothing new was changed."]
    tell({"recorded": [describe_operation(each) for each in fresh]}, "\n".join(lines), as_json=as_json)


@catalogue.command()
@click.argument("folder", type=FOLDER)
@as_json
def status(folder: Path, *, as_json: bool) -> None:
    """Say on which release FOLDER stands, what was changed and for whom, and what its publisher said since."""
    adopted = read_adopted(folder)
    edits = find_edits(folder, adopted)
    fresh = [each for each in edits if not each.author]
    lag, outcomes = measure_lag(folder, adopted.lock), compare_adopted(adopted)
    told = {
        "upstream": asdict(adopted.lock),
        "changes": [describe_operation(each) for each in adopted.operations],
        "unrecorded": [describe_operation(each) for each in fresh],
        "newer": list(lag.newer),
        "notices": [describe_warned(each) for each in lag.open],
        "outcomes": list(outcomes),
    }
    lines = [f"{adopted.lock.package} {adopted.lock.version} of {adopted.lock.publisher}, from {adopted.lock.origin}"]
    lines += [f"  {render_operation(each)}" for each in adopted.operations]
    lines += [f"  not recorded: {render_operation(each)}" for each in fresh]
    lines += [f"  {len(lag.newer)} versions behind: {', '.join(lag.newer[:10])}"] if lag.newer else []
    lines += [f"  {render_warned(each)}" for each in lag.open]
    lines += [f"  {each}" for each in outcomes]
    tell(told, "\n".join(lines), as_json=as_json)


@catalogue.command()
@click.argument("folder", type=FOLDER)
@click.argument("package", required=False)
@click.option("--settle", multiple=True, metavar="ELEMENT=ours|theirs", help="Decide one conflict; may be repeated.")
@click.option("--set", "values", multiple=True, metavar="ELEMENT=VALUE", help="Decide one by another value (YAML).")
@click.option("--reason", default="", help="Why it was decided so.")
@click.option("--dry-run", is_flag=True, help="Say what would be, and write nothing.")
@with_door
@with_trust
@with_waivers
@with_recalled
@by
@as_json
def update(
    folder: Path,
    package: str | None,
    *,
    settle: tuple[str, ...],
    values: tuple[str, ...],
    reason: str,
    dry_run: bool,
    door_url: str | None,
    client: str | None,
    service_code: str,
    globalconf: Path | None,
    unsigned: bool,
    older: bool,
    other_publisher: bool,
    recalled: bool,
    author: str,
    as_json: bool,
) -> None:
    """Bring FOLDER to PACKAGE, or to the newest where it came from; what both changed waits for a person."""
    before = read_adopted(folder).lock
    fetched = take_source(package or before.origin, read_door(door_url, client, service_code))
    waivers = Waivers(unsigned, older, other_publisher)
    release, incoming = take_release(fetched, find_trust(globalconf, fetched.trust), before=before, waivers=waivers)
    if not recalled:
        require_not_recalled(incoming, folder)
    decisions = read_decisions(settle, values, author=author, reason=reason)
    merge = plan_update(folder, release, decisions)
    told = describe_merge(merge)
    if merge.conflicts:
        tell(told, render_conflicts(merge.conflicts, folder), as_json=as_json)
        sys.exit(1)
    adopted = read_adopted(folder)
    files = write_files(incoming.files, merge.tree)
    refuse_errors(incoming.passing.check(files, "the package as it will be", today=read_today()), as_json=as_json)
    outcomes = incoming.passing.compare(adopted.build(), files, today=read_today())
    if not dry_run:
        adopted = update_release(folder, release, merge)
    told |= {"written": not dry_run, "outcomes": list(outcomes)}
    sentence = f"{folder} {'would stand' if dry_run else 'stands'} on {adopted.lock.package} {release.lock.version}."
    tell(told, "\n".join([sentence, *render_merge(merge), *(f"  {each}" for each in outcomes)]), as_json=as_json)


def take_release(
    fetched: Fetched, trust: TrustSnapshot | None, *, before: Lock | None, waivers: Waivers
) -> tuple[Release, Incoming]:
    """The release that may be taken over, with its evidence; `before` is what was adopted.

    Raises:  as `admit`.
    """
    incoming = fetched.incoming
    if before is not None and incoming.facts.package != before.package:
        return to_release(incoming), incoming  # refused as another package
    proven = admit(incoming, trust=trust, before=before, waivers=waivers)
    release = to_release(incoming, since=before.version if before is not None else "")
    return with_proof(replace(release, evidence=fetched.evidence), incoming, proven), incoming


def require_not_recalled(incoming: Incoming, folder: Path) -> None:
    """Hold only for a version that is not recalled where it comes from, nor by a notice that lies in the folder.

    Raises:  RequestError(recalled_version).
    """
    places = (*find_origin_places(incoming.origin), folder / NOTICES)
    refuse_recalled(incoming.facts.package, incoming.facts.version, places)


def compare_adopted(adopted: Adopted) -> tuple[str, ...]:
    """Who gets another outcome by what was changed."""
    if not adopted.operations:
        return ()
    _, passing = find_passing(adopted.upstream)
    return passing.compare(adopted.upstream, adopted.build(), today=read_today())


def read_today() -> date:
    """The day on which a person asks."""
    return datetime.now(UTC).date()  # noqa: TID251 - the command's clock


def read_decisions(settle: Iterable[str], values: Iterable[str], *, author: str, reason: str) -> dict[str, Decision]:
    """What a person decided, by element.

    Raises:  click.UsageError.
    """
    decisions = {}
    for said in settle:
        element, _, choice = said.rpartition("=")
        if choice not in {Choice.OURS, Choice.THEIRS} or not element:
            raise click.UsageError(f"{said!r}: expected ELEMENT=ours or ELEMENT=theirs.")
        decisions[element] = Decision(Choice(choice), by=author, reason=reason)
    for said in values:
        element, _, text = said.partition("=")
        if not element:
            raise click.UsageError(f"{said!r}: expected ELEMENT=VALUE.")
        value = parse_tree(f"value: {text}".encode(), name="--set")["value"]
        decisions[element] = Decision(Choice.OTHER, by=author, reason=reason, value=value)
    return decisions


def refuse_errors(concerns: Iterable[Concern], *, as_json: bool) -> None:
    """Go on only when the service finds no error; else say them and exit 1."""
    errors = [each for each in concerns if each.is_error]
    if not errors:
        return
    lines = [f"{each.where}: {each.message} {each.action}".rstrip() for each in errors]
    tell({"errors": [asdict(each) for each in errors]}, "\n".join(lines), as_json=as_json)
    sys.exit(1)


def describe_merge(merge: Merge) -> dict[str, Any]:
    """An update as JSON takes it."""
    return {
        "kept": [each.place for each in merge.kept],
        "dropped": [each.place for each in merge.dropped],
        "conflicts": [plain(describe(each)) for each in merge.conflicts],
        "to_look_at": [{"element": "/".join(each.path), "text": each.text} for each in merge.to_look_at],
    }


def render_conflicts(conflicts: Iterable[Conflict], folder: Path) -> str:
    """Each conflict with what was, what the release says and what we say."""
    lines = []
    for conflict in conflicts:
        told = describe(conflict)
        mark = " SAFETY:" if told["severity"] == "safety" else ""
        lines.append(f"{conflict.place}:{mark} {told['note']}".rstrip())
        lines.append(f"    was:    {shorten(told['base'])}")
        lines.append(f"    theirs: {'(gone)' if told['is_gone'] else shorten(told['theirs'])}")
        lines.append(f"    ours:   {shorten(told['ours'])}")
    lines.append(f"Nothing was written. Decide each: ridgeway catalogue update {folder} … --settle ELEMENT=ours|theirs")
    return "\n".join(lines)


def render_merge(merge: Merge) -> list[str]:
    """What became of our changes, and what a person should look at."""
    lines = [f"  {len(merge.kept)} of our changes stand, {len(merge.dropped)} are not needed any more."]
    return lines + [f"  look at {'/'.join(each.path)} (safety): {each.text}" for each in merge.to_look_at]
