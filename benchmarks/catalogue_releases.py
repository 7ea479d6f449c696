"""How often must a person decide when an adopter takes one release after another, and how often with text merges?

Run: python benchmarks/catalogue_releases.py [--out FILE]

Five releases of one self-assessment (`releases/SOURCES.md`) are replayed through an adopter. It adopts 2.8, sets its
own name and numbers, translates all texts into French, and changes five rules with their reasons (a threshold, a
weight, a routing, a parameter, an outcome of a rule) and the examples that say otherwise; then it takes 3.0, 4.0,
5.0 and 5.5.

A decision is a conflict that a person has to settle, or an error of the service's own check that needs mending after
the merge. Apart from them stand the texts that a translator has to do anew, and safety changes to look at. Beside it,
`git merge-file` on the same files of the same adopter: with its French in a file of its own, as here, and with its
French written into the texts, as who adopted the original had to. French words that the samples do not have are
stand-ins (the English with a mark): neither merge looks at what words mean.
"""

import argparse
import platform
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import polib

from ridgeway.catalogue.adoption.keeping import read_adopted
from ridgeway.catalogue.adoption.trees import read_package_tree, write_files
from ridgeway.catalogue.adoption.verbs import Release, adapt, adopt, plan_update, update
from ridgeway.catalogue.overlays.merging import Choice, Conflict, Decision, Merge, Why
from ridgeway.catalogue.packages.reading import Incoming, read_incoming, to_release
from ridgeway.office.documents.editing import edit_text
from ridgeway.office.documents.operations import Kind, Operation
from ridgeway.office.documents.tree import find_element, parse_path, put_element
from ridgeway.office.documents.writing import parse_tree
from ridgeway.services.assessments.definition import read_package
from ridgeway.services.assessments.definition.translating import write_catalogue
from ridgeway.services.passing import Concern

ROOT = Path(__file__).parent
RELEASES = ROOT / "releases"
SAMPLES = ROOT.parent / "src/ridgeway/services/assessments/packages"
VERSIONS = ("2.8", "3.0", "4.0", "5.0", "5.5")
PUBLISHED = {"3.0": 54, "4.0": 69, "5.0": 66, "5.5": 5}
"""Conflicting hunks of a mere translation of the original code, by the release that was taken; measured before."""
TODAY = date(2026, 11, 24)
AUTHOR = "Health Office of Southmark"
TARGET = 5
Package = dict[str, bytes]


@dataclass(frozen=True)
class Adaptation:
    """What an adopter changes at once, for one reason: elements with their values."""

    what: str
    reason: str
    values: dict[str, Any]


OWN = Adaptation(
    "name and numbers",
    "Our own name and numbers",
    {
        "service/publisher": {"name": AUTHOR, "contact": "https://example.org/southmark"},
        "service/parameters/emergency_number/value": "112",
        "service/parameters/health_line/value": "555-0177",
        "service/languages/partial": ["fr"],
    },
)
RULES = (
    Adaptation(
        "threshold",
        "People at risk call at the smallest sign",
        {"service/decisions/who/rules/at_risk/then/threshold": Decimal("0.25")},
    ),
    Adaptation("weight", "Our council lets loss of taste count whole", {"service/facts/points/weights/taste": 1}),
    Adaptation(
        "routing",
        "Whoever cares for sick people and has any sign is seen",
        {
            "service/pages/health_worker/routes": [
                {"when": "health_worker && ill", "to": "outcome.get_seen"},
                {"when": "health_worker", "to": "decision.advice"},
                {"to": "next"},
            ]
        },
    ),
    Adaptation("parameter", "Our law says ten days", {"service/parameters/isolation_days/value": 10}),
    Adaptation(
        "outcome of a rule",
        "Who was near somebody ill is tested, too",
        {"service/decisions/advice/rules/ill_contact/then": "outcome.get_seen"},
    ),
)
EXAMPLES = {
    "one small sign at risk is not enough": "get_seen",
    "one small sign of a nurse is not enough": "get_seen",
    "somebody near was ill": "get_seen",
}
"""Examples of the publisher's that the five rules make untrue, with what they lead to now."""


