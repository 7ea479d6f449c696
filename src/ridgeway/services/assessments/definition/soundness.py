"""Whether the parts of a definition fit together: ids are unique, what is named is there, sizes are bounded.

Law: only what can be said without reading expressions and texts (`compiling.py` does), and without walking the pages
(the checks do). Read next: `questions.py`, `tables.py`.
"""

import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition import limits, names
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.elements import list_questions
from ridgeway.services.assessments.definition.formats import is_language
from ridgeway.services.assessments.definition.inlines import explain_bad_href
from ridgeway.services.assessments.definition.kinds import Custom, OutcomeKind, PageKind, ParameterType
from ridgeway.services.assessments.definition.questions import check_question
from ridgeway.services.assessments.definition.shapes import Page, Parameter
from ridgeway.services.assessments.definition.tables import check_decisions, is_list_decision
from ridgeway.services.assessments.definition.values import ValueFault, to_value

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
    check_forms(checking)


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


def check_pages(checking: Checking) -> None:
    """Pages and questions: ids, kinds, sections, routes."""
    definition = checking.definition
    checking.check_count(("pages",), definition.pages, limits.MAX_PAGES, "pages")
    checking.check_count(("sections",), definition.sections, limits.MAX_SECTIONS, "sections")
    checking.check_unique(((s.id, ("sections", n)) for n, s in enumerate(definition.sections)), "the section")
    if not definition.pages:
        checking.fail(("pages",), "there is no page; write at least one")
    ids = {page.id for page in definition.pages}
    sections = {section.id for section in definition.sections}
    checking.check_unique(((page.id, ("pages", n)) for n, page in enumerate(definition.pages)), "the page")
    taken: dict[str, str] = {}
    for number, page in enumerate(definition.pages):
        path: Path = ("pages", number)
        check_page(checking, page, path)
        if page.section is not None and page.section not in sections:
            checking.fail_unknown((*path, "section"), "section", page.section, sections)
        check_routes(checking, page, path, ids)
        for question, inside in list_questions(page, path):
            name = str(question.id)
            own = page.question is not None and name == page.id
            if (name in ids and not own) or name in taken:
                checking.fail(inside, f"the id {name!r} is there already; ids are unique over pages and questions")
            taken[name] = page.id


def check_page(checking: Checking, page: Page, path: Path) -> None:
    """What one page holds."""
    questions = list(list_questions(page, path))
    checking.check_count((*path, "questions"), questions, limits.MAX_QUESTIONS_PER_PAGE, "questions on a page")
    if page.question is not None and page.questions:
        checking.fail((*path, "questions"), "write question (one) or questions (several), not both")
    if page.kind is PageKind.QUESTION and not questions:
        checking.fail(path, "a page of kind question asks something; write question")
    if page.kind in {PageKind.INFORMATION, PageKind.CHECK} and questions:
        checking.fail(path, f"a page of kind {page.kind} asks nothing; take the kind or the questions out")
    if page.title is None and not page.is_check and page.question is None:
        checking.fail(path, "the key 'title' is missing; only a page with one question may do without")
    if page.repeat is not None:
        check_repeat(checking, page, path)
    for question, inside in questions:
        checking.check_id(inside, str(question.id))
        check_question(checking, question, inside)
        if page.repeat is None:
            checking.take_name(str(question.id), "a question", inside)


def check_repeat(checking: Checking, page: Page, path: Path) -> None:
    """A page that is asked several times."""
    repeat = page.repeat
    if repeat is None:
        return
    checking.take_name(page.id, "a page that is repeated", path)
    if not page.asked:
        checking.fail((*path, "repeat"), "a page that is repeated asks something; write question or questions")
    if not 1 <= repeat.min <= repeat.max <= limits.MAX_REPEATS:
        why = f"min is {repeat.min} and max {repeat.max}; expected 1 ≤ min ≤ max ≤ {limits.MAX_REPEATS}"
        checking.fail((*path, "repeat"), why)
    if page.question is not None and page.question.id == page.id:
        checking.fail((*path, "question"), "on a page that is repeated the question needs an id of its own; write id")


def check_routes(checking: Checking, page: Page, path: Path, ids: set[str]) -> None:
    """Each route leads somewhere; the last one always does."""
    checking.check_count((*path, "routes"), page.routes, limits.MAX_ROUTES, "routes")
    named = [(route.id, (*path, "routes", n)) for n, route in enumerate(page.routes) if route.id is not None]
    checking.check_unique(named, "the route")
    for number, route in enumerate(page.routes):
        inside: Path = (*path, "routes", number)
        is_last = number == len(page.routes) - 1
        if is_last and route.when is not None:
            checking.fail(inside, "the last route must hold always; add one without when, such as {to: next}")
        if not is_last and route.when is None:
            checking.fail(inside, "this route holds always, so those after it never do; move it to the end")
        check_target(checking, route.to, (*inside, "to"), ids)
    is_last_page = page is checking.definition.pages[-1]
    if is_last_page and (not page.routes or any(route.to == "next" for route in page.routes)):
        checking.fail(path, "there is no page after this one; let its routes lead to outcome.ID or decision.ID")


def check_target(checking: Checking, target: str, path: Path, pages: set[str]) -> None:
    """Where a route leads to is there."""
    kind, point, name = target.partition(".")
    outcomes = {each.id for each in checking.definition.outcomes}
    if not point:
        if target != "next" and target not in pages:
            known = {*pages, "next", *(f"outcome.{each}" for each in outcomes)}
            known |= {f"decision.{each}" for each in checking.decisions}
            checking.fail_unknown(path, "page", target, known)
    elif kind == "outcome":
        if name not in outcomes:
            checking.fail_unknown(path, "outcome", name, outcomes)
    elif kind == "decision":
        if name not in checking.decisions:
            checking.fail_unknown(path, "decision", name, checking.decisions)
    else:
        checking.fail(path, f"{target!r} is no target; write a page's id, next, outcome.ID or decision.ID")


def check_facts(checking: Checking) -> None:
    """Each fact is an expression or a score of a question's options."""
    facts = checking.definition.facts or {}
    checking.check_count(("facts",), facts, limits.MAX_FACTS, "facts")
    questions = {str(each.id): each for page in checking.definition.pages for each in page.asked if not page.repeat}
    for name, fact in facts.items():
        path: Path = ("facts", name)
        checking.check_id(path, name)
        checking.take_name(name, "a fact", path)
        if fact.expression is not None and (fact.of or fact.weights):
            checking.fail(path, "write an expression or a score (of, weights), not both")
        elif fact.expression is None and (fact.of is None or not fact.weights):
            checking.fail(path, "write an expression, or a score with of and weights")
        if fact.of is None:
            continue
        with_options = {key: each for key, each in questions.items() if each.options}
        if fact.of not in with_options:
            checking.fail_unknown((*path, "of"), "question with options", fact.of, with_options)
            continue
        options = [option.id for option in with_options[fact.of].options]
        for option, weight in (fact.weights or {}).items():
            if option not in options:
                checking.fail_unknown((*path, "weights", option), "option", option, options)
            try:
                to_value("number", weight)
            except ValueFault as fault:
                checking.fail((*path, "weights", option), str(fault))


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


def check_forms(checking: Checking) -> None:
    """Parameters that each adopter must set are named only where there are any."""
    for name, parameter in (checking.definition.parameters or {}).items():
        if parameter.custom is Custom.REQUIRED and parameter.title is None:
            path: Path = ("parameters", name)
            checking.fail(path, "an adopter must set it, so the key 'title' must say in words what it is")
