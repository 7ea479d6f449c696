"""The fields of a page as plain data: what to show for each question, filled with what was answered.

Law: every key is always there. `values` hold what stands in the fields ("" for the one of the question itself, else the
part: day, month, year, amount, unit); after an error they are what was written, else the answer that is kept, whether
or not it counts. The id of a field is the question's, of its second choice `QID-2`, of a part `QID-day`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ridgeway.services.assessments.engine.document import Question
from ridgeway.services.assessments.engine.questions import (
    DAYS_OF_UNIT,
    PERIODS_A_YEAR,
    Asked,
    get_max_length,
)
from ridgeway.services.assessments.engine.speaking import Speaker

Form = Mapping[str, Sequence[str]]
Json = dict[str, Any]

KINDS = {
    "yes_no": "radios", "radios": "radios", "checkboxes": "checkboxes", "number": "number", "money": "money",
    "date": "date", "month": "month", "year": "year", "duration": "duration", "salary": "salary", "text": "text",
    "long_text": "textarea", "email": "email", "phone": "tel", "postal_code": "text", "identifier": "text",
    "list": "list",
}  # fmt: skip
AUTOCOMPLETE = {"email": "email", "phone": "tel", "postal_code": "postal-code"}
SYMBOLS = {
    "AUD": "$", "BRL": "R$", "CAD": "$", "CNY": "¥", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "MXN": "$",
    "NZD": "$", "UAH": "₴", "USD": "$",
}  # fmt: skip
PARTS = {
    "date": ("day", "month", "year"),
    "month": ("month", "year"),
    "duration": ("amount", "unit"),
    "salary": ("amount", "unit"),
}
PERIOD_WORDS = {"week": "per_week", "two_weeks": "per_two_weeks", "month": "per_month", "year": "per_year"}
UNKNOWN, NONE, YES, NO, AGAIN = "unknown", "none", "yes", "no", "again"
MISSING = object()


def build_field(speaker: Speaker, asked: Asked, *, raw: Any, form: Form | None, is_heading: bool) -> Json:
    """The field of a question; `raw` is what is kept (or MISSING), `form` what was just written."""
    spec = asked.spec
    key = f"question.{asked.id}"
    has = spec.has
    return {
        "id": asked.id,
        "kind": KINDS[spec.type],
        "label": speaker.line(f"{key}.title"),
        "is_heading": is_heading,
        "hint": speaker.line(f"{key}.hint") if "hint" in has else None,
        "body": [*build_bullets(speaker, spec, key), *(speaker.blocks(f"{key}.body") if "body" in has else [])],
        "why": speaker.line(f"{key}.purpose") if "purpose" in has else None,
        "options": build_options(speaker, spec, find_chosen(spec, raw, form)),
        "values": find_values(speaker, spec, raw, form),
        "error": None,
        "prefix": find_prefix(spec),
        "suffix": speaker.plain(f"{key}.unit") if "unit" in has else None,
        "inputmode": find_input_mode(spec),
        "autocomplete": AUTOCOMPLETE.get(spec.type),
        "optional": spec.optional,
        "maxlength": get_max_length(spec) if spec.type in {"text", "long_text"} else None,
        "units": build_units(speaker, spec),
        "list": list_entries(speaker, spec),
        "approximate": spec.approximate,
    }


def build_again(speaker: Speaker, page: str, *, raw: Any, form: Form | None) -> Json:
    """The question whether there is another item."""
    asked = Asked(Question(id=AGAIN, type="yes_no"), AGAIN, read=lambda given: given)
    built = build_field(speaker, asked, raw=raw, form=form, is_heading=False)
    return {**built, "label": speaker.line(f"page.{page}.again") or [speaker.word("add_another")]}


def build_bullets(speaker: Speaker, spec: Question, key: str) -> list[Any]:
    """The points below a question, as one list."""
    if not spec.bullets:
        return []
    return [["ul", [[["p", speaker.line(f"{key}.list.{number}")]] for number in range(spec.bullets)]]]


def find_chosen(spec: Question, raw: Any, form: Form | None) -> frozenset[str]:
    """The values of the choices that are ticked."""
    if form is not None:
        named = form.get(spec.id, ()) if spec.type in {"yes_no", "radios", "checkboxes"} else ()
        marked = [UNKNOWN] if form.get(f"{spec.id}-{UNKNOWN}", ("",))[0] else []
        return frozenset([*named, *marked])
    if raw is None:
        return frozenset([UNKNOWN])
    if spec.type == "yes_no" and isinstance(raw, bool):
        return frozenset([YES if raw else NO])
    if spec.type == "radios" and isinstance(raw, str):
        return frozenset([raw])
    if spec.type == "checkboxes" and isinstance(raw, list):
        return frozenset(each for each in raw if isinstance(each, str)) if raw else frozenset([NONE])
    return frozenset()


def build_options(speaker: Speaker, spec: Question, chosen: frozenset[str]) -> list[Json]:
    """The choices of a question; of a written answer at most “I don't know”."""
    key = f"question.{spec.id}"
    listed: list[tuple[str, Any, Any, bool]] = []
    if spec.type == "yes_no":
        listed = [(YES, [speaker.word("yes")], None, False), (NO, [speaker.word("no")], None, False)]
    for option in spec.options:
        hint = speaker.line(f"{key}.option.{option.id}.hint") or None
        listed.append((option.id, speaker.line(f"{key}.option.{option.id}.label"), hint, option.exclusive))
    if spec.type == "checkboxes" and NONE in spec.has:
        listed.append((NONE, speaker.line(f"{key}.none"), None, True))
    if spec.unknown:
        listed.append((UNKNOWN, [speaker.word("unknown")], None, True))
    written = spec.type not in {"yes_no", "radios", "checkboxes"}
    return [
        {
            "value": value,
            "id": f"{spec.id}-{UNKNOWN}" if written else spec.id if place == 1 else f"{spec.id}-{place}",
            "label": label,
            "hint": hint,
            "checked": value in chosen,
            "exclusive": exclusive,
        }
        for place, (value, label, hint, exclusive) in enumerate(listed, 1)
    ]


