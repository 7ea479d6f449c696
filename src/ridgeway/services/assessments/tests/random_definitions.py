"""Random valid compiled documents, of every kind of question, page and decision, and answers to them.

`make_definition(Random(seed))` is the same for the same seed, and so is `make_answered(seed)`: let Hypothesis draw the
seed. Every document loads. Routes lead forward; outcomes may lack for some answers.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any

from ridgeway.services.assessments.definition.formats import describe_formats, describe_language
from ridgeway.services.assessments.definition.patterns import PATTERNS, POSTAL_CODES
from ridgeway.services.assessments.definition.words import list_words
from ridgeway.services.assessments.expressions import Environment, kind_of, parse_expression, parse_test
from ridgeway.services.assessments.tests.answering import choose_answers

Json = dict[str, Any]
TODAY = date(2026, 11, 24)
LANGUAGES = ("en", "fr", "ar")
OPTIONS = ("fever", "cough", "tired", "other")
COUNTRIES = ("CA", "FR", "UA")
KINDS = (
    "yes_no", "yes_no", "radios", "radios", "checkboxes", "checkboxes", "number", "number", "money", "date", "date",
    "month", "year", "duration", "salary", "text", "long_text", "email", "phone", "postal_code", "identifier", "list",
)  # fmt: skip
NUMBERS = frozenset({"number", "money", "year", "duration", "salary"})
CONSTANTS = ("0", "1", "2.5", "10", "65", "2000", "40000")


def make_answered(seed: int) -> tuple[Json, Json]:
    """The document of a seed, and answers to it."""
    random = Random(seed)
    compiled = make_definition(random)
    return compiled, choose_answers(compiled, random, TODAY)


def make_definition(random: Random) -> Json:
    """A valid compiled document."""
    return Maker(random).make()


@lru_cache
def describe_languages() -> Json:
    """Languages, words and formats."""
    return {
        "languages": [describe_language(code) for code in LANGUAGES],
        "words": {code: list_words(code, {}) for code in LANGUAGES},
        "formats": {code: describe_formats(code, "CA") for code in LANGUAGES},
    }


class Maker:
    """A document under way."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.answers: Json = {}
        self.items: Json = {}
        self.options: Json = {}
        self.facts: Json = {}
        self.decisions: Json = {}
        self.outputs: Json = {}
        self.collects: set[str] = set()
        self.texts: dict[str, Any] = {}
        self.parameters: Json = {
            "limit": {"type": "number", "values": [[None, "5000000"], ["2026-11-24", "7000000"]]},
            "soon": {"type": "number", "values": [["2026-12-01", "1000000"]]},
            "call": {"type": "text", "values": [[None, "911"]]},
        }
        self.outcomes = [f"o{number}" for number in range(random.randint(1, 4))]

    def chance(self, part: float) -> bool:
        """True in such a part of the cases."""
        return self.random.random() < part

    @property
    def environment(self) -> Environment:
        """What expressions may name so far."""
        return Environment(
            answers=self.answers,
            parameters={name: each["type"] for name, each in self.parameters.items()},
            facts=self.facts,
            decisions=self.decisions,
            outputs=self.outputs,
            items=self.items,
            options=self.options,
            collects=frozenset(self.collects),
            patterns=PATTERNS,
        )

    def parse(self, text: str) -> Any:
        """The JSON of an expression."""
        return parse_expression(text, self.environment)[0]

    def make(self) -> Json:
        """The whole document."""
        count = self.random.randint(1, 7)
        on_behalf = self.chance(0.3)
        pages = [self.make_page(number) for number in range(count)]
        facts = [self.make_fact(number) for number in range(self.random.randint(0, 4))]
        decisions = self.make_decisions(facts)
        for place, page in enumerate(pages):
            page["routes"] = self.make_routes(pages, place, decisions)
        if on_behalf:
            pages.insert(0, self.make_on_behalf())
        self.make_texts(pages, decisions)
        document = {
            "format": "assessment-compiled/1", "id": "random", "version": "1.0.0", "digest": "0" * 64,
            "publisher": {"name": "Nobody", "contact": None}, "jurisdiction": "CA", "zone": "UTC", "license": None,
            "valid": {"from": None, "until": None, "after": None}, "theme": None,
            "privacy": {"answers": "not-stored", "statistics": []}, "parameters": self.parameters,
            "start": {"minutes": 2, "on_behalf": on_behalf}, "pages": pages, "facts": facts, "decisions": decisions,
            "entitlements": {name: {"group": group, "order": order, "links": ["https://example.org/"]}
                             for name, group, order in (("e1", "g1", 2), ("e2", "g2", 1), ("e3", None, 1))},
            "groups": ["g2", "g1"], "outcomes": self.make_outcomes(), "texts": self.translate(),
            "lists": {"countries": {"ids": list(COUNTRIES), "labels": {
                "en": ["Canada", "France", "Ukraine"], "fr": ["Canada", "France", "Ukraine"]}}},
            **describe_languages(),
        }  # fmt: skip
        made: Json = json.loads(json.dumps(document))  # as a file gives it: nothing is shared, there are no tuples
        return made

    def make_on_behalf(self) -> Json:
        """The first page of those who may answer for others."""
        self.texts["question.on_behalf.title"] = line("Are you answering for somebody else?")
        question = self.describe("on_behalf", "yes_no")
        return self.describe_page("on_behalf", [question]) | {"routes": [{"when": None, "to": "next"}]}

    def describe_page(self, name: str, questions: list[Json]) -> Json:
        """A page without routes."""
        return {
            "id": name, "kind": "question" if questions else "information", "section": None, "only_if": None,
            "title": False, "body": False, "questions": questions, "repeat": None, "routes": [],
        }  # fmt: skip

    def make_page(self, number: int) -> Json:
        """A page."""
        name = f"p{number}"
        if number and self.chance(0.15):
            return self.describe_page(name, []) | {"title": True, "kind": self.random.choice(["information", "check"])}
        repeated = self.chance(0.15)
        count = self.random.choice([1, 1, 1, 2, 3])
        only_if = self.parse(self.write_truth(2)) if self.answers and self.chance(0.25) else None
        questions = [self.make_question(f"q{number}_{place}") for place in range(count)]
        types = {each["id"]: self.type_of(each) for each in questions}
        page = self.describe_page(name, questions)
        page |= {"title": repeated or count > 1 or self.chance(0.2), "body": self.chance(0.4), "only_if": only_if}
        if repeated:
            least = self.random.randint(1, 2)
            page["repeat"] = {"min": least, "max": least + self.random.randint(0, 2)}
            self.answers[name] = ["list", name]
            self.items[name] = types
        else:
            self.answers |= types
        return page

    def describe(self, name: str, kind: str) -> Json:
        """A question with the keys that each has."""
        has = ["title", *(key for key in ("hint", "body", "purpose") if self.chance(0.2))]
        return {
            "id": name,
            "type": kind,
            "optional": False,
            "unknown": False,
            "personal": False,
            "bullets": 0,
            "has": has,
        }

    def make_question(self, name: str) -> Json:
        """A question of a random type."""
        kind = self.random.choice(KINDS)
        question = self.describe(name, kind)
        question |= {
            "optional": self.chance(0.2),
            "unknown": self.chance(0.2),
            "bullets": self.random.choice([0, 0, 2]),
        }
        if kind in {"radios", "checkboxes"}:
            chosen = self.random.sample(OPTIONS, self.random.randint(2, len(OPTIONS)))
            alone = kind == "checkboxes" and self.chance(0.3)
            question["options"] = [{"id": each, "exclusive": alone and each == "other"} for each in chosen]
            self.options[name] = tuple(chosen)
            if kind == "checkboxes" and (not question["optional"] or self.chance(0.5)):
                question["has"].append("none")
        elif kind == "list":
            question["list"] = "countries"
            self.options[name] = COUNTRIES
        elif kind in NUMBERS:
            question |= self.make_amount(kind)
        elif kind in {"date", "month"}:
            question |= self.make_limits(kind)
        elif kind == "postal_code":
            question |= {"country": "CA", "pattern": POSTAL_CODES["CA"]}
        elif kind == "identifier":
            question["pattern"] = PATTERNS["ca_sin"]
        elif kind == "text":
            question["max_length"] = self.random.choice([5, 40])
        return question

    def make_amount(self, kind: str) -> Json:
        """What belongs to a question for a number."""
        low, high = sorted(self.random.sample([0, 5, 18, 65, 120, 1900, 2030, 50000], 2))
        bounds = {"min": str(low * 10**6), "max": str(high * 10**6)} if self.chance(0.6) else {"min": None, "max": None}
        more: Json = {"decimals": 2 if kind in {"money", "salary"} else self.random.choice([0, 0, 1]), "currency": None}
        if kind in {"money", "salary"}:
            more["currency"] = "CAD"
        if kind == "year":
            more["decimals"] = 0
        if kind == "duration":
            more["units"] = ["days", "weeks", "months", "years"][: self.random.randint(1, 4)]
        if kind == "salary":
            more["periods"] = ["week", "two_weeks", "month", "year"]
        return bounds | more

    def make_limits(self, kind: str) -> Json:
        """What belongs to a question for a date."""
        earliest = self.random.choice([None, "add_days(today, -400)", "2020-01-01"])
        latest = self.random.choice([None, "today", "add_months(today, 6)", *self.dates()])
        return {
            "min": earliest and self.parse(earliest),
            "max": latest and self.parse(latest),
            "approximate": kind == "date" and self.chance(0.4),
        }

    def type_of(self, question: Json) -> Any:
        """The TYPE of a question."""
        kind, name = question["type"], question["id"]
        plain = {"yes_no": "bool", "date": "date", "month": "date"} | dict.fromkeys(NUMBERS, "number")
        options = {"radios": ["option", name], "list": ["option", name], "checkboxes": ["options", name]}
        return options.get(kind) or plain.get(kind, "text")

    def dates(self) -> list[str]:
        """Names of dates."""
        return [name for name, kind in self.answers.items() if kind == "date"]

    def write_truth(self, depth: int) -> str:
        """An expression that is true or false."""
        if depth and self.chance(0.4):
            left, right = self.write_truth(depth - 1), self.write_truth(depth - 1)
            other = self.write_truth(depth - 1)
            forms = [f"({left} && {right})", f"({left} || {right})", f"!({left})", f"({left} ? {right} : {other})"]
            return self.random.choice(forms)
        atoms = [self.write_atom(name, kind) for name, kind in self.answers.items()]
        atoms += [name for name, kind in self.facts.items() if kind == "bool"]
        atoms += [f"{self.write_number(1)} {self.sign()} {self.write_number(0)}", "today > 2026-11-23"]
        return self.random.choice(atoms)

    def sign(self) -> str:
        """A comparison."""
        return self.random.choice(["<", "<=", ">", ">=", "==", "!="])

    def write_atom(self, name: str, kind: Any) -> str:
        """A question about one answer."""
        option = self.random.choice(self.options.get(name, ("",)))
        number = self.random.choice(CONSTANTS)
        forms = {
            "bool": [name, f"!{name}", f"known({name})"],
            "number": [f"{name} {self.sign()} {number}", f"{name} {self.sign()} limit", f"answered({name})"],
            "text": [f"size({name}) > 3", f'{name} == "Lima"', f'matches_pattern({name}, "postal_code_ca")'],
            "date": [
                f"{name} {self.sign()} today",
                f"days_between({name}, today) <= 10",
                f"age_on({name}, today) > 17",
            ],
            "option": [f'{name} == "{option}"', f'{name} in ["{option}"]', f"known({name})"],
            "options": [f"size({name}) > 1", f'"{option}" in {name}', f'score({name}, {{"{option}": 2.5}}) > 1'],
        }
        if kind_of(kind) == "list":
            inner, inside = self.random.choice(list(self.items[name].items()))
            truth = self.write_item(inner, inside)
            quantified = [f"{word}({name}, {truth})" for word in ("any", "all")]
            return self.random.choice([*quantified, f"count({name}, {truth}) > 1", f"size({name}) >= 2"])
        return self.random.choice(forms[kind_of(kind)])

    def write_item(self, name: str, kind: Any) -> str:
        """A question about one answer of an item."""
        atom = self.write_atom(name, kind)
        return f"known({name})" if "score" in atom or "answered" in atom else atom

    def write_number(self, depth: int) -> str:
        """An expression that gives a number."""
        named = {**self.answers, **self.facts, **self.decisions}
        atoms = [name for name, kind in named.items() if kind == "number"] + ["limit", "soon", *CONSTANTS]
        atoms += [
            f"size({name})" for name, kind in self.answers.items() if kind_of(kind) in {"options", "text", "list"}
        ]
        atoms += [f"count({name})" for name in self.collects]
        if depth and self.chance(0.5):
            sign = self.random.choice(["+", "-", "*", "/", "%"])
            return f"({self.write_number(depth - 1)} {sign} {self.write_number(depth - 1)})"
        return self.random.choice(atoms)

    def make_fact(self, number: int) -> list[Any]:
        """A fact."""
        name = f"f{number}"
        text = self.write_truth(2) if self.chance(0.7) else self.write_number(2)
        expression, self.facts[name] = parse_expression(text, self.environment)
        return [name, expression]

    def make_decisions(self, facts: list[Any]) -> Json:
        """Tables of every kind; what decides a value may be named by those after it."""
        decisions: Json = {}
        if self.chance(0.5):
            how = self.random.choice([("first", None), ("collect", "sum"), ("collect", "max"), ("collect", "count")])
            decisions["worth"] = self.make_table(*how, lambda: {"value": str(self.random.randint(-3, 9) * 500_000)})
            decisions["worth"]["outputs"] = {"value": "number"}
            self.decisions["worth"] = "number"
            facts.append(["worth", ["decision", "worth"]])
        if self.chance(0.4):
            decisions["both"] = self.make_table("first", None, lambda: {"a": self.chance(0.5), "b": "1500000"})
            decisions["both"]["outputs"] = {"a": "bool", "b": "number"}
            self.outputs["both"] = {"a": "bool", "b": "number"}
        if self.chance(0.5):
            names = ["e1", "e2", "e3"]
            decisions["finder"] = self.make_table("collect", "list", lambda: self.random.sample(names, 2))
            self.collects.add("finder")
        hit = self.random.choice(["unique", "first", "any"])
        decisions["advice"] = self.make_table(hit, None, lambda: f"outcome:{self.random.choice(self.outcomes)}")
        return decisions

    def make_table(self, hit: str, collect: str | None, then: Any) -> Json:
        """A table of random rules."""
        inputs = [
            self.random.choice([self.write_truth, self.write_number])(1) for _ in range(self.random.randint(1, 3))
        ]
        inputs += [name for name, kind in self.answers.items() if kind_of(kind) in {"option", "options"}][:1]
        inputs += [f"both.{self.random.choice('ab')}"] if "both" in self.outputs else []
        typed = [parse_expression(text, self.environment) for text in inputs]
        rules = [
            self.make_rule(number, [kind for _, kind in typed], then()) for number in range(self.random.randint(1, 5))
        ]
        default = then() if self.chance(0.6) and collect in {None, "list"} else None
        return {
            "hit": hit, "collect": collect, "inputs": [expression for expression, _ in typed], "outputs": None,
            "rules": rules, "default": default, "source": None,
        }  # fmt: skip

    def make_rule(self, number: int, kinds: list[Any], then: Any) -> Json:
        """A rule."""
        tests = [parse_test(self.write_test(kind), kind, self.environment) for kind in kinds]
        first, last = self.random.choice([(None, None), (None, None), ("2026-11-24", None), (None, "2026-11-23")])
        return {"id": f"R{number}", "tests": tests, "then": then, "from": first, "until": last, "source": "Act 1"}

    def write_test(self, kind: Any) -> str:
        """A cell for an input of this type."""
        low, high = sorted(self.random.sample(["0", "1", "2.5", "10", "65"], 2), key=float)
        forms = {
            "bool": ["true", "false", "-", "unknown"],
            "number": [
                "-", f">= {low}", f"< {high}", f"[{low}..{high})", f"not(< {low})", "known", f"{low}, {high}",
            ],
            "text": ["-", "known"],
            "date": ["-", "<= today", "unknown"],
        }  # fmt: skip
        options = self.options.get(kind[1], ("",)) if isinstance(kind, list) else ("",)
        forms["option"] = ["-", options[0], ", ".join(options[:2]), "unknown"]
        forms["options"] = ["-", "empty", f"has({options[0]})", f"has_any({', '.join(options[:2])})"]
        return self.random.choice(forms[kind_of(kind)])

    def make_routes(self, pages: list[Json], place: int, decisions: Mapping[str, Any]) -> list[Json]:
        """Where a page leads: forward alone."""
        later = [f"page:{page['id']}" for page in pages[place + 1 :]]
        ends = ["decision:advice", *(f"outcome:{name}" for name in self.outcomes)]
        targets = ["next", "next", *later, *ends] if later else ends
        routes = [
            {"when": self.parse(self.write_truth(2)), "to": self.random.choice(targets)}
            for _ in range(self.random.choice([0, 0, 1, 2]))
        ]
        last = self.random.choice(["next", "next", "next", "next", *later]) if later else "decision:advice"
        assert "advice" in decisions
        return [*routes, {"when": None, "to": last}]

    def make_outcomes(self) -> Json:
        """The outcomes."""
        finds = "finder" if self.collects else None
        dates = [None, {"date": self.parse("add_days(today, limit)")}]
        return {
            name: {
                "kind": "outcome", "severity": "low", "actions": ["print"], "collects": finds,
                "next_steps": ["https://example.org/next"], "calendar": self.random.choice(dates), "source": None,
            }
            for name in self.outcomes
        }  # fmt: skip

    def make_texts(self, pages: list[Json], decisions: Json) -> None:
        """Texts of every kind, some with placeholders, plurals and conditional parts."""
        self.texts |= {"start.title": line("Begin"), "notice": line("A notice.")}
        for page in pages:
            key = f"page.{page['id']}"
            self.texts[f"{key}.title"] = [["p", [f"Page {page['id']} ", *self.make_inlines()]]]
            self.texts[f"{key}.body"] = self.make_blocks()
            self.texts[f"{key}.again"] = line("Another one?")
            for question in page["questions"]:
                self.make_question_texts(question)
        for name in self.outcomes:
            self.texts[f"outcome.{name}.title"] = [["p", [f"Outcome {name}", *self.make_inlines()]]]
            self.texts[f"outcome.{name}.title@other"] = line(f"Their outcome {name}")
            self.texts[f"outcome.{name}.body"] = self.make_blocks()
            self.texts[f"outcome.{name}.next.0"] = line("What next")
            self.texts[f"outcome.{name}.calendar"] = line("The day")
        for name, decision in decisions.items():
            for rule in decision["rules"]:
                self.texts[f"decision.{name}.rule.{rule['id']}.because"] = line(f"Because of {rule['id']}")
        for name in ("e1", "e2", "e3"):
            self.texts[f"entitlement.{name}.title"] = [["p", [f"Help {name}", *self.make_inlines()]]]
            self.texts[f"entitlement.{name}.link.0"] = line("Apply")
        self.texts |= {"group.g1.title": line("First"), "group.g2.title": line("Second")}

    def make_question_texts(self, question: Json) -> None:
        """The texts of a question."""
        key = f"question.{question['id']}"
        self.texts[f"{key}.title"] = line(f"Question {question['id']}?")
        if self.chance(0.3):
            self.texts[f"{key}.title@other"] = line(f"Their question {question['id']}?")
        for name in question["has"][1:]:
            self.texts[f"{key}.{name}"] = line(f"The {name}")
        for number in range(question["bullets"]):
            self.texts[f"{key}.list.{number}"] = line(f"Point {number}")
        for option in question.get("options") or ():
            self.texts[f"{key}.option.{option['id']}.label"] = line(f"the {option['id']}")

    def make_inlines(self) -> list[Any]:
        """Pieces of a line."""
        pieces: list[Any] = ["", " and ", ["b", ["bold"]], ["a", "https://example.org/", ["a link"]], ["br"]]
        text = self.random.choice(
            [self.write_truth(1), self.write_number(1), "today", "call", *self.answers, *self.facts]
        )
        expression, kind = parse_expression(text, self.environment)
        pieces.append(["x", expression, kind])
        forms = {"one": [["#"], " day"], "few": ["few ", ["#"]], "other": [["#"], " days"]}
        pieces.append(["plural", self.parse(self.write_number(1)), forms])
        return self.random.sample(pieces, self.random.randint(0, 3))

    def make_blocks(self) -> list[Any]:
        """A body."""
        when = ["when", self.parse(self.write_truth(1)), [["p", ["It is so."]]]]
        blocks: list[Any] = [
            ["p", ["Text ", *self.make_inlines()]], ["h", 2, ["Heading"]], ["ul", [[["p", self.make_inlines()]]]],
            ["inset", [["p", ["Inset"]]]], ["warning", [["p", ["Warning"]]]], when,
        ]  # fmt: skip
        return self.random.sample(blocks, self.random.randint(1, 4))

    def translate(self) -> Json:
        """The texts in all languages: French has most, Arabic some."""
        french = {key: text for key, text in self.texts.items() if self.chance(0.8)}
        arabic = {key: text for key, text in self.texts.items() if self.chance(0.3)}
        return {"en": self.texts, "fr": french, "ar": arabic}


def line(text: str) -> list[Any]:
    """A text of one line."""
    return [["p", [text]]]
