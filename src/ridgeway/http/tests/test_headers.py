"""Heads: what is rendered is read back the same, and what would break a head is refused."""

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.http import Headers
from ridgeway.http.framing import stated_length
from ridgeway.http.headers import render_head
from ridgeway.http.request import find_origin_form


class Reader:
    """What a parser makes of a head."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.heads = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self.pairs.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.heads += 1


PAIRS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=5)
GOOD = st.lists(
    st.tuples(st.from_regex(r"[!#-'*+.^_`|~0-9A-Za-z-]{1,8}", fullmatch=True), st.text(max_size=20)), max_size=5
)


@given(pairs=PAIRS | GOOD)
def test_a_head_is_read_back_as_it_was_meant_or_is_refused(pairs):
    own = [(name, value) for name, value in pairs if name.lower() not in {"content-length", "transfer-encoding"}]
    try:
        head = render_head("HTTP/1.1 200 OK", own)
    except ValueError:
        return
    reader = Reader()
    httptools.HttpResponseParser(reader).feed_data(head)
    assert reader.pairs == [(name, value.strip(" \t")) for name, value in own]
    assert reader.heads == 1


@pytest.mark.parametrize("pair", [("", "x"), ("A B", "x"), ("A:", "x"), ("A", "x\r\nB: y"), ("A", "\x00"), ("A", "€")])
def test_what_would_break_a_head_is_refused(pair):
    with pytest.raises(ValueError, match="header"):
        render_head("HTTP/1.1 200 OK", [pair])


def test_a_reason_that_would_break_the_head_is_refused():
    with pytest.raises(ValueError, match="start line"):
        render_head("HTTP/1.1 200 OK\r\nSet-Cookie: x", [])


@pytest.mark.parametrize(
    "pairs",
    [
        [("transfer-encoding", "chunked")],
        [("Upgrade", "h2c")],
        [("Content-Length", "1"), ("content-length", "1")],
        [("Content-Length", "-1")],
        [("Content-Length", "١")],
    ],
)
def test_a_writer_leaves_framing_to_the_layer(pairs):
    with pytest.raises(ValueError, match=r"belongs to the connection|give one number"):
        stated_length(Headers(pairs))


def test_tokens_are_taken_from_every_field_of_the_name():
    headers = Headers([("Connection", "Keep-Alive, x"), ("connection", " Close ,")])
    assert headers.get_tokens("CONNECTION") == ("keep-alive", "x", "close")
    assert (list(headers), len(headers), headers[0]) == (list(headers.pairs), 2, ("Connection", "Keep-Alive, x"))
    assert "Close" not in repr(headers)


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        (b"/a?b=http://c/", b"/a?b=http://c/"),
        (b"http://host/a?b", b"/a?b"),
        (b"HTTPS://host:80/a//b", b"/a//b"),
        (b"http://host", b"/"),
        (b"http://host?a", b"/?a"),
        (b"http://user@host/a", b"http://user@host/a"),
        (b"http:///a", b"http:///a"),
        (b"*", b"*"),
    ],
)
def test_of_a_whole_address_the_path_and_query_are_seen(target, seen):
    assert find_origin_form(target) == seen
