"""The view of a page: a tree of plain data in one language, from which server and browser draw the same page.

Law: a view holds every key of `EMPTY`, null, [] or "" where there is nothing, and nothing left to be worked out. Texts
of a page see the answers of the steps before it, the outcome sees all that count. A page with one question and no title
of its own has the question as its heading (`is_heading`). `back` is the step before, 0 the start page; null on the
start page. Lists in a view may be shared: nobody changes them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from ridgeway.services.assessments.engine.answering import FieldError
from ridgeway.services.assessments.engine.assessment import Assessment, PageReady, count_day, state_of
from ridgeway.services.assessments.engine.deciding import decide
from ridgeway.services.assessments.engine.errors import StepError
from ridgeway.services.assessments.engine.explaining import build_why
from ridgeway.services.assessments.engine.fields import MISSING, Form, build_again, build_field
from ridgeway.services.assessments.engine.replay import AGAIN, Trail, asks_again
from ridgeway.services.assessments.engine.scoping import make_scope
from ridgeway.services.assessments.engine.showing import show_date, show_day
from ridgeway.services.assessments.engine.speaking import Speaker
from ridgeway.services.assessments.engine.summing import list_answers
from ridgeway.services.assessments.engine.wording import to_plain
from ridgeway.services.assessments.expressions import Span, render_date

View = dict[str, Any]

EMPTY: Final[Mapping[str, Any]] = {
    "kind": "", "id": None, "language": "", "dir": "ltr", "title": "", "heading": [], "section": None, "notice": None,
    "step": None, "of": None, "back": None, "item": None, "body": [], "errors": [], "fields": [], "button": "",
    "severity": None, "collected": [], "next_steps": [], "actions": [], "calendar": None, "answers": [], "dropped": [],
    "why": None, "stamp": None, "fallback": None, "minutes": None, "privacy": [],
}  # fmt: skip
END_TITLES = {"not_yet": "not_yet_title", "ended": "ended_title"}


def build_view(
    assessment: Assessment,
    trail: Trail,
    *,
    step: int,
    language: str,
    answers: Mapping[str, Any],
    form: Form | None = None,
    errors: Sequence[FieldError] = (),
) -> View:
    """The view of a step of the trail; the step after the last page is the outcome. `form` and `errors` are what
    `read_answers` was given and gave.

    Raises:  StepError(no_such_step).
    """
    if trail.is_over and step == len(trail.steps) + 1:
        return build_outcome(assessment, trail, language)
    if not 1 <= step <= len(trail.steps):
        raise StepError("no_such_step", f"There is no step {step} on the way of these answers.")
    speaker = Speaker(assessment, language, trail.scope_before(step))
    place = trail.steps[step - 1]
    page = assessment.pages[place.page]
    view = begin(speaker, page.spec.kind, page.id, trail.today)
    key = f"page.{page.id}"
    alone = len(page.questions) == 1 and not page.spec.title
    heading = speaker.line(f"question.{page.questions[0].id}.title" if alone else f"{key}.title")
    if not heading and page.spec.kind == "check":
        heading = [speaker.word("check_title")]
    given = find_given(answers, place.page, place.item)
    view |= {
        "heading": heading,
        "title": to_plain(heading),
        "section": speaker.plain(f"section.{page.spec.section}.title") if page.spec.section else None,
        "step": step,
        "back": step - 1,
        "item": None if place.item is None else place.item + 1,
        "body": speaker.blocks(f"{key}.body") if page.spec.body else [],
        "fields": build_fields(speaker, page, place.item, given, form),
        "button": speaker.word("continue"),
    }
    if page.spec.kind == "check":
        view |= {"answers": list_answers(speaker, trail, before=step), "dropped": list_dropped(speaker, trail)}
    add_errors(speaker, view, errors)
    return finish(speaker, view)


def begin(speaker: Speaker, kind: str, name: str | None, today: date) -> View:
    """A view with what every page has."""
    document = speaker.assessment.document
    directions = {each.code: each.dir for each in document.languages}
    return {
        **EMPTY,
        "kind": kind,
        "id": name,
        "language": speaker.language,
        "dir": directions.get(speaker.language, "ltr"),
        "notice": speaker.blocks("notice") or None,
        "stamp": {
            "version": document.version,
            "digest": document.digest,
            "date": show_day(today, speaker.formats),
            "day": today.isoformat(),
        },
    }


def finish(speaker: Speaker, view: View) -> View:
    """The view, which says whether something in it fell back to the source language."""
    if speaker.fell_back:
        view["fallback"] = speaker.assessment.document.languages[0].name
    return view


def find_given(answers: Mapping[str, Any], page: str, item: int | None) -> Mapping[str, Any]:
    """The RAW answers that are kept for a page or an item of it."""
    if item is None:
        return answers
    items = answers.get(page)
    kept = items[item] if isinstance(items, list) and item < len(items) else None
    return kept if isinstance(kept, dict) else {}


def build_fields(
    speaker: Speaker, page: PageReady, item: int | None, given: Mapping[str, Any], form: Form | None
) -> list[View]:
    """The fields of a page."""
    heading = len(page.questions) == 1 and not page.spec.title
    fields = [
        build_field(speaker, asked, raw=given.get(asked.id, MISSING), form=form, is_heading=heading)
        for asked in page.questions
    ]
    if item is not None and asks_again(page, item):
        fields.append(build_again(speaker, page.id, raw=given.get(AGAIN, MISSING), form=form))
    return fields


def add_errors(speaker: Speaker, view: View, errors: Sequence[FieldError]) -> None:
    """Put what is wrong beside the fields and into the summary, in the order of the fields."""
    for error in errors:
        message = speaker.word(error.word, *(show_argument(speaker, *each) for each in error.arguments))
        view["errors"] = [*view["errors"], {"field": error.field, "message": message}]
        for field in view["fields"]:
            if field["id"] == error.question:
                field["error"] = message


def show_argument(speaker: Speaker, kind: str, value: Any) -> str:
    """What is put into the message of an error."""
    match kind:
        case "number":
            return speaker.number(value)
        case "plain":
            return speaker.number(value, grouped=False)
        case "date":
            return show_date(value, speaker.formats)
        case "none":
            return speaker.none(value)
        case "option":
            return speaker.label(*value)
        case "word":
            return speaker.word(value)
    return str(value)


def list_dropped(speaker: Speaker, trail: Trail) -> list[str]:
    """The titles of the questions whose answers are kept but do not count."""
    titles = []
    for name in trail.dropped:
        page = trail.assessment.pages.get(name)
        repeated = page is not None and page.spec.repeat is not None
        titled = repeated and page is not None and page.spec.title
        asked = page.questions[0].id if repeated and page is not None else name
        titles.append(speaker.plain(f"page.{name}.title" if titled else f"question.{asked}.title"))
    return titles


def build_outcome(assessment: Assessment, trail: Trail, language: str) -> View:
    """The view of the outcome; of a trail that ends without one, of kind `no_outcome`."""
    speaker = Speaker(assessment, language, trail.scope)
    step = len(trail.steps) + 1
    if trail.outcome is None:
        view = begin(speaker, "no_outcome", None, trail.today)
        title = speaker.word("no_outcome_title")
        return finish(speaker, {**view, "title": title, "heading": [title], "step": step, "back": step - 1})
    view = build_ending(speaker, "outcome", trail.outcome, trail.today)
    outcome = assessment.document.outcomes[trail.outcome]
    listed = list_answers(speaker, trail, before=step)
    view |= {
        "step": step,
        "back": step - 1,
        "collected": [] if outcome.collects is None else build_collected(speaker, outcome.collects),
        "answers": listed,
        "dropped": list_dropped(speaker, trail),
        "why": build_why(speaker, trail, listed),
    }
    return finish(speaker, view)


def build_ending(speaker: Speaker, kind: str, name: str, today: date) -> View:
    """The view of an outcome's own texts."""
    outcome = speaker.assessment.document.outcomes[name]
    key = f"outcome.{name}"
    heading = speaker.line(f"{key}.title")
    return begin(speaker, kind, name, today) | {
        "heading": heading,
        "title": to_plain(heading),
        "body": speaker.blocks(f"{key}.body"),
        "severity": outcome.severity,
        "next_steps": [
            {"href": href, "text": speaker.plain(f"{key}.next.{number}")}
            for number, href in enumerate(outcome.next_steps)
        ],
        "actions": list(outcome.actions),
        "calendar": build_calendar(speaker, name),
    }


