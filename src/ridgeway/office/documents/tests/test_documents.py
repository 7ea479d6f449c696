"""Documents that people write: what is read, and how well they are told what is wrong."""

import contextlib
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ridgeway.errors import SettingsError
from ridgeway.office.documents import Fault, Node, parse_yaml, read_document, require_no_faults
from ridgeway.office.documents.schema import MAX_STRANGE, Reading, convert


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True)
class Wheel:
    size: int
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Label:
    short_for: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Parcel:
    day: date | None = None
    weight: Decimal | None = None
    to: str | tuple[Label, ...] | None = None
    rest: Any = None


@dataclass(frozen=True)
class Cart:
    name: str
    wheels: tuple[Wheel, ...] = ()
    labels: dict[str, str] | None = None
    is_new: bool = False


GOOD = b"""
name: 012
wheels:
  - size: 3
    colour: green
  - {size: 4}
labels: {a: no, b: 1:30}
is_new: true
"""


def read_parcel(text: str) -> Parcel:
    return read_document(text.encode(), Parcel, name="p.yaml").value


def test_days_and_exact_numbers_are_read():
    assert read_parcel("{day: 2026-10-01, weight: 0.1}") == Parcel(date(2026, 10, 1), Decimal("0.1"))
    assert read_parcel("{day: '2026-10-01', weight: 3}") == Parcel(date(2026, 10, 1), Decimal(3))
    assert read_parcel("weight: 1_000.50").weight == Decimal("1000.50")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day: 2026-02-30", "p.yaml:1: day: this is '2026-02-30'; expected a day as 2026-10-01"),
        ("day: 20261001", "p.yaml:1: day: this is 20261001; expected a day as 2026-10-01"),
        ("weight: '1'", "p.yaml:1: weight: this is '1'; expected a number"),
        ("weight: .inf", "p.yaml:1: weight: this is inf; expected a number"),
        ("weight: true", "p.yaml:1: weight: this is True; expected a number"),
        ("to: {text: a}", "p.yaml:1: to: this is a mapping; expected a list"),
        ("to: [[a]]", "p.yaml:1: to[0]: this is a list; expected a text or a mapping"),
    ],
)
def test_what_is_no_day_number_or_list_says_so(text, why):
    with pytest.raises(SettingsError) as caught:
        read_parcel(text)
    assert caught.value.detail == why


def test_of_several_kinds_the_one_that_is_written_is_read():
    assert read_parcel("to: home").to == "home"
    assert read_parcel("to: [a, {text: b}]").to == (Label("a"), Label("b"))
    assert read_parcel("to: ~").to is None


def test_plain_data_keeps_its_types_and_lines():
    document = read_document(b"rest:\n  a: [1, no, ~, 2.50]\n  b: {c: true}\n", Parcel, name="p.yaml")
    assert document.value.rest == {"a": (1, "no", None, Decimal("2.50")), "b": {"c": True}}
    assert document.line_of(("rest", "b", "c")) == 3


def test_yaml_is_read_as_version_1_2_says():
    document = read_document(GOOD, Cart, name="cart.yaml")
    assert document.value == Cart("012", (Wheel(3, Colour.GREEN), Wheel(4)), {"a": "no", "b": "1:30"}, True)
    assert document.line_of(("wheels", 1, "size")) == 6
    assert document.line_of(("wheels", 1, "colour")) == 6


def test_every_fault_is_told_at_once_with_its_line():
    bad = b"nam: x\nwheels:\n  - size: big\n  - colour: blue\nis_new: 3\n"
    with pytest.raises(SettingsError) as refused:
        read_document(bad, Cart, name="cart.yaml")
    assert refused.value.detail.splitlines() == [
        "cart.yaml:1: nam: unknown key; did you mean 'name'?",
        "cart.yaml:1: the document: the key 'name' is missing",
        "cart.yaml:3: wheels[0].size: this is 'big'; expected a whole number",
        "cart.yaml:4: wheels[1].colour: this is 'blue'; expected one of red, green",
        "cart.yaml:4: wheels[1]: the key 'size' is missing",
        "cart.yaml:5: is_new: this is 3; expected true or false",
    ]
    assert refused.value.line == 1


