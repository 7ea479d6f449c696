"""Statements signed without an exchange, by the cast of the tests of signatures."""

from ridgeway.catalogue.packages.manifest import list_files
from ridgeway.catalogue.packages.statement import encode_signed, make_payload
from ridgeway.catalogue.proving.signing import make_envelope
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.containers import ContainerParts, write_container
from ridgeway.protocol.signatures.make import prepare_message_signature
from ridgeway.protocol.signatures.stamping import add_signature_timestamp, stamped_octets
from ridgeway.protocol.signatures.tests.cast import ALICE, NOW, make_country, sha512, sign

BY = "RW/GOV/1001"
TARGET = "/r1/RW/GOV/1001/portal/catalogue/statements"
FILES = {"service.yaml": b"package: rebate\n", "locale/fr.po": b""}
MANIFEST = list_files(FILES, package="rebate", version="1.0.0", service="assessments")


def state(kind="release", manifest=MANIFEST, *, by=BY, at=NOW, **more):
    return make_payload(kind, manifest, by=by, at=at, **more)


def render_message(*, target=TARGET, verb="POST", client="RW/GOV/1001/portal"):
    lines = (verb, target, f"X-Road-Client:{client}", "x-road-id:q-1", "x-road-request-id:r-1", "")
    return "\r\n".join(lines).encode()


def render_answer(*, client="RW/GOV/2002/desk", service="RW/GOV/1001/portal/catalogue"):
    lines = ("200", "OK", f"X-Road-Client:{client}", f"x-road-service:{service}", "x-road-id:q-1")
    return "\r\n".join((*lines, "x-road-request-id:r-1", "x-road-request-hash:aGFzaA==", "")).encode()


def contain(message, body, *, member=ALICE, is_stamped=True, keeps=True):
    """The container of a message that a member signed."""
    country = make_country()
    signer = country.member(member, "p256")
    digests = (("/message.xml", sha512(message)), ("/attachment1", sha512(body)))
    unsigned = prepare_message_signature(digests, material=country.material(signer), signing_time=NOW)
    xml = unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))
    if is_stamped:
        xml = add_signature_timestamp(xml, country.stamp(stamped_octets(xml)))
    chains = (unsigned.hash_chain_result, unsigned.hash_chains[0] if unsigned.hash_chains else None)
    parts = ContainerParts(message, xml, *chains, attachments=(body if keeps else None,))
    return write_container(parts, at=NOW)


def seal(payload, *, member: MemberId = ALICE, message=None, body=None, **how):
    """The envelope of a payload."""
    container = contain(
        message or render_message(), encode_signed(payload) if body is None else body, member=member, **how
    )
    return make_envelope(payload, container)


def trust():
    return make_country().trust()