@dataclass
class Step:
    """One update, as it went."""

    version: str
    conflicts: list[Conflict] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    kept: int = 0
    dropped: list[str] = field(default_factory=list)
    to_look_at: list[str] = field(default_factory=list)
    texts: int = 0
    anew: int = 0
    merge_seconds: float = 0.0
    check_seconds: float = 0.0
    write_seconds: float = 0.0
    hunks: int = 0
    hunks_in_place: int = 0

    @property
    def decisions(self) -> int:
        """How often a person was needed."""
        return len(self.conflicts) + len(self.mended)


def read_release(version: str, *, since: str = "") -> tuple[Incoming, Release]:
    """A release, with its changes since the one before."""
    incoming = read_incoming(RELEASES / version)
    return incoming, to_release(incoming, since=since)


def read_folder(folder: Path) -> Package:
    """The files of the package that is served."""
    package = folder / "package"
    return {file.relative_to(package).as_posix(): file.read_bytes() for file in package.rglob("*") if file.is_file()}


def edit(folder: Path, values: dict[str, Any]) -> None:
    """Write into the package what somebody would with an editor."""
    files = read_folder(folder)
    tree = read_package_tree(files)
    for place, value in values.items():
        path = parse_path(place)
        tree = put_element(tree, path, value, after=None)
    for name, data in write_files(files, tree).items():
        (folder / "package" / name).write_bytes(data)


def set_examples(folder: Path, expected: dict[str, str]) -> None:
    """Let examples lead where our rules lead; those that are not there are left out."""
    files = read_folder(folder)
    tests = read_package_tree(files)["cases"]["tests"]
    changed = [replace_expectation(each, expected) for each in tests]
    edit(folder, {"cases/tests": changed})


def replace_expectation(case: dict[str, Any], expected: dict[str, str]) -> dict[str, Any]:
    """One example with what it leads to now."""
    return case | ({"expect": expected[case["name"]]} if case["name"] in expected else {})


def read_french() -> dict[str, str]:
    """Words that the samples have in French."""
    words = {}
    for name in ("respiratory-check-2020", "respiratory-check-2021"):
        for entry in polib.pofile(str(SAMPLES / name / "locale/fr.po")):
            words[entry.msgid] = entry.msgstr
    return words


def say_in_french(text: str, words: dict[str, str]) -> str:
    """A text in French, or a stand-in that keeps its placeholders and its form."""
    return words.get(text) or "\n".join(
        line if not line.strip() or line.startswith((":::", "#")) else f"{line} «fr»" for line in text.split("\n")
    )


def translate(folder: Path, words: dict[str, str]) -> tuple[int, int]:
    """Bring the French up to date, as a translator would; how many texts there are, and how many were to be done."""
    write_catalogue(read_package(folder / "package"), "fr")
    file = folder / "package/locale/fr.po"
    catalogue = polib.pofile(str(file))
    open_texts = [entry for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.msgstr)]
    for entry in open_texts:
        entry.msgstr = say_in_french(entry.msgid, words)
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.previous_msgid = entry.previous_msgctxt = None
    catalogue.save(str(file))
    if open_texts:
        adapt(folder, reason="French", author=AUTHOR)
    return len([entry for entry in catalogue if not entry.obsolete]), len(open_texts)


def begin(folder: Path, words: dict[str, str]) -> tuple[int, list[str]]:
    """The adopter as it stands before the first update; how many texts, and which rules it changed."""
    _, release = read_release(VERSIONS[0])
    adopt(release, folder)
    for each in (OWN, *RULES):
        edit(folder, each.values)
        adapt(folder, reason=each.reason, author=AUTHOR)
    set_examples(folder, EXAMPLES)
    adapt(folder, reason="What follows from our rules", author=AUTHOR)
    texts, _ = translate(folder, words)
    return texts, [each.what for each in RULES]


