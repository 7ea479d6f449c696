"""Says the texts, words and values of an assessment in one language, with what is true of these answers.

Law: a text is looked for in this order: the language's form for somebody else (`@other`, when the person answers for
somebody), the language's own, then both in the source language. What comes from the source language is said by its
rules (plural, numbers, dates) and wrapped in ["lang", code, dir, …], and `fell_back` tells so. A placeholder is shown
by its TYPE: yes or no, a number, a date, the label of an option (labels joined by a comma), a text as it is; an answer
of type money with two decimals when it has any; what is chosen from a list by its name. Unknown is `unknown_value`.
"""

from collections.abc import Mapping
from typing import Any

from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.engine.document import Formats, Question
from ridgeway.services.assessments.engine.showing import choose_form, show_date, show_number
from ridgeway.services.assessments.engine.wording import Json, Text, to_plain
from ridgeway.services.assessments.expressions import MILLION, UNKNOWN, Scope, Span

OTHER = "@other"
MAX_NESTED_LABELS = 3
PLAIN_FORMATS = Formats(months=())


class Speaker:
    """One language over one scope; `other` is whether the person answers for somebody else."""

    __slots__ = ("assessment", "fell_back", "formats", "language", "nested", "other", "scope", "source", "words")

    def __init__(self, assessment: Assessment, language: str, scope: Scope, *, other: bool | None = None) -> None:
        document = assessment.document
        self.assessment = assessment
        self.language = language
        self.scope = scope
        self.other = scope.answers.get("on_behalf") is True if other is None else other
        self.formats = document.formats.get(language, PLAIN_FORMATS)
        self.words: Mapping[str, str] = document.words.get(language, {})
        self.fell_back = False
        self.nested = 0
        self.source: Speaker | None = None

    def find(self, key: str) -> tuple[Text | None, "Speaker"]:
        """A text and who says it: this one, or the one of the source language."""
        mine = self.find_own(key)
        if mine is not None or self.language == self.assessment.languages.source:
            return mine, self
        if self.source is None:
            self.source = Speaker(self.assessment, self.assessment.languages.source, self.scope, other=self.other)
            self.source.nested = self.nested
        return self.source.find_own(key), self.source

    def find_own(self, key: str) -> Text | None:
        """A text in this language."""
        texts = self.assessment.languages.texts.get(self.language, {})
        if self.other:
            found = texts.get(key + OTHER)
            if found is not None:
                return found
        return texts.get(key)

    def line(self, key: str) -> Json:
        """A text of one line as INL; empty when there is none."""
        text, speaker = self.find(key)
        return [] if text is None else self.mark(text.line.resolve(speaker), speaker)

    def blocks(self, key: str) -> Json:
        """A text as NODES; empty when there is none."""
        text, speaker = self.find(key)
        return [] if text is None else self.mark(text.blocks.resolve(speaker), speaker)

    def plain(self, key: str) -> str:
        """A text of one line without marks."""
        text, speaker = self.find(key)
        return "" if text is None else to_plain(text.line.resolve(speaker))

    def mark(self, said: Json, speaker: "Speaker") -> Json:
        """What was said, within a mark of its language when that is another."""
        if speaker is self or not said:
            return said
        self.fell_back = True
        direction = self.assessment.document.languages[0].dir
        return [["lang", speaker.language, direction, said]]

    def word(self, name: str, *arguments: str) -> str:
        """One of the engine's own words; `{0}` is the first argument."""
        text = self.words.get(name)
        if text is None:
            text = self.assessment.document.words.get(self.assessment.languages.source, {}).get(name, name)
        for place, argument in enumerate(arguments):
            text = text.replace(f"{{{place}}}", argument)
        return text

    def choose_form(self, value: Any) -> str:
        """The plural form of a number; `other` of what is not known."""
        return "other" if type(value) is not int else choose_form(value, self.formats)

    def show(self, expression: Json, kind: Any, value: Any) -> str:
        """A value in a text."""
        if value is UNKNOWN:
            return self.word("unknown_value")
        if isinstance(value, bool):
            return self.word("yes" if value else "no")
        if isinstance(value, int):
            question = self.find_question(expression)
            money = question is not None and question.type == "money"
            return self.number(value, decimals=2 if money else 0)
        if isinstance(value, Span):
            return show_date(value, self.formats)
        return self.show_chosen(kind, value)

    def find_question(self, expression: Json) -> Question | None:
        """The question whose answer an expression is, when it is one."""
        if expression[0] not in {"answer", "item"} or len(expression) != 2:
            return None
        asked = self.assessment.questions.get(expression[1])
        return None if asked is None else asked.spec

    def number(self, millionths: int, *, decimals: int = 0, grouped: bool = True) -> str:
        """A number."""
        return show_number(millionths, self.formats, decimals=decimals, grouped=grouped)

    def show_chosen(self, kind: Any, value: Any) -> str:
        """A text, an option's label, or the labels of several; of a page that is repeated, how many items."""
        owner = kind[1] if isinstance(kind, list) and len(kind) == 2 and kind[0] in {"option", "options"} else None
        if isinstance(value, str):
            return value if owner is None else self.label(owner, value)
        if owner is None:
            return self.number(len(value) * MILLION)
        return ", ".join(self.label(owner, each) for each in value) if value else self.none(owner)

    def label(self, question: str, option: str) -> str:
        """The label of an option; its id where there is none, or where labels name one another without end."""
        asked = self.assessment.questions.get(question)
        if asked is not None and asked.spec.type == "list":
            return self.show_entry(asked.spec, option)
        if self.nested >= MAX_NESTED_LABELS:
            return option
        self.nested += 1
        text = self.plain(f"question.{question}.option.{option}.label")
        self.nested -= 1
        return text or option

    def none(self, question: str) -> str:
        """What choosing none of the options is called."""
        return self.plain(f"question.{question}.none") or self.word("none")

    def show_entry(self, question: Question, entry: str) -> str:
        """The name of an entry of a list."""
        listed = self.assessment.document.lists[str(question.list_name)]
        labels = listed.labels.get(self.language) or listed.labels.get(self.assessment.languages.source) or listed.ids
        return labels[listed.ids.index(entry)] if entry in listed.ids else entry
