"""Whether the parts of a definition fit together: ids are unique, what is named is there, sizes are bounded.

Law: only what can be said without reading expressions and texts (`compiling.py` does), and without walking the pages
(the checks do). Read next: `ways.py` (pages and routes), `questions.py`, `tables.py`.
"""

import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition import limits, names
from ridgeway.services.assessments.definition.cases import check_cases, check_plain_texts
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.formats import is_language
from ridgeway.services.assessments.definition.inlines import explain_bad_href
from ridgeway.services.assessments.definition.kinds import Custom, OutcomeKind, ParameterType
from ridgeway.services.assessments.definition.shapes import Parameter
from ridgeway.services.assessments.definition.tables import check_decisions, is_list_decision
from ridgeway.services.assessments.definition.values import ValueFault, to_value
from ridgeway.services.assessments.definition.ways import check_facts, check_pages

FORMAT: Final = "assessment/1"
VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,39}")
JURISDICTION: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?|EU|[0-9]{3}")
TAKEN_IDS: Final = frozenset({"static", "ping", "health", "media", "offline"})
"""Other addresses of the site that shows packages; so are the codes of languages."""
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
TOKENS: Final = (
    *("accent", "brand", "brand-ink", "brand-soft", "button", "button-hover", "button-ink", "focus", "focus-brand"),
    *("link", "link-hover", "link-visited"),
)


def check_definition(checking: Checking) -> None:
    """Note every fault of a definition."""
    check_head(checking)
    check_languages(checking)
    check_days(checking)
    check_parameters(checking)
    check_pages(checking)
    check_facts(checking)
    check_decisions(checking)
    check_endings(checking)
    check_cases(checking)
    check_plain_texts(checking)


