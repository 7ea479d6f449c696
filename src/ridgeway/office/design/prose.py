"""What people wrote, as HTML that cannot harm: Markdown of staff, plain text of citizens.

Law: no HTML of a writer ever passes. Markdown is parsed without HTML and its outcome is sanitised once more against a
list of tags; plain text is escaped before anything is added to it. Links carry `nofollow`, and lead to http(s) and mail
alone.
"""

import re
from html import unescape
from typing import Final

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

MAX_TEXT_LENGTH: Final = 200_000
TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul"}
)
ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
# A text may be in another script than the page: each block finds its own direction.
DIRECTED: Final = ("blockquote", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul")
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
LINK_REL: Final = "nofollow noreferrer noopener"
PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n\s*")


def make_markdown() -> MarkdownIt:
    """A parser of CommonMark with tables and bare links, without HTML and pictures."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False})
    return parser.enable(["table", "linkify"]).disable(["image", "html_block", "html_inline"])


def make_linkifier(*, guesses: bool) -> LinkifyIt:
    """A finder of web addresses in plain text, with `guesses` of those without `https://`; mail is left alone."""
    finder = LinkifyIt(options={"fuzzy_email": False, "fuzzy_ip": False, "fuzzy_link": guesses})
    return finder.add("ftp:", None).add("mailto:", None).add("//", None)


MARKDOWN: Final = make_markdown()
MAY_HOLD_ADDRESS: Final = re.compile(r"\.\S|://")
"""What every web address has; most lines have neither, and need not be searched for one at length."""
LINKIFIERS: Final = {guesses: make_linkifier(guesses=guesses) for guesses in (True, False)}


def render_markdown(text: str | None) -> Markup:
    """Markdown as HTML of the allowed tags alone; headings begin at the second level, below the page's own."""
    tokens = MARKDOWN.parse((text or "")[:MAX_TEXT_LENGTH])
    for token in tokens:
        lower_heading(token)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Markup(  # noqa: S704 — sanitised in this expression
        nh3.clean(
            html,
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            url_schemes=set(SCHEMES),
            link_rel=LINK_REL,
            set_tag_attribute_values={tag: {"dir": "auto"} for tag in DIRECTED},
            strip_comments=True,
        )
    )


def lower_heading(token: Token) -> None:
    """Let a heading stand one level lower, so that a text has no title beside the page's."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def render_plain(text: str | None) -> str:
    """What a Markdown text says without its marks; paragraphs stay apart."""
    html = str(render_markdown(text))
    apart = re.sub(r"</(p|h[2-6]|li|blockquote|pre|tr)>\n?", "\n", html)
    broken = re.sub(r"<(br|hr)[^>]*>", "\n", apart)
    return re.sub(r"\n{3,}", "\n\n", unescape(nh3.clean(broken, tags=set()))).strip()


def render_autolink(text: str | None) -> Markup:
    """Plain text as paragraphs, line breaks kept, everything escaped, web addresses as links."""
    whole = (text or "")[:MAX_TEXT_LENGTH].replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = [link_addresses(part) for part in PARAGRAPHS.split(whole) if part.strip()]
    return Markup("\n").join(Markup('<p dir="auto">{}</p>').format(part) for part in parts)


def link_addresses(text: str, *, guesses: bool = True) -> Markup:
    """`text` escaped, its web addresses as links and its line ends as breaks; see `make_linkifier` for `guesses`."""
    found = LINKIFIERS[guesses].match(text) if MAY_HOLD_ADDRESS.search(text) else None
    shown, last = Markup(), 0
    for match in found or []:
        if not match.url.startswith(("http://", "https://")):
            continue
        shown += escape(text[last : match.index])
        shown += Markup('<a href="{}" rel="{}">{}</a>').format(match.url, LINK_REL, match.raw)
        last = match.last_index
    shown += escape(text[last:])
    return Markup("<br>\n").join(shown.split("\n"))
