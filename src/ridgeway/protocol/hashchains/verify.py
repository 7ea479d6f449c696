"""Walking a hash chain back: from the parts that are here to the one digest that was signed.

Law: what is here is always digested (or its digest from the wire is used), never believed; every expected part must be
reached; depth and documents are limited and each step is computed once, so a chain cannot be made to loop or explode.
Source: DM-HASHCHAIN "Verification"; PR-MESSTRANSP §4.
Read next: `reading.py` for the shape of the documents, `plain.py` for the quick way to the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from ridgeway.errors import SignatureError
from ridgeway.protocol.hashchains.digestlist import digest_step
from ridgeway.protocol.hashchains.digests import Digest, Part, compute_digest, digest_part
from ridgeway.protocol.hashchains.plain import find_plain_chain, find_plain_result
from ridgeway.protocol.hashchains.reading import (
    Chain,
    ChainResult,
    DataRef,
    HashValue,
    Item,
    StepRef,
    read_chain,
    read_chain_result,
)
from ridgeway.protocol.identifiers.xml import strict_parser

MAX_DEPTH = 64
MAX_DOCUMENTS = 8

CANONICALISATIONS = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}
"""Identifier → is it exclusive, does it keep comments."""


@dataclass(frozen=True, slots=True)
class DataDigest:
    """A part that the chain names.

    `is_checked` is False when the part was not here: then its digest is only what was signed.
    """

    uri: str
    digest: Digest
    is_checked: bool


@dataclass(frozen=True, slots=True)
class VerifiedHashChain:
    """The chain leads from these parts to the digest in the result document."""

    parts: tuple[DataDigest, ...]


def nothing_absent(uri: str) -> bool:
    """Over the wire no part may be missing."""
    return uri == ""


@dataclass(slots=True)
class Walk:
    """One verification in progress."""

    resolve: Callable[[str], Part | None]
    inputs: Mapping[str, Digest | None]
    may_be_absent: Callable[[str], bool]
    chains: dict[str, Chain] = field(default_factory=dict)
    steps: dict[tuple[str, str, str], Digest] = field(default_factory=dict)
    parts: dict[tuple[str, str], DataDigest] = field(default_factory=dict)


def verify_hash_chain(
    result_xml: bytes,
    *,
    resolve: Callable[[str], Part | None],
    inputs: Mapping[str, Digest | None],
    may_be_absent: Callable[[str], bool] = nothing_absent,
) -> VerifiedHashChain:
    """Prove that the parts lead to the digest in `result_xml` and that each of `inputs` is among them.

    Shapes:  `resolve` gives chain documents and parts by name (`/sig-hashchain.xml`, `/message.xml`), None when it is
             not here; `inputs` maps the names that must be reached to their digests, None to resolve them too;
             `may_be_absent` says for which names the stated digest is taken when the part is not here.
    Raises:  SignatureError(malformed_hash_chain | invalid_hash_chain | invalid_hash_chain_ref |
             hashchain_unused_inputs).
    """
    result = find_plain_result(result_xml) or read_chain_result(result_xml)
    walk = Walk(resolve, inputs, may_be_absent)
    require_result(walk, result)
    reached = {uri for uri, _ in walk.parts}
    unused = sorted(set(inputs) - reached)
    if unused:
        raise SignatureError(
            "hashchain_unused_inputs", f"The hash chain does not reach {', '.join(unused)}, so nobody signed them."
        )
    return VerifiedHashChain(tuple(walk.parts.values()))


def require_result(walk: Walk, result: ChainResult) -> None:
    """Compare the digest of the step that the result names with the one it states."""
    computed = compute_step(walk, StepRef(result.file, result.step, result.digest.algorithm), base="", depth=0)
    if computed != result.digest:
        raise SignatureError(
            "invalid_hash_chain",
            f"The hash chain gives {computed.value.hex()[:16]}…; the result states {result.digest.value.hex()[:16]}….",
        )


def compute_step(walk: Walk, reference: StepRef, *, base: str, depth: int) -> Digest:
    """The digest of the step that `reference`, standing in the document `base`, points to."""
    file = reference.file or base
    key = (file, reference.step, reference.algorithm)
    known = walk.steps.get(key)
    if known is not None:
        return known
    if depth >= MAX_DEPTH:
        raise SignatureError("malformed_hash_chain", f"The hash chain is deeper than {MAX_DEPTH} steps, or loops.")
    items = get_chain(walk, file).steps.get(reference.step)
    if items is None:
        raise SignatureError("malformed_hash_chain", f"{file}#{reference.step} is referenced but not there.")
    digests = [compute_item(walk, item, base=file, depth=depth + 1) for item in items]
    walk.steps[key] = digest_step(digests, reference.algorithm)
    return walk.steps[key]


def compute_item(walk: Walk, item: Item, *, base: str, depth: int) -> Digest:
    """The digest of one item of a step."""
    match item:
        case HashValue():
            return item.digest
        case StepRef():
            return compute_step(walk, item, base=base, depth=depth)
        case DataRef():
            return compute_data(walk, item)


def compute_data(walk: Walk, reference: DataRef) -> Digest:
    """The digest of a part, as it is here."""
    stated = reference.digest
    attached = walk.inputs.get(reference.uri)
    if attached is not None:
        if attached.algorithm != stated.algorithm:
            raise refused_reference(reference, f"its digest is known under {attached.algorithm} only")
        note_part(walk, reference.uri, attached, is_checked=True)
        return attached
    part = walk.resolve(reference.uri)
    if part is None:
        if not walk.may_be_absent(reference.uri):
            raise refused_reference(reference, "there is no such part")
        note_part(walk, reference.uri, stated, is_checked=False)
        return stated
    found = digest_data(part, reference)
    if found != stated.value:
        shown = "unknown" if found is None else found.hex()[:16] + "…"
        raise refused_reference(reference, f"its digest is {shown}, the chain states {stated.value.hex()[:16]}…")
    note_part(walk, reference.uri, stated, is_checked=True)
    return stated


def note_part(walk: Walk, uri: str, digest: Digest, *, is_checked: bool) -> None:
    """Remember that the chain reached a part, each part and algorithm once."""
    known = walk.parts.setdefault((uri, digest.algorithm), DataDigest(uri, digest, is_checked))
    if known.digest != digest:
        raise SignatureError("invalid_hash_chain_ref", f"The hash chain states two different digests for {uri}.")


def digest_data(part: Part, reference: DataRef) -> bytes | None:
    """The digest of a part after the reference's transforms; None when it cannot be known."""
    if not reference.transforms:
        return digest_part(part, reference.digest.algorithm)
    if not isinstance(part, bytes):
        raise refused_reference(reference, "transforms need a part that is XML")
    for transform in reference.transforms:
        part = canonicalise_document(part, transform, reference)
    return compute_digest(reference.digest.algorithm, part)


