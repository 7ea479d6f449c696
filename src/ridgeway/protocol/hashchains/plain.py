"""Reading hash chains in the layout that X-Road and this software write, without building a tree.

Law: this reader says only "I know every character of it" or None; None is never an error, it sends the document to
`reading.py`, which judges it as if this file were not there. A pattern fits a document from its first character to
its last, and spells every tag, attribute and name space out; what stands in a hole is of letters, digits and a few
signs, none of which is markup, an entity or white space. So a parser would find this tree, and these texts, and no
other. The prefixes are those that generations of X-Road wrote; both name spaces are declared at the root alone.

A test holds each mutation of real chains to it: read here means read there, with an equal value.
Read next: `reading.py`.
"""

import base64
import binascii
import re
from functools import cache

from ridgeway.protocol.hashchains.digests import DIGEST_NAMES, Digest
from ridgeway.protocol.hashchains.reading import (
    MAX_ID_CHARACTERS,
    MAX_ITEMS,
    MAX_STEPS,
    Chain,
    ChainResult,
    DataRef,
    HashValue,
    Item,
    StepRef,
)

MAX_PLAIN_BYTES = 256 * 1024
"""What is longer is rare, and read thoroughly."""
PREFIXES = (("", "ds:"), ("ns2:", ""), ("", "ns2:"))
"""Of elements of the chain, and of elements of XML Signature."""

SPACE = "[ \n]*"
WORD = "[-A-Za-z0-9:/._]"
ALGORITHM = "[-A-Za-z0-9:/._#]+"
BASE64 = "[A-Za-z0-9+/]+={0,2}"


class Layout:
    """The patterns for one choice of prefixes."""

    def __init__(self, chain: str, signature: str) -> None:
        value = f"<{signature}DigestValue>({BASE64})</{signature}DigestValue>"
        method = f'Algorithm="({ALGORITHM})"/>'
        reference = f'URI="({WORD}*#{WORD}+)"'
        spaces = name_spaces(chain, signature)
        start = r'<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>' + SPACE
        self.result = re.compile(
            f"{start}<{chain}HashChainResult(?:{spaces} {reference}| {reference}{spaces})>{SPACE}"
            f"<{signature}DigestMethod {method}{SPACE}{value}{SPACE}</{chain}HashChainResult>{SPACE}"
        )
        self.item = re.compile(
            f'<{chain}(?:StepRef {reference}/>|DataRef URI="({WORD}*)">{SPACE}{value}{SPACE}</{chain}DataRef>|'
            f"HashValue>{SPACE}{value}{SPACE}</{chain}HashValue>){SPACE}"
        )
        items = f"(?:{without_groups(self.item.pattern)})*"
        self.step = re.compile(f'<{chain}HashStep id="({WORD}+)">{SPACE}({items})</{chain}HashStep>{SPACE}')
        self.chain = re.compile(
            f"{start}<{chain}HashChain{spaces}>{SPACE}<{chain}DefaultDigestMethod {method}{SPACE}"
            f"((?:{without_groups(self.step.pattern)})*)</{chain}HashChain>{SPACE}"
        )


def without_groups(pattern: str) -> str:
    """The pattern with nothing remembered, for one that is repeated."""
    return re.sub(r"\((?!\?)", "(?:", pattern)


def name_spaces(chain: str, signature: str) -> str:
    """The declarations at the root, in either order."""
    one, other = (
        f' xmlns{":" + prefix.removesuffix(":") if prefix else ""}="{re.escape(uri)}"'
        for prefix, uri in ((chain, "http://cyber.ee/hashchain"), (signature, "http://www.w3.org/2000/09/xmldsig#"))
    )
    return f"(?:{one}{other}|{other}{one})"


@cache
def list_layouts() -> tuple[Layout, ...]:
    """The layouts, made when they are first needed, so that what proves nothing starts quickly."""
    return tuple(Layout(*prefixes) for prefixes in PREFIXES)


class UnusualError(Exception):
    """The document is not one that this reader knows."""


def find_plain_result(data: bytes) -> ChainResult | None:
    """The HashChainResult, when it stands in a known layout to the last character; else None, and nothing is said."""
    text = decode_text(data)
    found = next((found for each in list_layouts() if (found := each.result.fullmatch(text))), None)
    if found is None:
        return None
    before, after, algorithm, value = found.groups()
    try:
        file, step = split(before or after)
        return ChainResult(file, step, read_digest(value, algorithm))
    except UnusualError:
        return None


def find_plain_chain(data: bytes) -> Chain | None:
    """The HashChain, when it stands in a known layout to the last character; else None, and nothing is said."""
    text = decode_text(data)
    for layout in list_layouts():
        found = layout.chain.fullmatch(text)
        if found is not None:
            try:
                return build_chain(layout, algorithm=found[1], steps=found[2])
            except UnusualError:
                return None
    return None


def decode_text(data: bytes) -> str:
    """The document as text; empty when it is too long or not ASCII, so that it fits no layout."""
    return data.decode() if len(data) <= MAX_PLAIN_BYTES and data.isascii() else ""


def build_chain(layout: Layout, *, algorithm: str, steps: str) -> Chain:
    """The value of a document that fits.

    Raises:  UnusualError for what the thorough reader must judge.
    """
    found = layout.step.findall(steps)
    read = {step: build_step(layout, items, algorithm) for step, items in found}
    if len(read) != len(found) or len(found) > MAX_STEPS or algorithm not in DIGEST_NAMES:
        raise UnusualError
    return Chain(read)


def build_step(layout: Layout, items: str, algorithm: str) -> tuple[Item, ...]:
    """The items of one step."""
    found = layout.item.findall(items)
    if len(found) > MAX_ITEMS:
        raise UnusualError
    return tuple(build_item(*groups, algorithm=algorithm) for groups in found)


def build_item(reference: str, uri: str, data: str, other: str, *, algorithm: str) -> Item:
    """One item, from whichever groups of the pattern are not empty."""
    if reference:
        return StepRef(*split(reference), algorithm)
    if other:
        return HashValue(read_digest(other, algorithm))
    return DataRef(uri, read_digest(data, algorithm))


def split(reference: str) -> tuple[str, str]:
    """File and step of a reference that fits."""
    if len(reference) > MAX_ID_CHARACTERS:
        raise UnusualError
    file, _, step = reference.partition("#")
    return file, step


def read_digest(text: str, algorithm: str) -> Digest:
    """The octets of base64 as a digest."""
    if algorithm not in DIGEST_NAMES:
        raise UnusualError
    try:
        return Digest(base64.b64decode(text, validate=True), algorithm)
    except binascii.Error:
        raise UnusualError from None
