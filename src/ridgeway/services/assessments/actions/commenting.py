"""Saying something about an element of a version, and settling it.

Law: a comment names an element by its key, which stays the same from version to version, so what is said about one is
found beside the next. A comment never changes; whoever settles it says so.
"""

import json

from django.db import transaction

from ridgeway.services.assessments.actions.doing import Doer, RefusedError, UnknownVersionError, lock_version
from ridgeway.services.assessments.models import Comment, Version

MAX_TEXT_CHARACTERS = 2000
MAX_COMMENTS = 500
"""Most open comments of one package."""


def list_elements(version: Version) -> list[str]:
    """The keys of everything in a version that can be spoken of, in the order of their names."""
    compiled = json.loads(Version.objects.values_list("compiled", flat=True).get(pk=version.pk))
    keys = set(compiled["texts"][compiled["languages"][0]["code"]])
    keys |= {f"fact.{name}" for name, _ in compiled["facts"]}
    keys |= {f"parameter.{name}" for name in compiled["parameters"]}
    for name, decision in compiled["decisions"].items():
        keys |= {f"decision.{name}", *(f"decision.{name}.rule.{rule['id']}" for rule in decision["rules"])}
    return sorted(keys)


@transaction.atomic
def add_comment(version_id: int, element: str, text: str, *, by: Doer, suggestion: str = "") -> Comment:
    """The comment stands beside the element.

    Raises:  UnknownVersionError, RefusedError.
    """
    version = lock_version(version_id)
    text, suggestion = text.strip(), suggestion.strip()
    if not text or max(len(text), len(suggestion)) > MAX_TEXT_CHARACTERS:
        raise RefusedError("malformed_comment", "Say something, in at most 2000 characters.", action="Shorten it.")
    if element not in list_elements(version):
        raise RefusedError(
            "unknown_element", f"There is no {element!r} in {version}.", action="Choose one of the list."
        )
    if Comment.objects.filter(version__package=version.package, settled_at=None).count() >= MAX_COMMENTS:
        raise RefusedError("too_many_comments", "There are too many open comments.", action="Settle some first.")
    comment = Comment.objects.create(
        version=version,
        element=element,
        text=text,
        suggestion=suggestion,
        name=by.shown_name,
        account_id=by.account_id,
        written_at=by.now,
    )
    by.note("comment", version, details={"element": element})
    return comment


@transaction.atomic
def settle_comment(comment_id: int, *, by: Doer) -> Comment:
    """The comment is settled; settled before, it stays so.

    Raises:  UnknownVersionError where there is no such comment.
    """
    comment = Comment.objects.select_for_update().filter(pk=comment_id).select_related("version").first()
    if comment is None:
        raise UnknownVersionError("unknown_comment", f"There is no comment {comment_id}.", action="Look in the list.")
    if comment.settled_at is None:
        comment.settled_at, comment.settled_by = by.now, by.shown_name
        comment.save(update_fields=["settled_at", "settled_by"])
        by.note("settle_comment", comment.version, details={"element": comment.element})
    return comment
