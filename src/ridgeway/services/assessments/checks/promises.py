"""Findings about what people are promised: nothing is stored, and only what is named is counted."""

from collections.abc import Iterator

from ridgeway.services.assessments.checks.features import find_features
from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.phrases import says_kept, says_statistics
from ridgeway.services.assessments.checks.plain import list_passages, split_sentences
from ridgeway.services.assessments.checks.texts import locate, shorten


def check_promises(subject: Subject) -> Iterator[Finding]:
    """Every finding of this group."""
    counted = subject.compiled["privacy"].get("statistics") or ()
    for name, question in subject.program.questions.items():
        if not question["personal"]:
            continue
        if "outcome" in counted and decides(subject, name):
            message = f"{name} is personal and decides outcomes, which are counted."
            yield subject.find("personal-counted", f"question.{name}", message)
        if "purpose" not in question["has"]:
            yield subject.find("personal-unexplained", f"question.{name}", f"{name} is personal and has no purpose.")
    for language, texts in subject.compiled["texts"].items():
        for key, nodes in texts.items():
            sentences = [each for passage in list_passages(nodes) for each in split_sentences(passage.text)]
            yield from check_sentences(subject, language, key, sentences)


def decides(subject: Subject, question: str) -> bool:
    """Whether anything that says where people go asks about an answer."""
    return not subject.program.is_too_large and bool(find_features(subject.program, question))


def check_sentences(subject: Subject, language: str, key: str, sentences: list[str]) -> Iterator[Finding]:
    """Sentences that contradict what is promised."""
    place = locate(subject, language, key)
    for sentence in sentences:
        if says_kept(sentence, language):
            message = f"{key} says that answers are kept: “{shorten(sentence)}” ({language})."
            yield subject.find_at("promise-contradicted", key, place, message)
        if key.startswith("question.") and says_statistics(sentence, language):
            message = f"{key} says that the answer is for statistics ({language})."
            yield subject.find_at("purpose-untrue", key, place, message)
