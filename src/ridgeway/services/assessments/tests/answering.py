"""Answers at random, most of them such as people give, some such as nobody should."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]
Compiled = Mapping[str, Any]
TEXTS = {
    "text": ("Lima", "a b", " x", "é\u0301", "مرحبا", ""),
    "long_text": ("One.\n\nTwo.", "x" * 300, "\n"),
    "email": ("ana@example.org", "a@b", "a b@c.de", "@x.y"),
    "phone": ("+16135550100", "6135550100", "12"),
    "postal_code": ("K1A0B1", "SW1A1AA", "75008", "K1A", "??"),
    "identifier": ("AB123456C", "123456782", "046454286", "?"),
}
ODD: tuple[Any, ...] = (None, "", 0, 1, True, "x", [], ["x"], {}, [["x"]], "2026-02-30", "1e3", "01", "-0", 10**20)


def choose_answers(compiled: Compiled, random: Random, today: date) -> Json:
    """Answers to most questions of all pages."""
    answers: Json = {}
    for page in compiled["pages"]:
        if page["repeat"]:
            answers[page["id"]] = [
                choose_page(compiled, page, random, today) | {"again": random.random() < 0.6}
                for _ in range(random.randint(0, 4))
            ]
        else:
            answers |= choose_page(compiled, page, random, today)
    return answers


def choose_page(compiled: Compiled, page: Json, random: Random, today: date) -> Json:
    """Answers to the questions of a page."""
    chosen = {each["id"]: choose(compiled, each, random, today) for each in page["questions"]}
    return {name: value for name, value in chosen.items() if random.random() < 0.97}


def choose(compiled: Compiled, question: Json, random: Random, today: date) -> Any:
    """One answer."""
    if random.random() < 0.02:
        return random.choice(ODD)
    if question["unknown"] and random.random() < 0.15:
        return None
    if question["optional"] and random.random() < 0.2:
        return ""
    return choose_proper(compiled, question, random, today)


def choose_proper(compiled: Compiled, question: Json, random: Random, today: date) -> Any:
    """An answer as people give it, mostly within the limits."""
    kind = question["type"]
    options = [each["id"] for each in question.get("options") or ()]
    if kind == "yes_no":
        return random.random() < 0.5
    if kind == "radios":
        return random.choice(options)
    if kind == "checkboxes":
        alone = [each["id"] for each in question["options"] if each["exclusive"]]
        several = [each for each in options if each not in alone and random.random() < 0.4]
        return several or (random.choice([*[[each] for each in alone], []]))
    if kind == "list":
        return random.choice(compiled["lists"][question["list"]]["ids"])
    if kind in TEXTS:
        return random.choice(TEXTS[kind])
    if kind in {"date", "month"}:
        day = today - timedelta(days=random.choice((0, 1, 5, 9, 10, 11, 30, 400, 9000, 25000, -1, -40)))
        length = 7 if kind == "month" else random.choice((4, 7, 10, 10)) if question.get("approximate") else 10
        return day.isoformat()[:length]
    return choose_amount(question, random)


def choose_amount(question: Json, random: Random) -> Any:
    """A number, alone or with its unit; about the limits more often."""
    bounds = [int(question[name]) // 1_000_000 for name in ("min", "max") if question.get(name)]
    number = random.choice([*(each + random.randint(-1, 1) for each in bounds), random.randint(0, 90), 2026, 65, 40000])
    text = str(number)
    if question.get("decimals") and random.random() < 0.5:
        text += f".{random.randint(1, 9)}"
    if question["type"] == "duration":
        return [text, random.choice(question["units"] or ["days"])]
    if question["type"] == "salary":
        return [text, random.choice(question["periods"] or ["month"])]
    return text