def take(folder: Path, version: str, before: str, words: dict[str, str]) -> Step:
    """One update with all that a person has to do for it."""
    step = Step(version)
    incoming, release = read_release(version, since=f"{before}.0")
    started = time.perf_counter()
    merge = plan_update(folder, release, {})
    step.merge_seconds = time.perf_counter() - started
    step.conflicts = list(merge.conflicts)
    decisions = {each.place: decide(each) for each in merge.conflicts}
    merge = plan_update(folder, release, decisions)
    step.kept = len(merge.kept)
    step.dropped = [each.place for each in merge.dropped if each.place not in decisions]
    step.to_look_at = ["/".join(each.path) for each in merge.to_look_at]
    started = time.perf_counter()
    concerns = check(incoming, write_files(incoming.files, merge.tree))
    step.check_seconds = time.perf_counter() - started
    if concerns:
        merge, step.mended = mend(merge, concerns)
        left = check(incoming, write_files(incoming.files, merge.tree))
        if left:
            raise SystemExit(f"{version}: {left}")
    started = time.perf_counter()
    update(folder, release, merge)
    step.write_seconds = time.perf_counter() - started
    step.texts, step.anew = translate(folder, words)
    return step


def decide(conflict: Conflict) -> Decision:
    """What the adopter decides: its own where there is still a place for it."""
    choice = Choice.THEIRS if conflict.why is Why.GONE else Choice.OURS
    return Decision(choice, by=AUTHOR, reason="replayed")


def mend(merge: Merge, concerns: list[Concern]) -> tuple[Merge, list[str]]:
    """The merge without the outcomes to which our own rules let nobody come any more; one decision for each of them."""
    found = (re.search(r"leads? to outcome (\w+)", each.message) for each in concerns)
    unreached = sorted({said[1] for said in found if said})
    paths = [("service", "outcomes", each) for each in unreached]
    away = tuple(
        Operation(
            Kind.REMOVE,
            path,
            was=find_element(merge.upstream, path),
            reason="Our rules lead nobody here",
            author=AUTHOR,
        )
        for path in paths
    )
    return replace(merge, kept=(*merge.kept, *away)), [
        f"outcome {each} is reached by nobody: taken away" for each in unreached
    ]


def check(incoming: Incoming, files: Package) -> list[Concern]:
    """The errors of the service's own check."""
    return [each for each in incoming.passing.check(files, "the result", today=TODAY) if each.is_error]


def count_hunks(ours: str, base: str, theirs: str) -> int:
    """The conflicting hunks of a text merge."""
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name) / each for each in ("ours", "base", "theirs")]
        for file, text in zip(files, (ours, base, theirs), strict=True):
            file.write_text(text, "utf-8")
        merged = subprocess.run(
            ["git", "merge-file", "-p", *map(str, files)], capture_output=True, text=True, check=False
        )
    return merged.stdout.count("<<<<<<< ")


def merge_texts(folder: Path, before: str, version: str, words: dict[str, str]) -> tuple[int, int]:
    """Conflicting hunks of the same adopter's files: with its French apart, and with it in the texts."""
    ours, apart, in_place = read_folder(folder), 0, 0
    for name in ("service.yaml", "cases.yaml"):
        mine = ours[name].decode()
        base, theirs = ((RELEASES / each / name).read_text("utf-8") for each in (before, version))
        apart += count_hunks(mine, base, theirs)
        if name == "service.yaml":
            tree = write_in_french(parse_tree(mine.encode(), name=name), set(list_sources(folder)), words)
            mine = edit_text(mine, tree)
        in_place += count_hunks(mine, base, theirs)
    return apart, in_place


def list_sources(folder: Path) -> list[str]:
    """The texts that were translated."""
    return [entry.msgid for entry in polib.pofile(str(folder / "package/locale/fr.po")) if not entry.obsolete]


