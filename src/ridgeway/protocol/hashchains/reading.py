"""Reading hash chain documents into values, as strictly as their schema: nothing unknown, nothing twice.

Law: names are read by name space, never by prefix; comments, instructions and DTDs are refused; numbers of steps and
items are limited before anything is computed.
Source: DM-HASHCHAIN (schema in its annex, restated here in our own checks).
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from lxml import etree

from ridgeway.errors import SignatureError
from ridgeway.protocol.hashchains.digests import DIGEST_NAMES, Digest
from ridgeway.protocol.identifiers.xml import strict_parser

MAX_CHAIN_BYTES = 4 * 1024 * 1024
MAX_STEPS = 1000
MAX_ITEMS = 10_000
MAX_TRANSFORMS = 4
MAX_ID_CHARACTERS = 200

CHAIN = "{http://cyber.ee/hashchain}"
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True, slots=True)
class HashValue:
    """A digest that stands for what belongs to others."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class StepRef:
    """The digest of another step; `file` is empty for a step of the same document."""

    file: str
    step: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class DataRef:
    """The digest of a part, with the canonicalisations to be done before (old material only)."""

    uri: str
    digest: Digest
    transforms: tuple[str, ...] = ()


Item = HashValue | StepRef | DataRef


@dataclass(frozen=True, slots=True)
class ChainResult:
    """What is signed: the digest of one step of a chain."""

    file: str
    step: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps of one chain document by their id."""

    steps: Mapping[str, tuple[Item, ...]]


def read_chain_result(data: bytes) -> ChainResult:
    """Read a HashChainResult.

    Raises:  SignatureError(malformed_hash_chain).
    """
    root = parse_document(data, "HashChainResult")
    uri = read_attributes(root, "URI")["URI"]
    method, value = read_children(root, (f"{DSIG}DigestMethod", f"{DSIG}DigestValue"))
    file, step = split_reference(uri)
    return ChainResult(file, step, Digest(read_octets(value), read_algorithm(method)))


def read_chain(data: bytes) -> Chain:
    """Read a HashChain.

    Raises:  SignatureError(malformed_hash_chain).
    """
    root = parse_document(data, "HashChain")
    read_attributes(root)
    children = list(root)
    default = None
    if children and children[0].tag == f"{CHAIN}DefaultDigestMethod":
        default = read_algorithm(children.pop(0))
    if len(children) > MAX_STEPS:
        refuse(f"It has {len(children)} steps; at most {MAX_STEPS} are read.")
    steps: dict[str, tuple[Item, ...]] = {}
    for child in children:
        if child.tag != f"{CHAIN}HashStep":
            refuse(f"{name_of(child)} stands where a HashStep is expected.")
        step = read_attributes(child, "id")["id"]
        if step in steps:
            refuse(f"The step {step!r} is there twice.")
        steps[step] = read_step(child, default)
    return Chain(steps)


def read_step(element: etree._Element, default: str | None) -> tuple[Item, ...]:
    """The items of one step."""
    if len(element) > MAX_ITEMS:
        refuse(f"A step has {len(element)} items; at most {MAX_ITEMS} are read.")
    require_blank(element)
    return tuple(read_item(child, default) for child in element)


def read_item(element: etree._Element, default: str | None) -> Item:
    """One item of a step."""
    kind = element.tag.removeprefix(CHAIN)
    if kind == "StepRef":
        return read_step_ref(element, default)
    if kind not in {"HashValue", "DataRef"}:
        refuse(f"{name_of(element)} is no item of a step.")
    uri = read_attributes(element, *(["URI"] if kind == "DataRef" else [])).get("URI")
    algorithm, transforms, value = read_digest_children(element, default)
    if uri is not None:
        return DataRef(uri, Digest(value, algorithm), transforms)
    if transforms:
        refuse("A HashValue has transforms; it stands for no data.")
    return HashValue(Digest(value, algorithm))


def read_step_ref(element: etree._Element, default: str | None) -> StepRef:
    """A reference to another step."""
    file, step = split_reference(read_attributes(element, "URI")["URI"])
    require_blank(element)
    own = [read_algorithm(child) for child in element if child.tag == f"{DSIG}DigestMethod"]
    if len(own) != len(element) or len(own) > 1:
        refuse("A StepRef holds something else than one DigestMethod.")
    return StepRef(file, step, require_algorithm(own[0] if own else default))


def read_digest_children(element: etree._Element, default: str | None) -> tuple[str, tuple[str, ...], bytes]:
    """DigestMethod?, Transforms?, DigestValue as algorithm, transforms and raw digest."""
    require_blank(element)
    children = list(element)
    own = None
    transforms: tuple[str, ...] = ()
    if children and children[0].tag == f"{DSIG}DigestMethod":
        own = read_algorithm(children.pop(0))
    if children and children[0].tag == f"{DSIG}Transforms":
        transforms = read_transforms(children.pop(0))
    if len(children) != 1 or children[0].tag != f"{DSIG}DigestValue":
        refuse(f"{name_of(element)} must end in exactly one DigestValue.")
    return require_algorithm(own or default), transforms, read_octets(children[0])


def read_transforms(element: etree._Element) -> tuple[str, ...]:
    """The identifiers of the transforms, in order."""
    read_attributes(element)
    require_blank(element)
    if not 0 < len(element) <= MAX_TRANSFORMS or any(child.tag != f"{DSIG}Transform" for child in element):
        refuse(f"Transforms must hold one to {MAX_TRANSFORMS} Transform elements and nothing else.")
    if any(len(child) or (child.text or "").strip() for child in element):
        refuse("A Transform has content; only canonicalisations without parameters are read.")
    return tuple(read_attributes(child, "Algorithm")["Algorithm"] for child in element)


def parse_document(data: bytes, name: str) -> etree._Element:
    """The root element of a chain document."""
    if len(data) > MAX_CHAIN_BYTES:
        refuse(f"{name} has {len(data)} bytes; at most {MAX_CHAIN_BYTES} are read.")
    try:
        root = etree.fromstring(data, strict_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SignatureError("malformed_hash_chain", f"{name} is not XML: {error}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        refuse(f"{name} carries a DOCTYPE.")
    if any(not isinstance(node.tag, str) for node in root.iter()):
        refuse(f"{name} carries a comment or an instruction.")
    if root.tag != CHAIN + name:
        refuse(f"The document is {name_of(root)}; expected {name} of http://cyber.ee/hashchain.")
    return root


def read_children(element: etree._Element, tags: tuple[str, ...]) -> list[etree._Element]:
    """The children of `element`, which are exactly `tags`."""
    require_blank(element)
    children = list(element)
    if [child.tag for child in children] != list(tags):
        refuse(f"{name_of(element)} must hold {', '.join(tag.rpartition('}')[2] for tag in tags)} and nothing else.")
    return children


def read_attributes(element: etree._Element, *names: str) -> dict[str, str]:
    """The attributes of `element`, which are exactly `names` (hints for validators aside)."""
    found = {str(key): str(value) for key, value in element.attrib.items() if not str(key).startswith(XSI)}
    if set(found) != set(names):
        refuse(f"{name_of(element)} has the attributes {sorted(found)}; expected {sorted(names)}.")
    return found


def read_algorithm(element: etree._Element) -> str:
    """The identifier of a DigestMethod."""
    if len(element) or (element.text or "").strip():
        refuse(f"{name_of(element)} has content; expected none.")
    return require_algorithm(read_attributes(element, "Algorithm")["Algorithm"])


def require_algorithm(algorithm: str | None) -> str:
    """The algorithm, once it is known and accepted."""
    if algorithm is None:
        refuse("A digest has no DigestMethod and the chain no DefaultDigestMethod.")
    if algorithm not in DIGEST_NAMES:
        refuse(f"The digest algorithm {algorithm[:100]!r} is not accepted; accepted: {', '.join(DIGEST_NAMES)}.")
    return algorithm


def read_octets(element: etree._Element) -> bytes:
    """The octets of a DigestValue."""
    read_attributes(element)
    try:
        if len(element):
            raise ValueError("it has children")
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("malformed_hash_chain", f"A DigestValue is not base64: {error}.") from error


def require_blank(element: etree._Element) -> None:
    """Hold only while there is no text between the children."""
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in texts):
        refuse(f"{name_of(element)} has text between its elements.")


def split_reference(uri: str) -> tuple[str, str]:
    """File and step of a reference such as `/sig-hashchain.xml#STEP0`."""
    file, _, step = uri.partition("#")
    if not step or len(uri) > MAX_ID_CHARACTERS:
        refuse(f"The reference {uri[:100]!r} names no step; expected FILE#STEP.")
    return file, step


def name_of(element: etree._Element) -> str:
    """The local name of an element, for a sentence."""
    return etree.QName(element).localname


def refuse(detail: str) -> NoReturn:
    """Say that the document does not have the shape of the schema."""
    raise SignatureError("malformed_hash_chain", detail)
