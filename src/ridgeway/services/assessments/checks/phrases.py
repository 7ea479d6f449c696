"""Words by which a machine finds weak spots in a text, by language; one without a list is not judged."""

import re
from typing import Final

OR: Final = {
    "en": r"\bor\b", "fr": r"\bou\b", "es": r"\b[ou]\b", "de": r"\boder\b", "it": r"\b(o|oppure)\b", "pt": r"\bou\b",
    "nl": r"\bof\b", "sv": r"\beller\b", "uk": r"\b(або|чи)\b", "ar": r"\bأو\b",
}  # fmt: skip
NO: Final = {
    "en": r"\b(not|no|never|nobody|nothing|none|neither|without|cannot)\b|n[’']t\b",
    "fr": r"\b(ne|n’|n'|jamais|aucune?|sans|non)\b|\bn[’']",
    "es": r"\b(no|nunca|nadie|ninguna?|sin|tampoco)\b",
    "de": r"\b(nicht|nie|niemals|kein\w*|niemand|ohne)\b",
    "it": r"\b(non|mai|nessun\w*|senza)\b",
    "pt": r"\b(não|nunca|ninguém|nenhum\w*|sem)\b",
    "nl": r"\b(niet|nooit|geen|niemand|zonder)\b",
}
NOT_COUNTED_TWICE: Final = {
    "fr": re.compile(r"\bne\b[^.?!]*?\b(jamais|aucune?)\b|\bn[’'][^.?!]*?\b(jamais|aucune?)\b", re.IGNORECASE)
}
"""Negations of two words that say no once."""
SAYING_NO: Final = re.compile(
    r"\b(say|answer|choose|reply)\b\W+no\b|\b(répondez|dites|choisissez)\b\W+non\b", re.IGNORECASE
)
"""Telling people to answer no is no negation."""
AMOUNTS: Final = re.compile(
    r"\bor (more|less|fewer|older|younger|over|under|later|earlier|longer|higher|lower)\b|\bou (plus|moins)\b"
    r"|\boder (mehr|weniger|älter|jünger)\b|\bo (más|menos|più|meno)\b|أو (أكثر|أقل)|\bабо (більше|менше)\b",
    re.IGNORECASE,
)
"""An “or” that is part of an amount joins nothing."""
UNCLEAR_LINKS: Final = frozenset({
    "click here", "here", "more", "read more", "learn more", "see more", "link", "this link", "this page", "details",
    "cliquez ici", "ici", "en savoir plus", "lire la suite", "ce lien", "plus",
    "haga clic aquí", "aquí", "más", "leer más", "hier", "hier klicken", "mehr", "weiterlesen", "qui", "clicca qui",
    "clique aqui", "aqui", "klik hier", "meer", "här", "тут", "натисніть тут", "هنا", "اضغط هنا", "المزيد",
})  # fmt: skip
KEPT: Final = {
    "en": r"\b(answers?|data|information|details)\b.*\b(are|is|will be|get) (\w+ )?"
    r"(stored|kept|saved|recorded|collected|sent|shared|passed on)\b"
    r"|\bwe (will |also |may )?(store|keep|save|record|collect|send|share|pass on)\b"
    r".*\b(answers?|data|information|details)\b",
    "fr": r"\b(réponses?|données|informations?|renseignements)\b.*\b(sont|seront) (\w+ )?"
    r"(conservée?s|enregistrée?s|stockée?s|transmise?s|recueillie?s|envoyée?s)\b"
    r"|\bnous (conservons|enregistrons|recueillons|transmettons|stockons)\b"
    r".*\b(réponses?|données|informations?|renseignements)\b",
    "es": r"\b(respuestas?|datos|información)\b.*\bse (guardan?|almacenan?|recogen?|envían?)\b",
    "de": r"\b(Antworten|Daten|Angaben)\b.*\bwerden\b"
    r".*\b(gespeichert|aufbewahrt|gesammelt|übermittelt|weitergegeben)\b",
}
STATISTICS: Final = re.compile(r"\bstatisti\w*|\bestadístic\w*|\bестатист\w*|\bстатисти\w*|إحصا", re.IGNORECASE)


def count_noes(sentence: str, language: str) -> int:
    """How often a sentence says no; 0 where the language is not known."""
    base = language.split("-", maxsplit=1)[0]
    pattern = NO.get(base)
    if pattern is None:
        return 0
    twice = NOT_COUNTED_TWICE.get(base)
    bare = SAYING_NO.sub(" ", sentence)
    return len(re.findall(pattern, twice.sub(" ne ", bare) if twice else bare, re.IGNORECASE))


def joins_by_or(title: str, language: str) -> bool:
    """Whether a question holds an “or”."""
    pattern = OR.get(language.split("-", maxsplit=1)[0])
    return pattern is not None and re.search(pattern, AMOUNTS.sub(" ", title), re.IGNORECASE) is not None


def says_kept(sentence: str, language: str) -> bool:
    """Whether a sentence says that answers are kept or sent."""
    pattern = KEPT.get(language.split("-", maxsplit=1)[0])
    found = pattern is not None and re.search(pattern, sentence, re.IGNORECASE) is not None
    return found and not count_noes(sentence, language)


def says_statistics(text: str, language: str) -> bool:
    """Whether a text says that something is for statistics."""
    return STATISTICS.search(text) is not None and not count_noes(text, language)
