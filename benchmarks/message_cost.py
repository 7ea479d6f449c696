"""What does each pure step of a round trip cost, against the two signatures and verifications that nobody can save?

Run: python benchmarks/message_cost.py [--rounds N]   (needs the test tools; no country, no network, five seconds)

A message is made, signed, written, read and proven here as the gateway does it, with the parts of `protocol/` alone.
The figures are microseconds of processor time, the least of several rounds, so another load on the machine hardly
moves them; the last column compares each with the elliptic curve's work for one message: a signature, and a
verification.
"""

import argparse
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ridgeway.journal.frames import APPEND, FrameReader, Request, read_request, write_frame
from ridgeway.messagelog.values import read_record, write_record
from ridgeway.protocol.certificates import VerdictCache
from ridgeway.protocol.certificates.peers import verify_peer_chain
from ridgeway.protocol.exchange.commands import SignedParts
from ridgeway.protocol.exchange.tests.cast import ASKING, DESK, REGISTER, SERVING, World, body_of, make_request
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.hashchains import PartDigests
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.messages import (
    RestResponse,
    build_rest_response,
    read_rest_message,
    request_hash,
    verify_rest_response,
)
from ridgeway.protocol.signatures import (
    prepare_batch_signature,
    prepare_message_signature,
    receive_parts,
    verify_signature,
)
from ridgeway.protocol.transport import REST_REQUEST, REST_RESPONSE, TransportDecoder, TransportEncoder

ECDSA = ec.ECDSA(hashes.SHA512())
HEADERS = (
    ("Host", "127.0.0.1"),
    ("X-Road-Client", "LAB/GOV/1001/desk"),
    ("Accept", "application/json"),
    ("User-Agent", "desk/1.0"),
)
ANSWER = (("Content-Type", "application/json"), ("Date", "Tue, 24 Nov 2026 12:00:00 GMT"), ("Server", "register"))
BODY = b'{"code": "NM000001", "given": "Ada", "family": "North", "lives_in": "Harbour Street 7"}' * 3
BOUNDARY = "xtop" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcD"


def digest_parts(message: bytes, *bodies: bytes) -> PartDigests:
    """The parts of a message as they are signed."""
    named = [(f"/attachment{number}", hashlib.sha512(body).digest()) for number, body in enumerate(bodies, 1)]
    return (("/message.xml", hashlib.sha512(message).digest()), *named)


@dataclass
class Stage:
    """One request and its answer, with all that two servers need for them."""

    world: World = field(default_factory=World)
    verdicts: VerdictCache = field(default_factory=VerdictCache)

    def __post_init__(self) -> None:
        self.request = make_request(headers=HEADERS)
        self.hash = request_hash(self.request.bytes)
        self.response = self.build_response()
        self.material = self.world.material(self.world.asking)
        self.asked = self.world.sign(self.world.asking, digest_parts(self.request.bytes))
        self.answered = self.world.sign(self.world.serving, digest_parts(self.response.bytes, BODY))
        self.ocsp = self.world.answer(self.world.asking.auth)
        self.wire_request = self.encode_request()
        self.wire_response = self.encode_response()
        self.batched = self.batch()
        self.record = LogRecord(
            query_id=self.response.query_id,
            request_id=self.response.request_id,
            party=REGISTER,
            is_response=True,
            at=self.world.now,
            message=self.response.bytes,
            signature=self.answered.signature,
            hash_chain=self.answered.hash_chain,
            hash_chain_result=self.answered.hash_chain_result,
            bodies=(body_of(BODY),),
        )
        self.frame = write_frame(Request(1, APPEND, write_record(self.record)))

    def build_response(self) -> RestResponse:
        return build_rest_response(200, "OK", ANSWER, request=self.request, request_hash=self.hash)

    def batch(self) -> SignedParts:
        """Four answers under one signature."""
        parts = digest_parts(self.response.bytes, BODY)
        other = digest_parts(self.request.bytes, BODY)
        material = self.world.material(self.world.serving)
        unsigned = prepare_batch_signature([parts, other, other, other], material=material, signing_time=self.world.now)
        value = self.world.serving.signing.key.sign(unsigned.to_be_signed, ECDSA)
        return SignedParts(unsigned.complete(value), unsigned.hash_chain_result, unsigned.hash_chains[0])

    def encode_request(self) -> bytes:
        encoder = TransportEncoder(BOUNDARY)
        return b"".join(
            [
                encoder.ocsp_part(self.ocsp),
                encoder.message_part(REST_REQUEST, self.request.bytes),
                encoder.signature_part(self.asked.signature),
                encoder.end(),
            ]
        )

    def encode_response(self) -> bytes:
        encoder, signed = TransportEncoder(BOUNDARY), self.answered
        assert signed.hash_chain is not None
        assert signed.hash_chain_result is not None
        return b"".join(
            [
                encoder.message_part(REST_RESPONSE, self.response.bytes),
                encoder.open_body(),
                BODY,
                encoder.hash_chain_result_part(signed.hash_chain_result),
                encoder.hash_chain_part(signed.hash_chain),
                encoder.signature_part(signed.signature),
                encoder.end(),
            ]
        )

    def decode(self, wire: bytes, role: str, pieces: int) -> None:
        decoder = TransportDecoder(f"multipart/mixed; charset=UTF-8; boundary={BOUNDARY}", role=role)  # type: ignore[arg-type]
        size = len(wire) // pieces + 1
        for start in range(0, len(wire), size):
            decoder.feed(wire[start : start + size])
        decoder.close()

    def prove(self, signer: MemberId, signed: SignedParts, *parts: bytes) -> None:
        verify_signature(
            signed.signature,
            receive_parts(
                digest_parts(*parts), hash_chain_result=signed.hash_chain_result, hash_chain=signed.hash_chain
            ),
            signer=signer,
            trust=self.world.trust,
            at=self.world.now,
            verdicts=self.verdicts,
        )

    def prove_peer(self) -> None:
        verify_peer_chain(
            (self.world.asking.auth.der,),
            instance="LAB",
            trust=self.world.trust,
            ocsp_responses=(self.ocsp,),
            at=self.world.now,
            client=DESK,
            verdicts=self.verdicts,
        )

    def read_frame(self) -> None:
        for content in FrameReader(1 << 25).feed(self.frame):
            read_record(read_request(content).body)

    def floor(self) -> None:
        key = self.world.asking.signing.key
        key.public_key().verify(key.sign(BODY, ECDSA), BODY, ECDSA)


