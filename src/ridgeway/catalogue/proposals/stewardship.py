"""Who decides on a package: its members, how many of them must agree to which kind of change, when it is released.

    stewardship.yaml beside the definition:

    format: stewardship/1
    members:
      - {name: NM/GOV/1001, title: Ministry of Health of Northmark}
      - {name: SM/GOV/2001, title: Ministry of Health of Southmark}
    decisions:
      - {changes: [locale], votes: 1}
      - {votes: 2}
    release: {every: quarter, next: 2027-01-15}

Law: of the decisions the first that names an element, or names none, counts for it; who decides is never changed by
fewer than all members unless it says so itself by name. Whoever is no member has no vote, and nobody has two. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ridgeway.errors import RequestError, SettingsError
from ridgeway.office.documents import read_document
from ridgeway.office.documents.operations import Operation
from ridgeway.office.documents.tree import Path, parse_path

FILE: Final = "stewardship.yaml"
FORMAT: Final = "stewardship/1"
OWN: Final = ("stewardship",)
"""Its own element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One who owns the package with others: `name` as statements say it."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How many must agree to changes of some elements, with all inside; of all where none are named.

    `of` are those who vote on it; all members where nobody is named.
    """

    votes: int
    changes: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def names(self, path: Path) -> bool:
        """Whether it names an element, or what that stands in."""
        return any(path[: len(each)] == each for each in map(parse_path, self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When versions come out, in the members' own words, and when the next one does."""

    every: str = ""
    next: date | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stewardship:
    """Who decides on a package."""

    format: str
    members: tuple[Member, ...]
    decisions: tuple[Rule, ...]
    release: Plan = Plan()

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(each.name for each in self.members)

    def find_rule(self, path: Path) -> Rule:
        """Who decides on an element."""
        for rule in self.decisions:
            if rule.names(path) or (not rule.changes and path[:1] != OWN):
                return rule
        return Rule(votes=len(self.members))


@dataclass(frozen=True, slots=True)
class Needed:
    """What is missing for some elements: so many more votes of these members."""

    places: tuple[str, ...]
    votes: int
    of: tuple[str, ...]


def read_stewardship(files: Mapping[str, bytes]) -> Stewardship | None:
    """Who decides on the package of these files; None where it does not say.

    Raises:  SettingsError(malformed_document) with what is wrong.
    """
    if FILE not in files:
        return None
    found = read_document(files[FILE], Stewardship, name=FILE).value
    faults = list(find_faults(found))
    if faults:
        raise SettingsError("malformed_document", f"{FILE}: {'; '.join(faults)}.")
    return found


def find_faults(found: Stewardship) -> Iterable[str]:
    """What is wrong with it."""
    if found.format != FORMAT:
        yield f"expected format: {FORMAT}"
    if not found.members or len(set(found.names)) != len(found.members):
        yield "there must be members, each named once"
    for rule in found.decisions:
        strangers = [each for each in rule.of if each not in found.names]
        if strangers:
            yield f"{', '.join(strangers)} is to vote and is no member"
        if not 1 <= rule.votes <= len(set(rule.of or found.names)):
            yield f"{rule.votes} votes cannot be had of {len(set(rule.of or found.names))}"


def find_missing(stewardship: Stewardship, operations: Iterable[Operation], voters: Iterable[str]) -> list[Needed]:
    """What is missing before these operations may be accepted.

    Raises:  RequestError(not_a_member) where somebody votes who is none.
    """
    agreed = frozenset(voters)
    strangers = sorted(agreed - set(stewardship.names))
    if strangers:
        raise RequestError(
            "not_a_member",
            f"{', '.join(strangers)} has no vote on this package.",
            action=f"Its members are {', '.join(stewardship.names)}, as {FILE} says.",
        )
    by_rule: dict[Rule, list[str]] = {}
    for operation in operations:
        by_rule.setdefault(stewardship.find_rule(operation.path), []).append(operation.place)
    missing = []
    for rule, places in by_rule.items():
        may = rule.of or stewardship.names
        left = rule.votes - len(agreed & set(may))
        if left > 0:
            missing.append(Needed(tuple(places), left, tuple(each for each in may if each not in agreed)))
    return missing


def require_votes(stewardship: Stewardship | None, operations: Iterable[Operation], voters: Iterable[str]) -> None:
    """Hold only where enough members agree to every operation.

    Raises:  RequestError(missing_votes) saying whose, on what; RequestError(not_a_member).
    """
    missing = find_missing(stewardship, operations, voters) if stewardship else []
    if missing:
        said = (f"{each.votes} more of {', '.join(each.of)} for {', '.join(each.places[:5])}" for each in missing)
        raise RequestError(
            "missing_votes",
            f"This needs votes: {'; '.join(said)}. Nothing was written.",
            action="Ask for them: ridgeway catalogue vote PROPOSAL PACKAGE --by MEMBER --to FILE; then --vote FILE.",
        )
