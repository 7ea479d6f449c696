"""Definitions that were changed at random are refused or compiled, and nothing else; what costs time is bounded."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ridgeway.errors import SettingsError
from ridgeway.office.documents import parse_yaml
from ridgeway.services.assessments.definition import compile_package, read_package_files, render_canonical
from ridgeway.services.assessments.definition.files import Files, read_files
from ridgeway.services.assessments.tests.written import SMALL, write_files

EVERYTHING = read_files(Path(__file__).parent / "examples" / "everything")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False)
    | st.sampled_from(
        [
            *(
                "urgent",
                "next",
                "outcome.stay",
                "decision.advice",
                "today",
                "2026-10-01",
                "<b>",
                "{days}",
                ":::when ill",
            ),
            *("-", "ill", "size(signs) > 0", "countries", "unknown", "collect", "list", "option", "date", "self", ""),
        ]
    )
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "self", "type", "of"]), inner),
    max_leaves=5,
)


def to_plain(node):
    """A parsed document as plain data."""
    if isinstance(node.value, dict):
        return {key: to_plain(each) for key, each in node.value.items()}
    if isinstance(node.value, tuple):
        return [to_plain(each) for each in node.value]
    return node.value if not isinstance(node.value, float) else node.text


def list_paths(value, path=()):
    """Every place in plain data."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from list_paths(each, (*path, key))


def change_at(value, path, new):
    """The data with another value at a place; with `DELETED`, without one."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if new is DELETED and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = change_at(copy[path[0]], path[1:], new)
    return copy


DELETED = object()
WHOLE = to_plain(parse_yaml(EVERYTHING.content["service.yaml"], name="x"))
LITTLE = to_plain(parse_yaml(SMALL.encode(), name="x"))
PATHS = [path for path in list_paths(WHOLE) if path]
LITTLE_PATHS = [path for path in list_paths(LITTLE) if path]


def use(files: Files) -> None:
    """The package is refused with a sentence, or compiles to canonical JSON."""
    try:
        compiled = compile_package(read_package_files(files))
    except SettingsError as error:
        assert error.detail  # noqa: PT017 — both ends are right
        return
    assert json.loads(render_canonical(compiled)) == compiled


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LITTLE_PATHS), VALUES | st.just(DELETED)), min_size=1, max_size=2))
def test_a_small_definition_that_was_changed_is_refused_or_compiles(changes):
    value = LITTLE
    for path, new in changes:
        try:
            value = change_at(value, path, new)
        except (KeyError, IndexError, TypeError, ValueError):
            continue
    use(write_files(json.dumps(value)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(PATHS), VALUES | st.just(DELETED))
def test_a_large_definition_that_was_changed_is_refused_or_compiles(path, new):
    changed = json.dumps(change_at(WHOLE, path, new)).encode()
    use(Files("p", {**EVERYTHING.content, "service.yaml": changed}))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.integers(0, len(SMALL)),
    st.integers(0, 30),
    st.sampled_from([*"{}[]:,-'\"\n \t&*!|>%@`#", "\x00", "é", "\u202e"]),
)
@example(0, 0, "\ufeff")
def test_a_file_that_was_damaged_is_refused_or_compiles(position, length, new):
    use(write_files(SMALL[:position] + new + SMALL[position + length :]))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from([name for name in EVERYTHING.content if name != "service.yaml"]),
    st.integers(0, 2000),
    st.binary(max_size=20),
)
def test_a_file_beside_it_that_was_damaged_is_refused_or_compiles(name, position, new):
    data = EVERYTHING.content[name]
    position %= len(data)
    use(Files("p", {**EVERYTHING.content, name: data[:position] + new + data[position + len(new) :]}))


NESTED = "size(signs) > 0 && (" * 300
COSTLY = {
    "many pages": "".join(f"  - {{id: p{n}, title: x}}\n" for n in range(4_000)),
    "many keys": "".join(f"  - {{id: p{n}, title: x, zz{n}: 1}}\n" for n in range(4_000)),
    "long words": f"  - {{id: p, title: {'x' * 1_000_000}}}\n",
    "deep expression": f"  - {{id: p, title: x, only_if: '{NESTED}'}}\n",
    "long expression": f"  - {{id: p, title: x, only_if: '{'1+' * 400_000}1'}}\n",
    "braces": f"  - {{id: p, title: x, body: '{'{' * 400_000}'}}\n",
    "stars": f"  - {{id: p, title: x, body: '{'*a ' * 3_000}'}}\n",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", COSTLY)
def test_what_costs_time_is_bounded(what):
    use(write_files(SMALL.replace("pages:\n", f"pages:\n{COSTLY[what]}")))
