import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import AccessError, MessageError
from ridgeway.protocol.messages import matches_path, normalise_service_path, parse_path_pattern
from ridgeway.protocol.messages.paths import MAX_PATH_CHARACTERS, MAX_PATTERN_CHARACTERS, resolve_service_path


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("", ""),
        ("/", "/"),
        ("/a", "/a"),
        ("/a/", "/a/"),
        ("/a//b", "/a/b"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/b/..", "/a/"),
        ("/a/..", "/"),
        ("/.", "/"),
        ("/a/%2e%2E/b", "/b"),
        ("/a%20b", "/a b"),
        ("/a%7Bb", "/a{b"),
        ("/%C3%B6", "/ö"),
        ("/ö", "/ö"),
        ("/a%252Fb", "/a%2Fb"),
        ("/a%253F", "/a%3F"),
        ("/a;b=c", "/a;b=c"),
        ("/...", "/..."),
    ],
)
def test_a_path_is_made_plain_once(raw: str, path: str) -> None:
    assert normalise_service_path(raw) == path


@pytest.mark.parametrize(
    "raw",
    [
        "a",
        "//x/y",
        "/a%2Fb",
        "/a%2fb",
        "/a%3Fb",
        "/a%23b",
        "/a%5Cb",
        "/a\\b",
        "/a%00",
        "/a%0Ab",
        "/a\x7f",
        "/a%E2%80%A8b",
        "/%",
        "/%2",
        "/%2x",
        "/%ff",
        "/%C3",
        "/..",
        "/../a",
        "/a/..;x/b",
        "/a/%2e%2e;/b",
        "/a/../../b",
        "/a/%2e%2e/%2e%2e/b",
        "/" + "a" * MAX_PATH_CHARACTERS,
    ],
)
def test_a_path_that_could_be_read_in_two_ways_is_denied(raw: str) -> None:
    with pytest.raises(AccessError, match="access_denied"):
        normalise_service_path(raw)


def test_dots_that_climb_out_stay_in_front_when_only_resolved() -> None:
    assert resolve_service_path("/a/b/../../%2e%2e/c/d") == "/../c/d"
    assert resolve_service_path("/a/b/%2e%2e/%2e%2e/c") == "/c"


@given(st.text(max_size=60) | st.text("/.%2eEfF5Cc a", max_size=40))
def test_any_path_is_plain_afterwards_or_denied(raw: str) -> None:
    try:
        path = normalise_service_path(f"/{raw}")
    except AccessError:
        return
    assert path.startswith("/")
    assert not {"..", "."} & set(path.split("/"))
    assert "" not in path.split("/")[1:-1]


GLOBS = [
    ("**", "", True),
    ("***", "match/anything/*", True),
    ("**", "/a/b/c", True),
    ("/*/", "/a/", True),
    ("/*/", "/a/b/", False),
    ("/*", "/", True),
    ("/*", "", False),
    ("", "", True),
    ("", " ", False),
    (".^$+{[]|()", ".^$+{[]|()", True),
    (".", "a", False),
    ("**/bar/**", "a/b/c/bar/e/f", True),
    ("**/bar/**", "a/b/c/foo/e/f", False),
    ("**\\*", "/what/ever*", True),
    ("**\\*", "/what/ever!", False),
    ("simple", "simple", True),
    ("simple", "prefix.simple.suffix", False),
    ("**/*/**", "something/bar/something/else", True),
    ("**/*/**", "/bar/", True),
    ("**/*/**", "//", True),
    ("**/*/**", "something/else", False),
    ("\\A", "\\A", True),
    ("\\*", "*", True),
    ("\\*", "\\*", False),
    ("\\\\", "\\", True),
    ("aa\\", "aa\\", True),
    ("/a?", "/a?", True),
    ("/a?", "/", False),
    ("/*.json", "/a.json", False),
    ("/**.json", "/a.json", True),
    ("/pets/*/toys", "/pets/7/toys", True),
    ("/pets/*/toys", "/pets/7/8/toys", False),
    ("/Pets", "/pets", False),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), GLOBS)
def test_patterns_match_as_in_x_road(pattern: str, path: str, expected: bool) -> None:
    assert matches_path(pattern, path) is expected
    assert parse_path_pattern(pattern).matches(path) is expected


def to_regex(pattern: str) -> str:
    """The pattern as X-Road's regular expression, in which a single star gives nothing back."""
    translated = ""
    for token in re.findall(r"\\[*\\]|\*+|.", pattern, re.DOTALL):
        if token.startswith("*"):
            translated += "[^/]*+" if token == "*" else ".*"
        else:
            translated += re.escape(token[-1] if len(token) == 2 else token)
    return translated


@given(st.text("*/ab\\", max_size=12), st.text("/ab*\\", max_size=14))
def test_patterns_match_what_x_roads_regular_expression_matches(pattern: str, path: str) -> None:
    expected = re.fullmatch(to_regex(pattern), path, re.DOTALL) is not None
    assert parse_path_pattern(pattern).matches(path) is expected


def test_no_pattern_makes_matching_explode() -> None:
    """A backtracking matcher would need more steps than there are atoms; this one looks at each character once."""
    pattern = "**a" * 300 + "**b"
    assert not matches_path(pattern, "a" * 5000)
    assert matches_path(pattern, "a" * 5000 + "b")
    assert not matches_path("/*a**" * 200 + "!", "/a" * 2500)


def test_a_pattern_has_a_limit() -> None:
    with pytest.raises(MessageError, match="invalid_request"):
        parse_path_pattern("a" * (MAX_PATTERN_CHARACTERS + 1))