def build_calendar(speaker: Speaker, name: str) -> dict[str, str] | None:
    """The day to keep in mind, when it is known exactly."""
    read = speaker.assessment.calendars.get(name)
    value = None if read is None else read(speaker.scope)
    if not isinstance(value, Span) or value.lo != value.hi:
        return None
    return {"date": render_date(value), "title": speaker.plain(f"outcome.{name}.calendar")}


def build_collected(speaker: Speaker, decision: str) -> list[View]:
    """The entitlements that a decision lists: groups in their order, in a group by `order`, then id."""
    document = speaker.assessment.document
    found = decide(speaker.assessment.decisions[decision], speaker.scope).entitlements
    groups = [*document.groups, None]
    listed: dict[str | None, list[str]] = {group: [] for group in groups}
    for name in sorted(found, key=lambda each: (document.entitlements[each].order, each)):
        listed[document.entitlements[name].group].append(name)
    return [
        {
            "title": [] if group is None else speaker.line(f"group.{group}.title"),
            "items": [build_entitlement(speaker, name) for name in listed[group]],
        }
        for group in groups
        if listed[group]
    ]


def build_entitlement(speaker: Speaker, name: str) -> View:
    """One entitlement."""
    key = f"entitlement.{name}"
    links = speaker.assessment.document.entitlements[name].links
    return {
        "id": name,
        "title": speaker.line(f"{key}.title"),
        "body": speaker.blocks(f"{key}.body"),
        "links": [{"href": href, "text": speaker.plain(f"{key}.link.{number}")} for number, href in enumerate(links)],
    }


def build_start_view(assessment: Assessment, language: str, today: date) -> View:
    """The view of the start page; before or after the days of validity, of the page that says so."""
    state = state_of(assessment, today)
    speaker = Speaker(assessment, language, make_scope(assessment, count_day(today), {}))
    if state != "valid":
        return build_closed(speaker, state, today)
    document = assessment.document
    heading = speaker.line("start.title")
    counted = document.privacy.get("statistics") or []
    view = begin(speaker, "start", None, today) | {
        "heading": heading,
        "title": to_plain(heading),
        "body": speaker.blocks("start.body"),
        "button": speaker.word("start"),
        "minutes": None if document.start.minutes is None else speaker.word("minutes", str(document.start.minutes)),
        "privacy": [
            speaker.word("privacy_not_stored"),
            speaker.word("privacy_counted") if counted else speaker.word("privacy_not_counted"),
        ],
    }
    return finish(speaker, view)


def build_closed(speaker: Speaker, state: str, today: date) -> View:
    """The view of an assessment that is not yet or no longer valid: kind `not_yet` or `ended`."""
    after = speaker.assessment.document.valid.after
    if state == "ended" and after is not None:
        return finish(speaker, build_ending(speaker, "ended", after, today))
    title = speaker.word(END_TITLES[state])
    return finish(speaker, begin(speaker, state, None, today) | {"title": title, "heading": [title]})
