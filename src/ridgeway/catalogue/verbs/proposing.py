"""`ridgeway catalogue propose | review | vote | accept`: a change goes back to where the package came from."""

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ridgeway.catalogue.adoption.keeping import read_adopted
from ridgeway.catalogue.overlays.merging import describe
from ridgeway.catalogue.packages.reading import Incoming, read_incoming
from ridgeway.catalogue.packages.told import write_told
from ridgeway.catalogue.proposals.proposing import Proposal, propose, read_proposal
from ridgeway.catalogue.proposals.reviewing import (
    Review,
    accept,
    compare_result,
    make_vote,
    read_votes,
    require_source,
    review,
)
from ridgeway.catalogue.proposals.stewardship import Stewardship, find_missing, read_stewardship
from ridgeway.catalogue.verbs.showing import describe_operation, plain, render_operation, shorten
from ridgeway.catalogue.verbs.telling import as_json, tell

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)
by = click.option("--by", default=getpass.getuser, metavar="NAME", help="Who says so; default: you.")


@click.command("propose")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--element", "elements", multiple=True, required=True, help="What you changed, with all inside; repeat.")
@click.option("--reason", required=True, help="Why it should be so for everybody.")
@click.option("--to", "file", required=True, type=NEW, help="The file to hand to the publisher.")
@by
@as_json
def propose_(folder: Path, *, elements: tuple[str, ...], reason: str, file: Path, by: str, as_json: bool) -> None:
    """Offer recorded changes of the adopted package in FOLDER to its publisher."""
    payload = propose(read_adopted(folder), elements, reason=reason, by=by, at=read_clock())
    proposal = read_proposal(write_told(file, payload))
    told = {"file": str(file), "mark": proposal.told.mark, **describe_changes(proposal)}
    lines = [f"{file} proposes {len(proposal.operations)} changes:"]
    lines += [f"  {render_operation(each)}" for each in proposal.operations]
    tell(told, "\n".join(lines), as_json=as_json)


@click.command("review")
@click.argument("proposal", type=FILE)
@click.argument("package", type=EXISTING)
@as_json
def review_(proposal: Path, package: Path, *, as_json: bool) -> None:
    """Show what PROPOSAL would change in PACKAGE, your own source, and who would get another outcome."""
    offered, incoming, found = look_at(proposal, package)
    outcome = () if found.merge.conflicts else compare_result(incoming, found.files, today=read_clock().date())
    stewardship = read_stewardship(incoming.files)
    told = describe_changes(offered) | describe_review(found) | {"outcomes": list(outcome)}
    told |= {"votes_missing": describe_missing(stewardship, found), "release": describe_plan(stewardship)}
    tell(told, "\n".join(render_review(offered, found, outcome, stewardship)), as_json=as_json)
    if found.merge.conflicts or found.errors:
        sys.exit(1)


@click.command()
@click.argument("proposal", type=FILE)
@click.argument("package", type=EXISTING)
@click.option("--by", required=True, metavar="MEMBER", help="Which member agrees.")
@click.option("--to", "file", required=True, type=NEW, help="The file to hand to who accepts.")
@as_json
def vote(proposal: Path, package: Path, *, by: str, file: Path, as_json: bool) -> None:
    """Say as a member that PROPOSAL is to be accepted into PACKAGE."""
    offered, incoming, _ = look_at(proposal, package)
    stewardship = read_stewardship(incoming.files)
    if stewardship is not None:
        find_missing(stewardship, (), [by])  # refused for who is no member
    write_told(file, make_vote(offered, incoming, by=by, at=read_clock()))
    told = {"file": str(file), "proposal": offered.told.mark, "by": by}
    tell(told, f"{file} is the vote of {by} for {offered.told.mark}.", as_json=as_json)