def canonicalise_document(data: bytes, transform: str, reference: DataRef) -> bytes:
    """A document in canonical form."""
    if transform not in CANONICALISATIONS:
        raise refused_reference(reference, f"the transform {transform[:100]!r} is not accepted")
    exclusive, with_comments = CANONICALISATIONS[transform]
    try:
        tree = etree.ElementTree(etree.fromstring(data, strict_parser()))
        if tree.docinfo.doctype:  # type: ignore[attr-defined]
            raise ValueError("a DOCTYPE is refused")
        return etree.tostring(tree, method="c14n", exclusive=exclusive, with_comments=with_comments)
    except (etree.LxmlError, ValueError) as error:
        raise refused_reference(reference, f"it is not XML: {error}") from error


def get_chain(walk: Walk, file: str) -> Chain:
    """The chain document of that name, read once."""
    if file not in walk.chains:
        if len(walk.chains) >= MAX_DOCUMENTS:
            raise SignatureError("malformed_hash_chain", f"The hash chain spans more than {MAX_DOCUMENTS} documents.")
        data = walk.resolve(file)
        if not isinstance(data, bytes):
            raise SignatureError("malformed_hash_chain", f"The hash chain {file[:100]!r} is referenced but not there.")
        walk.chains[file] = find_plain_chain(data) or read_chain(data)
    return walk.chains[file]


def refused_reference(reference: DataRef, why: str) -> SignatureError:
    """The error for a part that is not what was signed."""
    return SignatureError("invalid_hash_chain_ref", f"{reference.uri[:100]} is not as it was signed: {why}.")