def check_head(checking: Checking) -> None:
    """Its format, id, version, place and colours."""
    definition = checking.definition
    if definition.format != FORMAT:
        checking.fail(("format",), f"this is {definition.format!r}; expected {FORMAT}")
    if not names.ID.fullmatch(definition.id):
        checking.fail(("id",), f"{definition.id!r} is no id; it begins with a small letter, then a-z, 0-9 and -")
    elif definition.id in TAKEN_IDS or definition.id.startswith("preview-") or is_language(definition.id):
        checking.fail(("id",), f"{definition.id!r} is another address of the site; choose another id")
    if not VERSION.fullmatch(definition.version):
        checking.fail(("version",), f"{definition.version!r} is no version; write it like 2.1.0")
    if not JURISDICTION.fullmatch(definition.jurisdiction):
        checking.fail(("jurisdiction",), f"{definition.jurisdiction!r} is no ISO 3166 code; write it like CA or CA-ON")
    try:
        ZoneInfo(definition.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        checking.fail(("zone",), f"there is no time zone {definition.zone!r}; write it like America/Toronto")
    for token, colour in ((definition.theme.colours if definition.theme else None) or {}).items():
        where: Path = ("theme", "colours", token)
        if token not in TOKENS:
            checking.fail_unknown(where, "colour", token, TOKENS)
        if not COLOUR.fullmatch(colour):
            checking.fail(where, f"{colour!r} is no colour; write it like #17384f, in quotes")


def check_languages(checking: Checking) -> None:
    """The languages are known ones, each once."""
    languages = checking.definition.languages
    rows: list[tuple[str, Path]] = [(languages.source, ("languages", "source"))]
    rows += [(code, ("languages", "complete", number)) for number, code in enumerate(languages.complete)]
    rows += [(code, ("languages", "partial", number)) for number, code in enumerate(languages.partial)]
    seen: set[str] = set()
    for code, path in rows:
        if not is_language(code):
            checking.fail(path, f"there is no language {code!r}; write its code like en, fr or zh-Hant")
        if code in seen:
            checking.fail(path, f"the language {code} is there twice")
        seen.add(code)
    checking.check_count(("languages",), rows, limits.MAX_LANGUAGES, "languages")


def check_days(checking: Checking) -> None:
    """The days of validity follow one another, and what comes after is there."""
    definition = checking.definition
    if definition.valid is not None:
        valid = definition.valid
        if valid.from_ and valid.until and valid.until < valid.from_:
            checking.fail(("valid", "until"), f"{valid.until} is before the first day, {valid.from_}")
        systems = [each.id for each in definition.outcomes if each.kind is OutcomeKind.SYSTEM]
        if valid.after is not None and valid.after not in systems:
            checking.fail_unknown(("valid", "after"), "outcome of kind system", valid.after, systems)
    minutes = definition.start.minutes
    if minutes is not None and not 0 < minutes <= limits.MAX_MINUTES:
        checking.fail(("start", "minutes"), f"this is {minutes}; expected 1 to {limits.MAX_MINUTES}")


def check_parameters(checking: Checking) -> None:
    """Each parameter has values of its type, in order of their days."""
    parameters = checking.definition.parameters or {}
    checking.check_count(("parameters",), parameters, limits.MAX_PARAMETERS, "parameters")
    for name, parameter in parameters.items():
        path: Path = ("parameters", name)
        checking.check_id(path, name)
        checking.take_name(name, "a parameter", path)
        check_parameter_values(checking, parameter, path)
        if parameter.custom is Custom.REQUIRED and parameter.title is None:
            checking.fail(path, "an adopter must set it, so the key 'title' must say in words what it is")


def check_parameter_values(checking: Checking, parameter: Parameter, path: Path) -> None:
    """The values of one parameter."""
    if (parameter.value is None) == (not parameter.values):
        checking.fail(path, "write either value (one) or values (by date)")
    checking.check_count((*path, "values"), parameter.values, limits.MAX_PARAMETER_VALUES, "values")
    if parameter.value is not None:
        check_parameter_value(checking, parameter, parameter.value, (*path, "value"))
    days = [each.from_ for each in parameter.values]
    for number, entry in enumerate(parameter.values):
        inside: Path = (*path, "values", number)
        check_parameter_value(checking, parameter, entry.value, (*inside, "value"))
        before = days[number - 1] if number else None
        if number and (entry.from_ is None or (before is not None and entry.from_ <= before)):
            checking.fail(inside, "its first day must come after the one before it; write the earliest first")


def check_parameter_value(checking: Checking, parameter: Parameter, value: object, path: Path) -> None:
    """One value of a parameter."""
    try:
        to_value(parameter.type, value)
    except ValueFault as fault:
        checking.fail(path, str(fault))
        return
    if parameter.type is ParameterType.NUMBER:
        low, high = parameter.min, parameter.max
        if (low is not None and value < low) or (high is not None and value > high):  # type: ignore[operator]
            checking.fail(path, f"this is {value}; it must lie between {low} and {high}")


def check_endings(checking: Checking) -> None:
    """Outcomes, groups and entitlements."""
    definition = checking.definition
    checking.check_count(("outcomes",), definition.outcomes, limits.MAX_OUTCOMES, "outcomes")
    checking.check_count(("entitlements",), definition.entitlements, limits.MAX_ENTITLEMENTS, "entitlements")
    checking.check_count(("groups",), definition.groups, limits.MAX_GROUPS, "groups")
    for kind in ("outcomes", "entitlements", "groups"):
        entries = ((each.id, (kind, number)) for number, each in enumerate(getattr(definition, kind)))
        checking.check_unique(entries, f"the {kind.removesuffix('s')}")
    groups = [each.id for each in definition.groups]
    for number, entitlement in enumerate(definition.entitlements):
        path: Path = ("entitlements", number)
        if entitlement.group is not None and entitlement.group not in groups:
            checking.fail_unknown((*path, "group"), "group", entitlement.group, groups)
        check_links(checking, [link.href for link in entitlement.links], (*path, "links"))
    lists = [name for name, each in checking.decisions.items() if is_list_decision(each)]
    for number, outcome in enumerate(definition.outcomes):
        path = ("outcomes", number)
        if outcome.collects is not None and outcome.collects not in lists:
            what = "decision that collects a list"
            checking.fail_unknown((*path, "collects"), what, outcome.collects, lists)
        check_links(checking, [link.href for link in outcome.next_steps], (*path, "next_steps"))


def check_links(checking: Checking, hrefs: list[str], path: Path) -> None:
    """Links lead where links may."""
    checking.check_count(path, hrefs, limits.MAX_LINKS, "links")
    for number, href in enumerate(hrefs):
        why = explain_bad_href(href)
        if why:
            checking.fail((*path, number, "href"), why)