@click.command("accept")
@click.argument("proposal", type=FILE)
@click.argument("package", type=EXISTING)
@click.option("--vote", "votes", multiple=True, type=FILE, help="A vote of another member; may be repeated.")
@by
@as_json
def accept_(proposal: Path, package: Path, *, votes: tuple[Path, ...], by: str, as_json: bool) -> None:
    """Write what PROPOSAL changes into PACKAGE, your own source, and keep where it came from."""
    offered, incoming, found = look_at(proposal, package)
    require_source(incoming)
    if found.merge.conflicts:
        told = describe_review(found)
        tell(told, "\n".join(render_conflicts(found)), as_json=as_json)
        sys.exit(1)
    voters = [by, *(each.statement.by for each in read_votes(votes, offered))]
    written = accept(offered, incoming, found, voters=voters, at=read_clock())
    sentence = f"{package}: {len(found.merge.kept)} changes accepted, in {', '.join(written)}."
    tell(
        {"written": written, **describe_review(found)},
        sentence if written else "All of it is there already.",
        as_json=as_json,
    )


def look_at(proposal: Path, package: Path) -> tuple[Proposal, Incoming, Review]:
    """The proposal, the package, and what the one would do to the other."""
    offered, incoming = read_proposal(proposal), read_incoming(package)
    return offered, incoming, review(offered, incoming, today=read_clock().date())


def describe_changes(proposal: Proposal) -> dict[str, Any]:
    """What is proposed, as JSON takes it."""
    statement = proposal.statement
    return {
        "package": statement.package,
        "version": statement.version,
        "by": statement.by,
        "at": statement.at.isoformat(),
        "is_signed": proposal.told.is_signed,
        "reason": proposal.reason,
        "changes": [describe_operation(each) for each in proposal.operations],
    }


def describe_review(found: Review) -> dict[str, Any]:
    """What it would do, as JSON takes it."""
    return {
        "applies": [each.place for each in found.merge.kept],
        "there_already": [each.place for each in found.merge.dropped],
        "conflicts": [plain(describe(each)) for each in found.merge.conflicts],
        "errors": [f"{each.where}: {each.message}" for each in found.errors],
        "warnings": [f"{each.where}: {each.message}" for each in found.concerns if not each.is_error],
    }


def describe_missing(stewardship: Stewardship | None, found: Review) -> list[dict[str, Any]]:
    """The votes that it needs, as JSON takes them."""
    missing = find_missing(stewardship, found.merge.kept, ()) if stewardship else []
    return [{"elements": list(each.places), "votes": each.votes, "of": list(each.of)} for each in missing]


def describe_plan(stewardship: Stewardship | None) -> dict[str, str]:
    """When the next version comes out."""
    plan = stewardship.release if stewardship else None
    return {"every": plan.every, "next": str(plan.next or ""), "notes": plan.notes} if plan else {}


def render_review(
    offered: Proposal, found: Review, outcome: tuple[str, ...], stewardship: Stewardship | None
) -> list[str]:
    """All that whoever decides should see."""
    statement = offered.statement
    proof = "signed" if offered.told.is_signed else "unproven"
    lines = [f"{shorten(statement.by)} ({proof}) proposes for {statement.package}: {shorten(offered.reason)}"]
    lines += [f"  {render_operation(each)}" for each in found.merge.kept]
    lines += [f"  {each.place}: is so already" for each in found.merge.dropped]
    lines += render_conflicts(found) if found.merge.conflicts else []
    lines += [f"{'error' if each.is_error else 'warning'}: {each.where}: {each.message}" for each in found.concerns]
    lines += outcome
    for each in describe_missing(stewardship, found):
        lines.append(f"Needs {each['votes']} votes of {', '.join(each['of'])}: {', '.join(each['elements'][:5])}")
    plan = describe_plan(stewardship)
    return [*lines, f"Next release: {plan['next']} (every {plan['every']})"] if plan.get("next") else lines


def render_conflicts(found: Review) -> list[str]:
    """Each element that has changed since the proposal was made."""
    lines = []
    for conflict in found.merge.conflicts:
        told = describe(conflict)
        lines.append(f"{conflict.place}: the package has changed here since.")
        lines.append(f"    was:      {shorten(told['base'])}")
        lines.append(f"    now:      {'(gone)' if told['is_gone'] else shorten(told['theirs'])}")
        lines.append(f"    proposed: {shorten(told['ours'])}")
    return [*lines, "Nothing was written. Ask for a proposal that is made on the present version."]


def read_clock() -> datetime:
    """When a person asked."""
    return datetime.now(UTC)  # noqa: TID251 - the command's clock


VERBS = (propose_, review_, vote, accept_)
