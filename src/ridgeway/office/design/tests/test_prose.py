import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.design.prose import (
    LINK_REL,
    MAX_TEXT_LENGTH,
    TAGS,
    render_autolink,
    render_markdown,
    render_plain,
)

NASTY = st.text(
    st.one_of(
        st.sampled_from("<>&\"'`*_[]()!#|\\/:;=-+~ \n\t\r\0"),
        st.characters(codec="utf-8"),
    ),
    max_size=200,
)
PIECES = st.lists(
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "[a](data:text/html,x)",
            "<javascript:alert(1)>",
            "![x](https://example.org/x.png)",
            "https://example.org/\"onmouseover='x'",
            "www.example.org/<b>",
            "<a href='//x'>y</a>",
            "[x]: javascript:alert(1)\n\n[x]",
            "<style>*{}</style>",
            "<!-- -->",
            "<![CDATA[x]]>",
            "&lt;script&gt;",
            "&#x3c;b&#x3e;",
            "```html\n<b>\n```",
            "|a|\n|---|\n|<i>|",
            "# x\n",
            "\n\n",
            "mailto:a@b.c",
            "ftp://a.b",
            "//evil.example",
            "javascript://www.example.com/%0aalert(1)",
        ]
    )
    | NASTY,
    max_size=8,
).map("".join)


class Reader(HTMLParser):
    """Which tags, attributes and addresses a browser would see."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.addresses, self.heard = set(), set(), [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data):
        self.heard.append(data)

    def handle_comment(self, data):
        self.tags.add("comment")

    def handle_decl(self, decl):
        self.tags.add("declaration")

    unknown_decl = handle_decl
    handle_pi = handle_decl


def is_harmless(address):
    """Whether a browser leads nowhere else than to a page, a part of this site, or mail."""
    scheme = re.match(r"^([a-zA-Z][a-zA-Z0-9+.\-]*):", re.sub(r"[\x00-\x20]", "", address))
    return scheme is None or scheme[1].lower() in {"http", "https", "mailto", "tel"}


@given(PIECES)
def test_no_markdown_makes_a_tag_that_is_not_allowed(text):
    seen = Reader(str(render_markdown(text)))
    assert seen.tags <= TAGS
    assert seen.attributes <= {"href", "title", "rel", "start", "scope", "dir"}
    assert all(is_harmless(address) for address in seen.addresses)


@given(PIECES)
def test_no_plain_text_makes_a_tag_but_paragraphs_breaks_and_links(text):
    seen = Reader(str(render_autolink(text)))
    assert seen.tags <= {"p", "br", "a"}
    assert seen.attributes <= {"href", "rel", "dir"}
    assert all(address.startswith(("http://", "https://")) for address in seen.addresses)


@given(PIECES)
def test_plain_text_says_what_was_written(text):
    heard = Reader(str(render_autolink(text))).heard
    assert re.sub(r"\s", "", "".join(heard)).replace("\0", "�") == re.sub(r"\s", "", text).replace("\0", "�")


@given(PIECES)
def test_what_a_markdown_text_says_holds_no_mark_of_html_that_was_made(text):
    without_marks = re.sub(r"[<>&]", "", text)
    assert not re.search(r"[<>]", render_plain(without_marks))


def test_a_link_in_plain_text_is_followed_by_nobody_but_people():
    shown = render_autolink("See https://example.org/a?b=1&c=2, or www.example.com.")
    assert (
        f'<a href="https://example.org/a?b=1&amp;c=2" rel="{LINK_REL}">https://example.org/a?b=1&amp;c=2</a>,' in shown
    )
    assert '<a href="http://www.example.com"' in shown
    assert shown.endswith("</a>.</p>")


def test_an_address_of_mail_in_plain_text_is_no_link():
    assert "<a" not in render_autolink("Write to suzie@example.org or mailto:suzie@example.org")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_empty_lines_part_paragraphs_and_single_ones_break(end):
    shown = render_autolink(f"one{end}two{end}{end}{end}three")
    assert shown == '<p dir="auto">one<br>\ntwo</p>\n<p dir="auto">three</p>'


def test_headings_of_a_text_stand_below_that_of_the_page():
    shown = render_markdown("# One\n\n###### Six")
    assert '<h2 dir="auto">One</h2>' in shown
    assert '<h6 dir="auto">Six</h6>' in shown


def test_markdown_keeps_lists_emphasis_tables_and_links():
    shown = render_markdown(
        "1. **bold** and *soft*\n\n|a|\n|--|\n|b|\n\n[see](https://example.org/) and https://bare.example/"
    )
    assert {"ol", "li", "strong", "em", "table", "th", "td", "a"} <= Reader(str(shown)).tags
    assert shown.count(f'rel="{LINK_REL}"') == 2


def test_plain_of_markdown_is_what_is_read_aloud():
    assert render_plain("# Title\n\nSome *text* with [a link](https://example.org) & more\n\n- one\n- two\n") == (
        "Title\nSome text with a link & more\n\none\ntwo"
    )


def test_a_text_without_end_ends():
    assert len(render_autolink("x" * (MAX_TEXT_LENGTH + 10))) < MAX_TEXT_LENGTH + 30
    assert len(render_markdown("x" * (MAX_TEXT_LENGTH + 10))) < MAX_TEXT_LENGTH + 30
    assert render_markdown(None) == render_autolink(None) == ""
