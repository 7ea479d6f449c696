"""Overlays: what an adopter changed, recorded, applied, and carried over to the next release."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings

from ridgeway.catalogue.overlays.merging import Change, Choice, Decision, Severity, Why, merge_release, settle
from ridgeway.errors import RequestError
from ridgeway.office.documents.operations import Kind, is_same, record_operations
from ridgeway.office.documents.tests.trees import TREES
from ridgeway.office.documents.tree import MISSING, find_element, parse_path

BASE: dict[str, Any] = {
    "id": "check",
    "pages": [
        {"id": "urgent", "question": {"title": "Is it urgent?"}, "routes": [{"to": "next"}]},
        {"id": "age", "question": {"title": "How old?", "options": [{"id": "a"}, {"id": "b"}]}},
    ],
    "rules": {"A1": {"then": "home"}},
}


def change(tree, path, value):
    new = copy.deepcopy(tree)
    inside = new
    *before, last = path
    for step in before:
        inside = inside[step]
    inside[last] = value
    return new


def record(path, value):
    return record_operations(BASE, change(BASE, path, value))


TITLE = ("pages", 0, "question", "title")
HINT = ("pages", 0, "question", "hint")


def test_a_changed_text_is_one_operation_that_remembers_what_it_replaced():
    (operation,) = record(TITLE, "Do you need help now?")
    assert (operation.kind, operation.place) == (Kind.SET, "pages/urgent/question/title")
    assert (operation.was, operation.value) == ("Is it urgent?", "Do you need help now?")


def test_a_list_without_names_is_one_value():
    (operation,) = record(("pages", 0, "routes"), [{"when": "urgent", "to": "x"}, {"to": "next"}])
    assert operation.place == "pages/urgent/routes"


def test_what_the_release_did_not_touch_keeps():
    operations = record(TITLE, "Do you need help now?")
    release = change(BASE, ("pages", 1, "question", "title"), "What is your age?")
    merge = merge_release(release, operations)
    assert merge.kept == operations
    assert find_element(merge.tree, parse_path("pages/urgent/question/title")) == "Do you need help now?"
    assert find_element(merge.tree, parse_path("pages/age/question/title")) == "What is your age?"


def test_both_changed_another_field_of_one_question_and_both_hold():
    merge = merge_release(change(BASE, HINT, "Look."), record(TITLE, "Now?"))
    assert find_element(merge.tree, parse_path("pages/urgent/question")) == {"title": "Now?", "hint": "Look."}


def test_what_the_release_says_itself_now_is_dropped():
    operations = record(TITLE, "Now?")
    merge = merge_release(change(BASE, TITLE, "Now?"), operations)
    assert (merge.kept, merge.dropped) == ((), operations)


def test_where_both_changed_one_text_nothing_is_in_force_before_a_person_decides():
    changes = [Change(parse_path("pages/urgent"), Severity.SAFETY, "More signs of an emergency")]
    merge = merge_release(change(BASE, TITLE, "Is this an emergency?"), record(TITLE, "Now?"), changes=changes)
    (conflict,) = merge.conflicts
    assert (conflict.why, conflict.severity, conflict.note) == (
        Why.BOTH_CHANGED,
        Severity.SAFETY,
        "More signs of an emergency",
    )
    with pytest.raises(RequestError, match="unsettled_conflicts"):
        merge.tree  # noqa: B018
    settled = settle(merge, {conflict.place: Decision(Choice.OURS, by="ada")})
    (operation,) = settled.kept
    assert (operation.was, operation.value, operation.author) == ("Is this an emergency?", "Now?", "ada")
    theirs = settle(merge, {conflict.place: Decision(Choice.THEIRS, by="ada")})
    assert find_element(theirs.tree, parse_path(conflict.place)) == "Is this an emergency?"
    other = settle(merge, {conflict.place: Decision(Choice.OTHER, by="ada", value="Emergency?")})
    assert find_element(other.tree, parse_path(conflict.place)) == "Emergency?"


def test_a_decided_conflict_does_not_come_again_with_the_next_release():
    release = change(BASE, TITLE, "Is this an emergency?")
    merge = merge_release(release, record(TITLE, "Now?"))
    settled = settle(merge, {merge.conflicts[0].place: Decision(Choice.OURS, by="ada")})
    assert merge_release(change(release, HINT, "Look."), settled.kept).conflicts == ()


def test_an_element_that_is_gone_is_told():
    release = copy.deepcopy(BASE)
    del release["pages"][0]
    merge = merge_release(release, record(TITLE, "Now?"))
    (conflict,) = merge.conflicts
    assert (conflict.why, conflict.theirs) == (Why.GONE, MISSING)
    with pytest.raises(RequestError, match="element_gone"):
        settle(merge, {conflict.place: Decision(Choice.OURS, by="ada")})
    assert settle(merge, {conflict.place: Decision(Choice.THEIRS, by="ada")}).tree == release


def test_a_locked_element_cannot_be_changed_in_silence():
    merge = merge_release(BASE, record(TITLE, "Now?"), locked=frozenset({("pages", "urgent")}))
    assert [conflict.why for conflict in merge.conflicts] == [Why.LOCKED]


def test_a_safety_change_beside_ours_is_shown_even_when_it_merges():
    safety = Change(parse_path("pages/urgent/question/hint"), Severity.SAFETY, "Say when to call")
    merge = merge_release(change(BASE, HINT, "Call."), record(TITLE, "Now?"), changes=[safety])
    assert (merge.conflicts, merge.to_look_at) == ((), (safety,))


def test_a_safety_change_that_names_no_element_is_shown_and_gives_no_conflict_its_weight():
    gone = Change((), Severity.SAFETY, "A page is gone")
    merge = merge_release(change(BASE, TITLE, "Is this an emergency?"), record(TITLE, "Now?"), changes=[gone])
    assert merge.to_look_at == (gone,)
    assert [conflict.severity for conflict in merge.conflicts] == [Severity.CONTENT]


def test_a_page_of_ours_stands_behind_the_same_page_when_others_come_before_it():
    ours = copy.deepcopy(BASE)
    ours["pages"].insert(1, {"id": "border", "question": {"title": "Did you cross the border?"}})
    release = copy.deepcopy(BASE)
    release["pages"].insert(0, {"id": "hello"})
    tree = merge_release(release, record_operations(BASE, ours)).tree
    assert [page["id"] for page in tree["pages"]] == ["hello", "urgent", "border", "age"]


def test_our_order_of_options_takes_what_the_release_adds():
    options = ("pages", 1, "question", "options")
    operations = record(options, [{"id": "b"}, {"id": "a"}])
    assert [operation.kind for operation in operations] == [Kind.ORDER]
    tree = merge_release(change(BASE, options, [{"id": "a"}, {"id": "c"}, {"id": "b"}]), operations).tree
    names = [each["id"] for each in find_element(tree, parse_path("pages/age/question/options"))]
    assert names == ["b", "a", "c"]


@settings(deadline=None, max_examples=60)
@given(TREES, TREES)
def test_a_release_that_changed_nothing_changes_nothing_of_ours(base, ours):
    merge = merge_release(base, record_operations(base, ours))
    assert (merge.conflicts, merge.dropped) == ((), ())
    assert is_same(merge.tree, ours)


@settings(deadline=None, max_examples=60)
@given(TREES, TREES)
def test_when_the_release_says_what_we_say_nothing_is_left_of_ours(base, ours):
    merge = merge_release(ours, record_operations(base, ours))
    assert (merge.kept, merge.conflicts) == ((), ())
    assert is_same(merge.tree, ours)


@settings(deadline=None, max_examples=60)
@given(TREES, TREES, TREES)
def test_decided_for_the_release_or_for_us_every_merge_ends_in_a_definition(base, ours, release):
    merge = merge_release(release, record_operations(base, ours))
    theirs = settle(merge, {conflict.place: Decision(Choice.THEIRS, by="ada") for conflict in merge.conflicts})
    assert isinstance(theirs.tree, dict)


@settings(deadline=None, max_examples=60)
@given(TREES, TREES, TREES)
def test_decided_for_us_wherever_that_can_be_every_merge_ends_in_a_definition(base, ours, release):
    merge = merge_release(release, record_operations(base, ours))
    for conflict in merge.conflicts:
        try:
            merge = settle(merge, {conflict.place: Decision(Choice.OURS, by="ada")})
        except RequestError:
            merge = settle(merge, {conflict.place: Decision(Choice.THEIRS, by="ada")})
    assert isinstance(merge.tree, dict)


@settings(deadline=None, max_examples=60)
@given(TREES, TREES)
def test_without_anything_of_ours_the_release_holds_as_it_is(base, release):
    assert is_same(merge_release(release, record_operations(base, base)).tree, release)


def test_our_order_of_a_list_that_became_something_else_waits_for_a_person():
    base, ours = {"b": [{"id": "b"}, {"id": "a"}]}, {"b": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}
    merge = merge_release({"b": {"b": 0, "a": {}, "c": {}}}, record_operations(base, ours))
    assert [(each.place, each.why) for each in merge.conflicts] == [("b/c", Why.BOTH_ADDED), ("b", Why.GONE)]


EXAMPLES = {
    "cases": {"tests": [{"name": "an old, small sign", "expect": "home"}, {"name": "a fever", "expect": "home"}]},
    "locale": {"fr": {"a": ["Home", "Maison"], "b": ["Test", "Test"]}},
}
EXPECTED = ("cases", "tests", 0, "expect")
WORD = ("locale", "fr", "a")


def test_examples_have_names_instead_of_ids_and_are_changed_one_by_one():
    (operation,) = record_operations(EXAMPLES, change(EXAMPLES, EXPECTED, "test"))
    assert operation.place == "cases/tests/an old, small sign/expect"
    release = copy.deepcopy(EXAMPLES)
    release["cases"]["tests"].insert(0, {"name": "new", "expect": "home"})
    tree = merge_release(release, [operation]).tree
    assert [each["expect"] for each in tree["cases"]["tests"]] == ["home", "test", "home"]


@pytest.mark.parametrize("name", ["a/b", "", 7])
def test_a_list_with_a_name_that_no_path_can_say_is_one_value(name):
    old = {"tests": [{"name": name, "x": 1}, {"name": "b", "x": 1}]}
    (operation,) = record_operations(old, change(old, ("tests", 1, "x"), 2))
    assert operation.place == "tests"


@pytest.mark.parametrize(("path", "value"), [(EXPECTED, "test"), (WORD, ["Home", "Chez soi"])])
def test_our_change_to_an_example_or_a_translation_that_is_gone_needs_nobody(path, value):
    operations = record_operations(EXAMPLES, change(EXAMPLES, path, value))
    release = copy.deepcopy(EXAMPLES)
    del release["cases"]["tests"][0]
    del release["locale"]["fr"]["a"]
    merge = merge_release(release, operations)
    assert (merge.conflicts, merge.dropped) == ((), operations)
    safety = [Change(operations[0].path[:3], Severity.SAFETY, "Gone for a reason")]
    assert [each.why for each in merge_release(release, operations, changes=safety).conflicts] == [Why.GONE]
    locked = merge_release(release, operations, locked=frozenset({operations[0].path[:1]}))
    assert [each.why for each in locked.conflicts] == [Why.LOCKED]


@pytest.mark.parametrize(("path", "value"), [(EXPECTED, "test"), (WORD, ["Home", "Chez soi"])])
def test_when_all_examples_or_all_of_a_language_are_gone_a_person_decides(path, value):
    operations = record_operations(EXAMPLES, change(EXAMPLES, path, value))
    merge = merge_release({"cases": {}, "locale": {}}, operations)
    assert [each.why for each in merge.conflicts] == [Why.GONE]
