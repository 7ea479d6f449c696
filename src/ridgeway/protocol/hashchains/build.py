"""Building hash chains: one signature or time-stamp over many messages, and a short proof for each.

Law: the tree has the shape of RFC 6962 (the left half holds the largest power of two below the whole); a leaf is the
digest of a message alone, or the step over all parts of a message with attachments. What gets signed are the *bytes*
of the result document, so it must be kept and sent exactly as built here.
Source: DM-HASHCHAIN; RFC 6962 §2.1 (shape only).
Read next: `verify.py`, which walks a chain back.
"""

import base64
import re
from collections.abc import Iterator, Sequence
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


def build_hash_chains(
    inputs: Sequence[PartDigests], *, name: str = SIGNATURE_CHAIN, algorithm: str = SHA512
) -> HashChains:
    """Put every input under one digest, with a chain document for each that leads to it.

    Shapes:  each input is the parts of one message, in order; `name` is the entry under which its chain will lie.
    """
    if not inputs:
        raise ValueError("a hash chain needs at least one input")
    for parts in inputs:
        require_plain_names(parts)
    tree = Tree([digest_leaf(parts, algorithm) for parts in inputs], algorithm)
    top = tree.node(0, len(inputs)) if len(inputs) > 1 else digest_parts(inputs[0], algorithm)
    result = RESULT.format(name=name, algorithm=algorithm, digest=encode(top.value))
    return HashChains(result.encode(), tuple(ChainWriter(tree, inputs).write_chains()))


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
    return Digest(parts[0][1], algorithm) if len(parts) == 1 else digest_parts(parts, algorithm)


def digest_parts(parts: PartDigests, algorithm: str) -> Digest:
    """The step over the parts of one message."""
    return digest_step([Digest(value, algorithm) for _, value in parts], algorithm)


class ChainWriter:
    """Writes the chain document of every leaf on one way through the tree.

    The steps above a node are the same for all leaves below it, so each is written once and handed down.
    """

    def __init__(self, tree: Tree, inputs: Sequence[PartDigests]) -> None:
        self.tree = tree
        self.inputs = inputs
        self.start, _, self.end = CHAIN.format(algorithm=tree.algorithm, steps="\0").partition("\0")

    def write_chains(self) -> Iterator[bytes]:
        """The documents, in the order of the inputs."""
        return self.descend(0, len(self.inputs), number=0, above=self.start)

    def descend(self, start: int, end: int, *, number: int, above: str) -> Iterator[bytes]:
        """The documents of the leaves from `start` up to `end`, whose steps so far are `above`."""
        if end - start == 1:
            if number == 0 or not self.stands_in_fork(start, end):
                above += STEP.format(number=number, items=self.write_parts(start))
            yield (above + self.end).encode()
            return
        middle = start + left_size(end - start)
        left, right = self.write_value(start, middle), self.write_value(middle, end)
        own_left, own_right = (self.write_own(*side, number=number) for side in ((start, middle), (middle, end)))
        for side, items in (((start, middle), own_left + right), ((middle, end), left + own_right)):
            step = STEP.format(number=number, items=items)
            yield from self.descend(*side, number=number + 1, above=above + step)

    def stands_in_fork(self, start: int, end: int) -> bool:
        """Whether this is one message of one part, which needs no step of its own below a fork."""
        return end - start == 1 and len(self.inputs[start]) == 1

    def write_own(self, start: int, end: int, *, number: int) -> str:
        """The side of a fork that leads to these leaves: a reference to the next step, or the one part itself."""
        return self.write_parts(start) if self.stands_in_fork(start, end) else STEP_REF.format(number=number + 1)

    def write_value(self, start: int, end: int) -> str:
        """The other side of a fork: the digest over these leaves."""
        return HASH_VALUE.format(digest=encode(self.tree.node(start, end).value))

    def write_parts(self, index: int) -> str:
        """The references to the parts of one message."""
        return "".join(DATA_REF.format(uri=uri, digest=encode(value)) for uri, value in self.inputs[index])


def require_plain_names(parts: PartDigests) -> None:
    """Hold only while every part has a name that needs no escaping in XML."""
    for uri, _ in parts:
        if not PLAIN_NAME.fullmatch(uri):
            raise ValueError(f"{uri!r} is no name of a part")


def encode(value: bytes) -> str:
    """Base64 on one line."""
    return base64.b64encode(value).decode()
