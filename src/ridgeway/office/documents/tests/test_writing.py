"""Documents written, changed in part, and read back: what is written reads back the same."""

import difflib
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.office.documents.editing import edit_text
from ridgeway.office.documents.operations import apply_operations, is_same, record_operations
from ridgeway.office.documents.tests.trees import TREES
from ridgeway.office.documents.writing import parse_tree, render_tree

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufeff", exclude_categories=["Cs", "Cc"])
    | st.sampled_from("\n\t "),
    max_size=12,
)
SCALARS = st.one_of(
    TEXTS,
    st.sampled_from(
        ["no", "012", "1:30", "null", "1.5", "~", "#x", "a: b", "- a", "2026-10-01", "true", "line\nline", "a\n"]
    ),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000),
)
DATA = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text("abc_", min_size=1), inside),
    max_leaves=9,
)


@settings(deadline=None, max_examples=60)
@given(DATA)
def test_what_is_written_reads_back_the_same(value):
    text = render_tree({"it": value})
    assert is_same(parse_tree(text.encode(), name="x"), {"it": value})
    assert render_tree(parse_tree(text.encode(), name="x")) == text


@settings(deadline=None, max_examples=60)
@given(TREES, TREES)
def test_operations_make_exactly_what_they_were_recorded_for(old, new):
    assert is_same(apply_operations(old, record_operations(old, new)), new)


def test_a_number_keeps_its_digits():
    assert parse_tree(b"rate: 0.10", name="x") == {"rate": Decimal("0.10")}
    assert render_tree({"rate": Decimal("0.10")}) == "rate: 0.10\n"


AUTHORS = """# What the author says.
id: check   # a name
pages:
  - {id: urgent, title: "Is it urgent?", options: [{id: a, label: "A"}, {id: b, label: 'B'}]}

  # The second page.
  - id: age
    title: How old?
    body: |
      Two
      lines.
    valid: {from: 2026-10-01}
"""


def edited(change):
    new = parse_tree(AUTHORS.encode(), name="x")
    change(new)
    text = edit_text(AUTHORS, new)
    assert is_same(parse_tree(text.encode(), name="x"), new)
    return [line for line in difflib.ndiff(AUTHORS.splitlines(), text.splitlines()) if line[0] in "+-"]


def test_a_changed_word_is_a_changed_line_and_the_authors_remarks_stay():
    assert edited(lambda tree: tree["pages"][1].update(title="What age?")) == [
        "-     title: How old?",
        "+     title: What age?",
    ]


def test_two_entries_behind_one_stand_in_their_order():
    def add(tree):
        tree["pages"][1:1] = [{"id": "one"}, {"id": "two"}]

    assert edited(add) == ["+   - {id: one}", "+   - {id: two}"]


def test_an_added_and_a_removed_entry_leave_the_others_as_they_were_written():
    assert [line[0] for line in edited(lambda tree: tree["pages"].append({"id": "end", "title": "End"}))] == ["+", "+"]
    lines = edited(lambda tree: tree["pages"].pop(0))
    assert [line for line in lines if line.startswith("+")] == []


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_whatever_is_changed_the_text_says_it(data):
    tree = {"a": data.draw(TREES), "b": [{"id": "x", "c": 1}, {"id": "y", "c": "2026-10-01"}]}
    new = {**tree, "a": data.draw(TREES)}
    text = render_tree(tree)
    assert is_same(parse_tree(edit_text(text, new).encode(), name="x"), new)