def find_values(speaker: Speaker, spec: Question, raw: Any, form: Form | None) -> dict[str, str]:
    """What stands in the fields."""
    if spec.type in {"yes_no", "radios", "checkboxes"}:
        return {}
    parts = PARTS.get(spec.type, ("",))
    if form is not None:
        return {part: (form.get(f"{spec.id}-{part}" if part else spec.id) or ("",))[0] for part in parts}
    empty = dict.fromkeys(parts, "")
    if spec.type in {"duration", "salary"}:
        fits = isinstance(raw, list) and len(raw) == 2 and all(isinstance(each, str) for each in raw)
        return {"amount": localise(speaker, raw[0]), "unit": raw[1]} if fits else empty
    if not isinstance(raw, str):
        return empty
    if spec.type in {"date", "month"}:
        year, _, rest = raw.partition("-")
        month, _, day = rest.partition("-")
        written = {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
        return {part: written[part] for part in parts}
    if spec.type == "list":
        return {"": speaker.show_entry(spec, raw) if raw else ""}
    return {"": localise(speaker, raw) if spec.type in {"number", "money"} else raw}


def localise(speaker: Speaker, number: str) -> str:
    """A number with the decimal sign of the language, as a person would write it."""
    return number.replace(".", speaker.formats.decimal)


def find_prefix(spec: Question) -> str | None:
    """The sign in front of a field."""
    if spec.prefix is None and spec.currency is not None:
        return SYMBOLS.get(spec.currency, spec.currency)
    return spec.prefix


def find_input_mode(spec: Question) -> str | None:
    """Which keyboard a telephone shows."""
    if spec.type in {"date", "month", "year"}:
        return "numeric"
    if spec.type in {"number", "money", "duration", "salary"}:
        return "decimal" if spec.decimals else "numeric"
    return None


def build_units(speaker: Speaker, spec: Question) -> list[Json]:
    """The units of a duration, or the periods of a salary."""
    if spec.type == "duration":
        return [{"value": unit, "label": speaker.word(unit)} for unit in spec.units or DAYS_OF_UNIT]
    if spec.type == "salary":
        return [{"value": each, "label": speaker.word(PERIOD_WORDS[each])} for each in spec.periods or PERIODS_A_YEAR]
    return []


def list_entries(speaker: Speaker, spec: Question) -> list[str]:
    """The names of the entries of a list."""
    if spec.type != "list":
        return []
    listed = speaker.assessment.document.lists[str(spec.list_name)]
    source = speaker.assessment.languages.source
    return list(listed.labels.get(speaker.language) or listed.labels.get(source) or listed.ids)
