"""Documents that people write: what is read, and how well they are told what is wrong."""

import contextlib
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import SettingsError
from ridgeway.office.documents import Fault, parse_yaml, read_document, require_no_faults


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True)
class Wheel:
    size: int
    colour: Colour = Colour.RED


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
    ],
)
def test_what_is_not_plain_data_is_refused(data, why):
    with pytest.raises(SettingsError) as refused:
        parse_yaml(data, name="f")
    assert refused.value.detail.startswith(why)


@given(st.binary(max_size=60) | st.text("abc:[]{}-&*!?|>'\"#\n ~<%@`0.e", max_size=60).map(str.encode))
def test_garbage_is_refused_with_an_error_of_ours(data):
    with contextlib.suppress(SettingsError):
        assert isinstance(read_document(data, Cart, name="f").value, Cart)
