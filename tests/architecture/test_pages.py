"""The pages: every link leads somewhere, and nothing that is kept names the machine it was made on."""

import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<!\!)\[[^\]\n]*\]\(([^)\s]+)\)|\!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6} +(.+?) *#* *$", re.MULTILINE)
ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")
HOME = re.compile(rb"/(?:home|Users)/[A-Za-z0-9._-]+/|/root/")
HERE = re.compile(rb"(?<![\w.-])" + re.escape(str(ROOT).encode()) + rb"(?![\w.-])")
INDEX = re.compile(
    rb"(?:--(?:extra-)?index-url[ =]|--find-links[ =]|https?://[^\s\"']*/simple(?:/|\b)|pypi\.org/simple)"
)
MAX_SEARCHED_BYTES = 4 * 1024 * 1024


@cache
def list_kept_files():
    """Every file that is committed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so it is not known which files are kept")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def list_pages():
    """Every page of ours. What a service shows to the public is not: it leads to that site's own addresses."""
    pages = [file for file in list_kept_files() if file.suffix == ".md"]
    return [page for page in pages if "services" not in page.parts or page.name == "README.md"]


def without_code(text):
    return INLINE_CODE.sub("", FENCE.sub("", text))


def list_links(text):
    return [first or second for first, second in LINK.findall(without_code(text))]


def list_anchors(text):
    """The anchors of a page, as common renderers make them."""
    slugs, seen = set(ANCHOR.findall(text)), {}
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
        slugs.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
    return slugs


def find_broken_links(page, root=ROOT):
    """The links of one page that lead nowhere; links to other sites are not followed."""
    broken = []
    for link in list_links(page.read_text("utf-8")):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        is_there = target.exists() and target.is_relative_to(root)
        if is_there and anchor and target.suffix == ".md":
            is_there = anchor in list_anchors(target.read_text("utf-8"))
        if not is_there:
            broken.append(link)
    return broken


def test_every_link_on_a_page_leads_somewhere():
    assert list_pages()
    broken = {page.relative_to(ROOT).as_posix(): find_broken_links(page) for page in list_pages()}
    assert {page: links for page, links in broken.items() if links} == {}


@pytest.mark.parametrize(
    ("pattern", "meaning"),
    [
        (HOME, "a home folder"),
        # A checkout straight below the root, such as /src, is too short a name to look for.
        (HERE if len(ROOT.parts) > 2 else HOME, "the folder of this checkout"),
        (INDEX, "the address of a package index"),
    ],
)
def test_no_kept_file_names(pattern, meaning):
    found = {}
    for file in list_kept_files():
        if file == Path(__file__):
            continue
        hit = pattern.search(file.read_bytes()[:MAX_SEARCHED_BYTES])
        if hit:
            found[file.relative_to(ROOT).as_posix()] = hit[0].decode("latin-1")
    assert found == {}, f"these name {meaning}"


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    (tmp_path / "other.md").write_text("# One thing\n\n## A `code` thing\n")
    page.write_text(
        "[good](other.md) [part](other.md#a-code-thing) [site](https://example.org)\n"
        "[gone](gone.md) [no part](other.md#two) ![no picture](x.png) [outside](../../etc)\n"
        "`[code](code.md)`\n```\n[fenced](fenced.md)\n```\n"
    )
    assert find_broken_links(page, root=tmp_path) == ["gone.md", "other.md#two", "x.png", "../../etc"]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (HOME, b"see /home/somebody/ridgeway/x"),
        (HOME, b"cd /root/x"),
        (HERE, b"cd " + str(ROOT).encode() + b"/docs"),
        (INDEX, b"--index-url https://packages.example/simple"),
        (INDEX, b"https://packages.example/root/simple/"),
    ],
)
def test_what_must_not_be_kept_is_recognised(pattern, text):
    assert pattern.search(text)