def test_what_types_cannot_say_is_told_with_its_line_too():
    document = read_document(GOOD, Cart, name="cart.yaml")
    with pytest.raises(SettingsError, match=r"cart.yaml:6: wheels\[1\].size: too big"):
        require_no_faults(document, [Fault(("wheels", 1, "size"), "too big")])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a: 1\nb: 2\na: 3\n", "f:3: the key 'a' is there twice, first at line 1"),
        (b"a: &x 1\n", "f:1: an anchor"),
        (b"a: [1]\nb: *x\n", "f:2: an alias"),
        (b"a: !!python/object:os.system x\n", "f:1: a tag"),
        (b"a: !x y\n", "f:1: a tag"),
        (b"<<: {a: 1}\n", "f:1: a merge key"),
        (b"? [a, b]\n: 1\n", "f:1: a key must be a text"),
        (b"a: [1, 2\n", "f:2: this is not YAML"),
        (b"", "f:1: the document is empty"),
        (b"a: \xff\n", "f:1: it is not UTF-8 at byte 3"),
        (b"[" * 100, "f:1: more than 30 levels"),
        (b"a: 1\n---\nb: 2\n", "f:2: a second document"),
        (b"%YAML 1.1\n---\na: no\n", "f:2: a directive"),
        (b"%TAG !e! tag:e.example,2000:\n---\na: 1\n", "f:2: a directive"),
        (b'a: "\\ud800"\n', "f:1: half a character"),
        (b"a: " + b"9" * 5000, "f:1: 9999"),
        (b"[" + b"a," * 200_000 + b"]", "f:1: more than 30 levels or 200000 values"),
        (b"#" * (8 * 1024 * 1024 + 1), "f:1: this is not YAML: more than 8388608 bytes"),
    ],
)
def test_what_is_not_plain_data_is_refused(data, why):
    with pytest.raises(SettingsError) as refused:
        parse_yaml(data, name="f")
    assert refused.value.detail.startswith(why)


def test_everything_that_is_not_plain_data_is_told_at_once():
    with pytest.raises(SettingsError) as refused:
        parse_yaml(b"a: &x 1\nb: *x\nb: 2\nc: !t {d: 1, d: 2}\n", name="f")
    assert [row.split(";")[0] for row in refused.value.detail.splitlines()] == [
        "f:1: an anchor (&name) is not read",
        "f:2: an alias (*name) is not read",
        "f:3: the key 'b' is there twice, first at line 2.",
        "f:4: a tag (!t) is not read",
        "f:4: the key 'd' is there twice, first at line 4.",
    ]


def test_a_mapping_of_unknown_keys_alone_is_not_compared_without_end():
    rows = "".join(f"key{number}: 1\n" for number in range(MAX_STRANGE * 5))
    reading = Reading()
    convert(parse_yaml(rows.encode(), name="parcel.yaml"), Parcel, (), reading)
    assert len(reading.faults) <= MAX_STRANGE + 5


def test_a_document_of_faults_alone_is_told_in_bounded_words():
    with pytest.raises(SettingsError) as refused:
        parse_yaml(b"a: 1\n" * 5000, name="f")
    assert len(refused.value.detail.splitlines()) == 50


def to_data(node: Node):
    match node.value:
        case dict():
            return {key: to_data(each) for key, each in node.value.items()}
        case tuple():
            return [to_data(each) for each in node.value]
        case _:
            return node.value


words = st.text("abcno 0123:-.~é\n\t'\"#", max_size=8).filter(
    lambda text: not text.startswith(":")
)  # ruamel refuses {:a: b}, which it writes
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(plain, st.booleans())
def test_what_another_writer_wrote_is_read_as_it_was(data, in_one_line):
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = in_one_line
    text = io.StringIO()
    writer.dump(data, text)
    assert to_data(parse_yaml(text.getvalue().encode(), name="f")) == data


@given(st.binary(max_size=60) | st.text("abc:[]{}-&*!?|>'\"#\n ~<%@`0.e", max_size=60).map(str.encode))
def test_garbage_is_refused_with_an_error_of_ours(data):
    with contextlib.suppress(SettingsError):
        assert isinstance(read_document(data, Cart, name="f").value, Cart)