def list_steps(stage: Stage) -> dict[str, Callable[[], object]]:
    """Each step by its name, in the order in which a message meets them."""
    parts = digest_parts(stage.response.bytes, BODY)
    alone = digest_parts(stage.request.bytes)
    make = {"material": stage.material, "signing_time": stage.world.now}
    record = stage.record
    return {
        "build the request": lambda: make_request(headers=HEADERS),
        "build the response": stage.build_response,
        "prepare a signature over one part": lambda: prepare_message_signature(alone, **make).digest,  # type: ignore[arg-type]
        "prepare a signature over two parts": lambda: prepare_message_signature(parts, **make).digest,  # type: ignore[arg-type]
        "write the request for the wire": stage.encode_request,
        "write the response for the wire": stage.encode_response,
        "take the request from the wire": lambda: stage.decode(stage.wire_request, "request", 3),
        "take the response from the wire": lambda: stage.decode(stage.wire_response, "response", 3),
        "read the request": lambda: read_rest_message(stage.request.bytes),
        "read the response": lambda: read_rest_message(stage.response.bytes),
        "bind the response": lambda: verify_rest_response(
            stage.response, request=stage.request, expected_hash=stage.hash
        ),
        "prove the peer": stage.prove_peer,
        "prove the request": lambda: stage.prove(ASKING, stage.asked, stage.request.bytes),
        "prove the response": lambda: stage.prove(SERVING, stage.answered, stage.response.bytes, BODY),
        "prove a response of four": lambda: stage.prove(SERVING, stage.batched, stage.response.bytes, BODY),
        "write a record": lambda: write_frame(Request(1, APPEND, write_record(record))),
        "read a record": stage.read_frame,
    }


def measure(work: Callable[[], object], *, rounds: int) -> float:
    """Microseconds of processor time for one call, the least of `rounds`."""
    work()
    times = 1
    while True:
        start = time.process_time()
        for _ in range(times):
            work()
        spent = time.process_time() - start
        if spent > 0.02:
            break
        times *= 2
    best = spent
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - start)
    return best / times * 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Processor time of each pure step of a round trip.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="the steps whose name holds this text")
    arguments = parser.parse_args()
    stage = Stage()
    floor = measure(stage.floor, rounds=arguments.rounds)
    total = 0.0
    for name, work in list_steps(stage).items():
        if arguments.only in name:
            spent = measure(work, rounds=arguments.rounds)
            total += spent
            print(f"{name:<38} {spent:8.1f} µs   {spent / floor:5.2f}")
    print(f"{'all of these':<38} {total:8.1f} µs   {total / floor:5.2f}")
    print(f"{'the elliptic curve, once each way':<38} {floor:8.1f} µs   {1:5.2f}")


if __name__ == "__main__":
    main()
