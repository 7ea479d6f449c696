"""Containers as a message log keeps them, made with the cast: one message, several parts, a batch, each way stamped."""

import datetime as dt
from dataclasses import dataclass

from ridgeway.protocol.hashchains import PartDigests
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.containers import ContainerParts, write_container
from ridgeway.protocol.signatures.make import prepare_batch_signature
from ridgeway.protocol.signatures.make import prepare_message_signature as prepare
from ridgeway.protocol.signatures.stamping import (
    add_signature_timestamp,
    build_timestamp_chains,
    log_digest,
    stamped_octets,
)
from ridgeway.protocol.signatures.tests.cast import ALICE, NOW, Cert, Country, make_country, sha512, sign

REQUEST = (
    b"POST\r\n/r1/RW/GOV/2002/registry/people?name=a\r\nContent-Type:application/json\r\n"
    b"X-Road-Client:RW/GOV/1001/portal\r\nx-road-id:q-1\r\nx-road-request-id:r-1\r\n"
)
BODY = b'{"name": "Alice"}'
LOGGED_AT = NOW + dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Kept:
    """A container with what it was made from."""

    country: Country
    signer: Cert
    parts: ContainerParts

    @property
    def data(self) -> bytes:
        return write_container(self.parts, at=LOGGED_AT)


def keep(
    *,
    kind: str = "p256",
    bodies: tuple[bytes, ...] = (),
    batch: int = 1,
    stamp: str = "single",
    intermediate: bool = False,
    member: MemberId = ALICE,
    kept: bool = True,
) -> Kept:
    """A container; `stamp` is single, batch or none, `batch` the number of messages under one signature."""
    country = make_country(intermediate=intermediate)
    signer = country.member(member, kind)
    material = country.material(signer)
    digests: PartDigests = (("/message.xml", sha512(REQUEST)),)
    digests += tuple((f"/attachment{number}", sha512(body)) for number, body in enumerate(bodies, 1))
    if batch > 1:
        others = [(("/message.xml", sha512(b"%d" % number)),) for number in range(1, batch)]
        unsigned = prepare_batch_signature([digests, *others], material=material, signing_time=NOW)
    else:
        unsigned = prepare(digests, material=material, signing_time=NOW)
    xml = unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))
    result = chain = token = None
    if stamp == "single":
        xml = add_signature_timestamp(xml, country.stamp(stamped_octets(xml)))
    if stamp == "batch":
        chains = build_timestamp_chains([log_digest(xml), sha512(b"another signature"), sha512(b"a third")])
        result, chain, token = chains.result, chains.chains[0], country.stamp(chains.result)
    parts = ContainerParts(
        REQUEST,
        xml,
        unsigned.hash_chain_result,
        unsigned.hash_chains[0] if unsigned.hash_chains else None,
        result,
        chain,
        token,
        tuple(body if kept else None for body in bodies),
    )
    return Kept(country, signer, parts)
