"""The answers of a trail as people read them: question, answer, and the step at which it can be changed."""

from typing import Any

from ridgeway.services.assessments.engine.document import Question
from ridgeway.services.assessments.engine.fields import PERIOD_WORDS, find_prefix
from ridgeway.services.assessments.engine.replay import Trail
from ridgeway.services.assessments.engine.showing import show_date
from ridgeway.services.assessments.engine.speaking import Speaker
from ridgeway.services.assessments.expressions import parse_date, parse_number

Json = dict[str, Any]


def list_answers(speaker: Speaker, trail: Trail, *, before: int) -> list[Json]:
    """The answers that were given before a step, in the order of the trail."""
    listed = []
    for number, step in enumerate(trail.steps[: before - 1], 1):
        page = trail.assessment.pages[step.page]
        given: Any = trail.answers
        if step.item is not None:
            given = trail.answers[step.page][step.item]
        for asked in page.questions:
            question = speaker.plain(f"question.{asked.id}.title")
            answer = show_raw(speaker, asked.spec, given[asked.id])
            listed.append({"question": question, "answer": answer, "step": number, "id": asked.id, "item": step.item})
    return listed


def show_raw(speaker: Speaker, spec: Question, raw: Any) -> str:
    """An answer that counts, as people read it."""
    if raw is None:
        return speaker.word("unknown")
    if raw == "":
        return speaker.word("not_answered")
    match spec.type:
        case "yes_no":
            return speaker.word("yes" if raw else "no")
        case "radios":
            return speaker.label(spec.id, raw)
        case "checkboxes":
            return ", ".join(speaker.label(spec.id, each) for each in raw) if raw else speaker.none(spec.id)
        case "list":
            return speaker.show_entry(spec, raw)
        case "date" | "month":
            span = parse_date(raw)
            return raw if span is None else show_date(span, speaker.formats)
        case "duration":
            return f"{show_amount(speaker, spec, raw[0])} {speaker.word(raw[1])}"
        case "salary":
            return f"{show_amount(speaker, spec, raw[0])} {speaker.word(PERIOD_WORDS[raw[1]])}"
        case "number" | "money":
            return show_amount(speaker, spec, raw)
    return str(raw)


def show_amount(speaker: Speaker, spec: Question, raw: str) -> str:
    """A number with its sign and its unit."""
    money = spec.type in {"money", "salary"}
    text = speaker.number(parse_number(raw) or 0, decimals=2 if money else 0)
    unit = speaker.plain(f"question.{spec.id}.unit") if "unit" in spec.has else ""
    return (find_prefix(spec) or "") + text + (f" {unit}" if unit else "")
