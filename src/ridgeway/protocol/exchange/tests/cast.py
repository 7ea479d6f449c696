"""Two organisations with a security server each, made in the test, and the stage on which a conversation is played."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ridgeway.protocol.certificates import VerdictCache
from ridgeway.protocol.certificates.snapshot import InstanceTrust, ServerEntry, TrustSnapshot
from ridgeway.protocol.certificates.tests.cast import (
    AUTHENTICATION,
    DAY,
    ISSUING,
    NOW,
    Answered,
    Holder,
    Wanted,
    answer,
    issue,
    service_of,
)
from ridgeway.protocol.exchange.commands import SignedParts
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.exchange.values import (
    AccessRight,
    ConnectionType,
    LocalClient,
    LocalService,
    LoggedBody,
    ServerSnapshot,
)
from ridgeway.protocol.identifiers import ClientId, MemberId, ServerId, SubsystemId, member_of
from ridgeway.protocol.messages import build_rest_request
from ridgeway.protocol.signatures import SigningMaterial, prepare_message_signature

ASKING, SERVING = MemberId("LAB", "GOV", "1001"), MemberId("LAB", "GOV", "1002")
DESK, REGISTER = SubsystemId("LAB", "GOV", "1001", "desk"), SubsystemId("LAB", "GOV", "1002", "register")
CONSUMER, PROVIDER = ServerId("LAB", "GOV", "1001", "ss1"), ServerId("LAB", "GOV", "1002", "ss2")
TARGET = "/r1/LAB/GOV/1002/register/persons/7"
WHOLE = (AccessRight(DESK, "persons"),)
REQUEST_ID = "5a4bd4a2-3b3c-4dbf-a3a5-2d5ab9f0c0de"


def subject_of(member: MemberId) -> x509.Name:
    """A subject in the Finnish profile."""
    parts = (
        (NameOID.COUNTRY_NAME, "FI"),
        (NameOID.ORGANIZATION_NAME, "Test"),
        (NameOID.SERIAL_NUMBER, f"{member.instance}/ss/{member.member_class}"),
        (NameOID.COMMON_NAME, member.member_code),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


@dataclass(frozen=True)
class Side:
    """One organisation: what it signs with, and what its server shows."""

    member: MemberId
    signing: Holder
    auth: Holder


class World:
    """An authority, two organisations, and the configuration that knows them; all good at `now`.

    `asking` and `serving` are the clients registered at the two servers; the first of each names the organisation.
    """

    def __init__(
        self,
        now: datetime = NOW,
        *,
        addresses: tuple[str, str] = ("consumer.test", "provider.test"),
        asking: tuple[ClientId, ...] = (DESK,),
        serving: tuple[ClientId, ...] = (REGISTER,),
        maintenance: str | None = None,
    ) -> None:
        self.now = now
        self.root = self.issue("Root", usage=ISSUING, is_authority=True)
        self.responder = self.issue(
            "Responder", by=self.root, usage=AUTHENTICATION, extended=[ExtendedKeyUsageOID.OCSP_SIGNING]
        )
        self.asking, self.serving = self.make_side(member_of(asking[0])), self.make_side(member_of(serving[0]))
        consumer = self.make_entry(self.asking, "ss1", addresses[0], asking)
        provider = self.make_entry(self.serving, "ss2", addresses[1], serving)
        provider = replace(provider, maintenance=maintenance)
        instance = InstanceTrust(
            consumer.id.instance,
            6,
            now + DAY,
            certification_services=(service_of(self.root, responder=self.responder),),
            servers={consumer.id: consumer, provider.id: provider},
        )
        self.trust = TrustSnapshot(instance.instance, {instance.instance: instance})

    def make_entry(self, side: Side, code: str, address: str, clients: tuple[ClientId, ...]) -> ServerEntry:
        """The server of one side as the configuration has it."""
        member = side.member
        server = ServerId(member.instance, member.member_class, member.member_code, code)
        return ServerEntry(server, address, frozenset({side.auth.certificate.sha256}), frozenset(clients))

    def issue(self, name, *, by=None, valid_until=None, **wanted) -> Holder:
        until = valid_until or self.now + 365 * DAY
        return issue(Wanted(name, valid_from=self.now - 30 * DAY, valid_until=until, **wanted), by)

    def make_side(self, member: MemberId) -> Side:
        signing = self.issue("", by=self.root, subject=subject_of(member))
        return Side(member, signing, self.issue(f"auth {member.member_code}", by=self.root, usage=AUTHENTICATION))

    def answer(self, holder: Holder, **says) -> bytes:
        """A good revocation answer, unless `says` says otherwise."""
        says.setdefault("this_update", self.now - timedelta(minutes=5))
        return answer(holder.certificate, self.root.certificate, self.responder, Answered(**says))

    def material(self, side: Side) -> SigningMaterial:
        return SigningMaterial(side.signing.der, (self.answer(side.signing),), ())

    def sign(self, side, parts):
        """These parts, truly signed."""
        unsigned = prepare_message_signature(parts, material=self.material(side), signing_time=self.now)
        digest = hashes.SHA512() if "sha512" in unsigned.algorithm else hashes.SHA256()
        value = side.signing.key.sign(unsigned.to_be_signed, ec.ECDSA(digest))
        chains = unsigned.hash_chains
        return SignedParts(unsigned.complete(value), unsigned.hash_chain_result, chains[0] if chains else None)

    def standing(self, server: ServerSnapshot) -> Standing:
        return Standing(server, self.trust, VerdictCache())


def asking_server(connection: ConnectionType = ConnectionType.HTTP) -> ServerSnapshot:
    return ServerSnapshot(1, CONSUMER, {DESK: LocalClient(DESK, connection)})


def serving_server(*, rights=WHOLE, url="http://127.0.0.1:1/api", groups=None, **service) -> ServerSnapshot:
    offered = replace(LocalService("persons", url), **service)
    local = LocalClient(
        REGISTER, ConnectionType.HTTP, services={offered.full_code: offered}, rights=rights, local_groups=groups or {}
    )
    return ServerSnapshot(1, PROVIDER, {REGISTER: local})


def make_request(method="GET", target=TARGET, headers=(("X-Road-Client", "LAB/GOV/1001/desk"),)):
    return build_rest_request(method, target, headers, new_request_id=REQUEST_ID, new_query_id="LAB-q1")


def body_of(content: bytes) -> LoggedBody:
    return LoggedBody(hashlib.sha512(content).digest(), len(content), content)


class Play:
    """A conversation played by hand: each `sends` gives an answer and returns what is asked next."""

    def __init__(self, conversation):
        self.conversation = conversation
        self.asked = []
        self.note(next(conversation))

    def note(self, command):
        self.asked.append(command)
        return command

    @property
    def names(self) -> list[str]:
        return [type(command).__name__ for command in self.asked]

    def sends(self, answer=None):
        return self.note(self.conversation.send(answer))

    def fails(self, error):
        return self.note(self.conversation.throw(error))

    def run(self, replies):
        """Answer by the name of the command until it ends; a callable reply is given the command, an error is thrown.

        Returns what the conversation returns.
        """
        try:
            while True:
                command = self.asked[-1]
                reply = replies.get(type(command).__name__)
                if callable(reply):
                    reply = reply(command)
                if isinstance(reply, Exception):
                    self.fails(reply)
                else:
                    self.sends(reply)
        except StopIteration as end:
            return end.value


def tuple_of(body):
    """The bodies of a message with this one, or with none."""
    return () if body is None else (body,)
