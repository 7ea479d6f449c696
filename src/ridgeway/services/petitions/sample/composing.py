"""Texts of sample petitions, put together from the words by a seeded generator; no title comes twice."""

import re
from dataclasses import dataclass, field
from random import Random

from ridgeway.services.petitions.rules.texts import ACTION_LIMIT, BACKGROUND_LIMIT, DETAILS_LIMIT
from ridgeway.services.petitions.sample.words import (
    ARABIC_CLOSING,
    ARABIC_PATTERNS,
    ARABIC_REASONS,
    ARABIC_SLOTS,
    CLOSINGS,
    DETAILS,
    PATTERNS,
    REASONS,
    SLOTS,
)

SLOT = re.compile(r"{(\w+)}")
ARABIC_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Text:
    """What a sample petition says, in which language, and about what."""

    action: str
    background: str
    details: str
    language: str
    topic: str


@dataclass(slots=True)
class Composer:
    """Writes petitions about `places`."""

    random: Random
    places: list[str]
    used: set[str] = field(default_factory=set)

    def write(self) -> Text:
        """One more petition."""
        while True:
            text = self.write_arabic() if self.random.random() < ARABIC_SHARE else self.write_english()
            if text.action not in self.used and len(text.action) <= ACTION_LIMIT:
                self.used.add(text.action)
                return text

    def write_english(self) -> Text:
        """A petition in English; its title may have been used."""
        draw = self.random
        topic = draw.choice(list(PATTERNS))
        place, other = draw.sample(self.places, 2)
        filled = {"place": place, "other": other}
        action = self.fill(draw.choice(PATTERNS[topic]), filled, SLOTS)
        background = f"{draw.choice(REASONS[topic])} {draw.choice(CLOSINGS)}"
        sentences = draw.sample(DETAILS, draw.randint(0, 3))
        details = " ".join(self.fill(sentence, filled, SLOTS) for sentence in sentences)
        return Text(action, background[:BACKGROUND_LIMIT], details[:DETAILS_LIMIT], "en", topic)

    def write_arabic(self) -> Text:
        """A petition in Arabic; its title may have been used."""
        draw = self.random
        action = self.fill(draw.choice(ARABIC_PATTERNS), {}, ARABIC_SLOTS)
        first, second = draw.sample(ARABIC_REASONS, 2)
        return Text(action, f"{first} {ARABIC_CLOSING}", second, "ar", draw.choice(list(PATTERNS)))

    def fill(self, pattern: str, filled: dict[str, str], slots: object) -> str:
        """The pattern with a word in each slot."""
        assert hasattr(slots, "__getitem__")
        return SLOT.sub(lambda match: filled.get(match[1]) or self.random.choice(slots[match[1]]), pattern)
