"""Whether pages, routes and facts fit together: each way leads somewhere, each name is known.

Law: whether every page can be reached, and whether ways end, is found by walking them (the checks do), not here.
"""

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.elements import list_questions
from ridgeway.services.assessments.definition.kinds import PageKind
from ridgeway.services.assessments.definition.questions import check_question
from ridgeway.services.assessments.definition.shapes import Page
from ridgeway.services.assessments.definition.values import ValueFault, to_value


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
