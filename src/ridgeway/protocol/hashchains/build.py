"""Building hash chains: one signature or time-stamp over many messages, and a short proof for each.

Law: the tree has the shape of RFC 6962 (the left half holds the largest power of two below the whole); a leaf is the
digest of a message alone, or the step over all parts of a message with attachments. What gets signed are the *bytes*
of the result document, so it must be kept and sent exactly as built here.
Source: DM-HASHCHAIN; RFC 6962 §2.1 (shape only).
Read next: `verify.py`, which walks a chain back.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ridgeway.protocol.hashchains.digestlist import digest_step
from ridgeway.protocol.hashchains.digests import SHA512, Digest, PartDigests

SIGNATURE_CHAIN = "/sig-hashchain.xml"
TIMESTAMP_CHAIN = "/ts-hashchain.xml"

PLAIN_NAME = re.compile(r"/[A-Za-z0-9._/-]+")

NAMESPACES = 'xmlns="http://cyber.ee/hashchain" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RESULT = (
    DECLARATION + f"<HashChainResult {NAMESPACES}"
    ' URI="{name}#STEP0">\n'
    '    <ds:DigestMethod Algorithm="{algorithm}"/>\n'
    "    <ds:DigestValue>{digest}</ds:DigestValue>\n"
    "</HashChainResult>\n"
)
CHAIN = (
    DECLARATION + f"<HashChain {NAMESPACES}>\n"
    '    <DefaultDigestMethod Algorithm="{algorithm}"/>\n'
    "{steps}"
    "</HashChain>\n"
)
STEP = '    <HashStep id="STEP{number}">\n{items}    </HashStep>\n'
STEP_REF = '        <StepRef URI="#STEP{number}"/>\n'
HASH_VALUE = "        <HashValue><ds:DigestValue>{digest}</ds:DigestValue></HashValue>\n"
DATA_REF = '        <DataRef URI="{uri}"><ds:DigestValue>{digest}</ds:DigestValue></DataRef>\n'


@dataclass(frozen=True, slots=True)
class HashChains:
    """The document to be signed or stamped, and the chain of each input in the order given."""

    result: bytes
    chains: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """One node above a leaf: the digests of its two sides, and which side leads to the leaf."""

    left: Digest
    right: Digest
    own_is_left: bool


def build_hash_chains(
    inputs: Sequence[PartDigests], *, name: str = SIGNATURE_CHAIN, algorithm: str = SHA512
) -> HashChains:
    """Put every input under one digest, with a chain document for each that leads to it.

    Shapes:  each input is the parts of one message, in order; `name` is the entry under which its chain will lie.
    """
    if not inputs:
        raise ValueError("a hash chain needs at least one input")
    tree = Tree([digest_leaf(parts, algorithm) for parts in inputs], algorithm)
    written = [write_chain(climb(tree, index), parts, algorithm) for index, parts in enumerate(inputs)]
    top = written[0][0]
    result = RESULT.format(name=name, algorithm=algorithm, digest=encode(top.value))
    return HashChains(result.encode(), tuple(document for _, document in written))


class Tree:
    """The tree over a list of leaves; each node is computed once."""

    def __init__(self, leaves: Sequence[Digest], algorithm: str) -> None:
        self.leaves = leaves
        self.algorithm = algorithm
        self.nodes: dict[tuple[int, int], Digest] = {}

    def node(self, start: int, end: int) -> Digest:
        """The digest over the leaves from `start` up to, not with, `end`; a single leaf is its own node."""
        if end - start == 1:
            return self.leaves[start]
        known = self.nodes.get((start, end))
        if known is None:
            middle = start + left_size(end - start)
            known = digest_step((self.node(start, middle), self.node(middle, end)), self.algorithm)
            self.nodes[start, end] = known
        return known


def tree_top(leaves: Sequence[Digest], algorithm: str = SHA512) -> Digest:
    """The digest at the top of the tree; a single leaf is its own top."""
    return Tree(leaves, algorithm).node(0, len(leaves))


def left_size(size: int) -> int:
    """How many of `size` leaves lie in the left half: the largest power of two below `size`."""
    power: int = 1 << ((size - 1).bit_length() - 1)
    return power


def digest_leaf(parts: PartDigests, algorithm: str) -> Digest:
    """The leaf of one message: its own digest, or the step over its parts."""
    digests = [Digest(value, algorithm) for _, value in parts]
    return digests[0] if len(digests) == 1 else digest_step(digests, algorithm)


def climb(tree: Tree, index: int) -> list[Fork]:
    """The forks from the top down to leaf `index`."""
    forks: list[Fork] = []
    start, end = 0, len(tree.leaves)
    while end - start > 1:
        middle = start + left_size(end - start)
        own_is_left = index < middle
        forks.append(Fork(tree.node(start, middle), tree.node(middle, end), own_is_left))
        start, end = (start, middle) if own_is_left else (middle, end)
    return forks


def write_chain(forks: Sequence[Fork], parts: PartDigests, algorithm: str) -> tuple[Digest, bytes]:
    """The digest that STEP0 gives, and the chain document of one input."""
    require_plain_names(parts)
    references = "".join(DATA_REF.format(uri=uri, digest=encode(value)) for uri, value in parts)
    stands_in_fork = len(parts) == 1 and bool(forks)
    steps = []
    for number, fork in enumerate(forks):
        is_last = number == len(forks) - 1
        own = references if is_last and stands_in_fork else STEP_REF.format(number=number + 1)
        other = HASH_VALUE.format(digest=encode((fork.right if fork.own_is_left else fork.left).value))
        items = own + other if fork.own_is_left else other + own
        steps.append(STEP.format(number=number, items=items))
    if not stands_in_fork:
        steps.append(STEP.format(number=len(forks), items=references))
    children = (forks[0].left, forks[0].right) if forks else [Digest(value, algorithm) for _, value in parts]
    return digest_step(children, algorithm), CHAIN.format(algorithm=algorithm, steps="".join(steps)).encode()


def require_plain_names(parts: PartDigests) -> None:
    """Hold only while every part has a name that needs no escaping in XML."""
    for uri, _ in parts:
        if not PLAIN_NAME.fullmatch(uri):
            raise ValueError(f"{uri!r} is no name of a part")


def encode(value: bytes) -> str:
    """Base64 on one line."""
    return base64.b64encode(value).decode()