def write_in_french(tree: Any, sources: set[str], words: dict[str, str]) -> Any:
    """The definition with its texts in French."""
    if isinstance(tree, dict):
        return {key: write_in_french(value, sources, words) for key, value in tree.items()}
    if isinstance(tree, list):
        return [write_in_french(value, sources, words) for value in tree]
    return say_in_french(tree, words) if isinstance(tree, str) and tree in sources else tree


def replay(folder: Path, versions: tuple[str, ...] = VERSIONS) -> list[Step]:
    """All updates of one adopter."""
    words = read_french()
    begin(folder, words)
    steps = []
    for before, version in pairwise(versions):
        apart, in_place = merge_texts(folder, before, version, words)
        step = take(folder, version, before, words)
        steps.append(replace(step, hunks=apart, hunks_in_place=in_place))
    return steps


def describe_rules(folder: Path) -> list[str]:
    """What stands of the five rules in the end."""
    operations = {each.place for each in read_adopted(folder).operations}
    tree = read_package_tree(read_folder(folder))
    lines = []
    for rule in RULES:
        (place, value), *_ = rule.values.items()
        stands = (
            "ours"
            if place in operations
            else "as upstream says now"
            if find_element(tree, parse_path(place)) == value
            else "gone with its element"
        )
        lines.append(f"  {rule.what:<20}{stands}")
    return lines


def render(steps: list[Step], folder: Path) -> str:
    """The result as a text."""
    made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, Python {platform.python_version()}"
    head = f"{made}; one adopter, five rules changed, all texts in French"
    columns = ("update to", *(step.version for step in steps), "in all")
    rows: list[tuple[str, list[Any]]] = [
        ("decisions of a person", [step.decisions for step in steps]),
        ("  conflicts to settle", [len(step.conflicts) for step in steps]),
        ("  errors to mend after", [len(step.mended) for step in steps]),
        ("operations kept", [step.kept for step in steps]),
        ("operations dropped", [len(step.dropped) for step in steps]),
        ("safety changes to look at", [len(step.to_look_at) for step in steps]),
        ("texts to translate anew", [step.anew for step in steps]),
        ("  of texts in all", [step.texts for step in steps]),
        ("hunks, French apart", [step.hunks for step in steps]),
        ("hunks, French in the texts", [step.hunks_in_place for step in steps]),
        ("hunks, original (published)", [PUBLISHED[step.version] for step in steps]),
        ("plan of the merge, ms", [round(step.merge_seconds * 1000) for step in steps]),
        ("check of the result, ms", [round(step.check_seconds * 1000) for step in steps]),
        ("write to disk, ms", [round(step.write_seconds * 1000) for step in steps]),
    ]
    no_sum = {"operations kept", "  of texts in all"}
    lines = [head, "", f"{columns[0]:<30}" + "".join(f"{each:>8}" for each in columns[1:])]
    for name, figures in rows:
        total = "" if name in no_sum else sum(figures)
        lines.append(f"{name:<30}" + "".join(f"{each:>8}" for each in [*figures, total]))
    lines += ["", "Conflicts:"] + [
        f"  {step.version}  {each.why}: {each.place} ({each.severity})" for step in steps for each in step.conflicts
    ]
    lines += ["Errors mended:"] + [f"  {step.version}  {each}" for step in steps for each in step.mended]
    lines += ["Dropped without a decision, for the release says so itself or has lost the example:"] + [
        f"  {step.version}  {each}" for step in steps for each in step.dropped
    ]
    lines += ["Safety changes to look at:"] + [
        f"  {step.version}  {each}" for step in steps for each in step.to_look_at
    ]
    lines += ["The five rules in the end:", *describe_rules(folder)]
    total = sum(step.decisions for step in steps)
    lines += ["", f"{total} decisions in all; target {TARGET} or fewer: {'met' if total <= TARGET else 'missed'}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Replay, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "ours"
        text = render(replay(folder), folder)
    print(text)
    if asked.out:
        asked.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
