"""Certificates by order: our client and the lab's authority, and what a hostile client meets."""

import base64
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from acme.jws import JWS
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from josepy.b64 import b64decode, b64encode
from josepy.jwa import ES256

from ridgeway.errors import NetworkError, SettingsError
from ridgeway.http import Pool, fetch, serve
from ridgeway.lab.authorities.acme import AcmeDoor
from ridgeway.lab.authorities.acmejws import MAX_NONCES, Nonces, Problem
from ridgeway.lab.authorities.ca import read_renewal_name
from ridgeway.lab.authorities.serve import handle_certification
from ridgeway.lab.authorities.tests.cast import make_csr, open_ca
from ridgeway.protocol.certificates.snapshot import Authority, CertificationService
from ridgeway.protocol.identifiers import MemberId
from ridgeway.securityserver.acme.accounts import name_agent, open_account, open_key
from ridgeway.securityserver.acme.challenges import challenge_door
from ridgeway.securityserver.acme.credentials import Credentials
from ridgeway.securityserver.acme.ordering import do, order_certificate
from ridgeway.settings import AcmeSettings
from ridgeway.signer import KeyUsage

MEMBER = MemberId("RW", "GOV", "1001")
KNOWN = Credentials("member-1001", b"a MAC key that both sides know", is_for_usage=False)


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


class Desk:
    """A member at the authority's door."""

    def __init__(self, folder, door, ca, settings, port):
        self.folder, self.door, self.ca, self.settings = folder, door, ca, settings
        self.url = f"http://127.0.0.1:{port}/acme/"
        self.service = CertificationService(
            "Lab CA",
            "profile",
            Authority(ca.certificate.public_bytes(Encoding.DER)),
            acme_directory_url=f"{self.url}directory",
            acme_authentication_profile_id="auth",
            acme_signing_profile_id="sign",
        )

    async def open(self, *, credentials=KNOWN, usage=KeyUsage.AUTHENTICATION, folder="account"):
        return await do(
            "opening an account",
            lambda: open_account(
                self.service,
                MEMBER,
                usage,
                credentials=credentials,
                settings=self.settings,
                folder=self.folder / folder,
            ),
        )

    async def order(self, csr, *, name="localhost", seconds=20.0, **account):
        opened = await self.open(**account)
        async with challenge_door(self.settings) as door:
            return await order_certificate(opened, name=name, csr=csr, door=door, timeout_seconds=seconds)

    async def post(self, path, payload, *, key, kid=None, nonce=None, url=None):
        """What the door answers to a request that we sign as we like."""
        async with Pool() as pool:
            if nonce is None:
                fresh = await fetch(pool, "GET", f"{self.url}new-nonce", max_bytes=100)
                nonce = fresh.headers.get("Replay-Nonce")
            body = b"" if payload is None else json.dumps(payload).encode()
            jws = JWS.sign(body, key, ES256, b64decode(nonce), url or f"{self.url}{path}", kid)
            return await fetch(
                pool,
                "POST",
                f"{self.url}{path}",
                [("Content-Type", "application/jose+json")],
                jws.json_dumps().encode(),
                max_bytes=100_000,
            )


@asynccontextmanager
async def a_desk(folder, *, bindings=None, challenge_port=None):
    settings = AcmeSettings(challenge_host="127.0.0.1", challenge_port=free_port(), request_timeout_seconds=10)
    ca = open_ca(folder / "ca")
    door = AcmeDoor(ca, "", challenge_port or settings.challenge_port, bindings or {})
    async with serve(handle_certification(ca, door), host="127.0.0.1", port=0) as server:
        door.base_url = f"http://127.0.0.1:{server.port}/acme/"
        yield Desk(folder, door, ca, settings, server.port)


def problem(answer) -> str:
    return str(json.loads(answer.body)["type"]).rpartition(":")[2]


def a_csr(name="localhost", **wanted):
    return make_csr(dns_name=name, **wanted)


@pytest.mark.parametrize("usage", list(KeyUsage))
async def test_a_member_that_is_known_gets_a_certificate_for_its_key_and_the_profile_asked(tmp_path, usage):
    csr = a_csr()
    async with a_desk(tmp_path, bindings={KNOWN.key_id: KNOWN.mac_key}) as desk:
        chain = await desk.order(csr, usage=usage)
        again = await desk.order(csr, usage=usage)
    leaf = x509.load_der_x509_certificate(chain[0])
    assert leaf.public_key() == x509.load_der_x509_csr(csr).public_key()
    leaf.verify_directly_issued_by(desk.ca.certificate)
    signs = leaf.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    assert signs is (usage is KeyUsage.SIGNING)
    assert again[0] != chain[0], "an account is opened once and orders as often as it wants"
    assert len(desk.door.orders.accounts) == 1


async def test_who_is_not_known_gets_nothing(tmp_path):
    async with a_desk(tmp_path, bindings={KNOWN.key_id: KNOWN.mac_key}) as desk:
        with pytest.raises(SettingsError, match="no binding"):
            await desk.open(credentials=None)
        for wrong in (replace(KNOWN, mac_key=b"another key"), replace(KNOWN, key_id="somebody")):
            with pytest.raises(NetworkError, match="not by one of the keys"):
                await desk.open(credentials=wrong)
        assert not desk.door.orders.accounts
    assert "a MAC key" not in repr(KNOWN)


async def test_a_name_that_does_not_answer_is_not_certified_and_the_reason_is_told(tmp_path):
    async with a_desk(tmp_path, challenge_port=free_port()) as desk:
        with pytest.raises(NetworkError, match="localhost was not validated") as refused:
            await desk.order(a_csr(), credentials=None)
        assert refused.value.code == "acme_failed"
        with pytest.raises(NetworkError, match="within 0"):
            await desk.order(a_csr(), credentials=None, seconds=0)


async def test_a_request_for_other_names_than_the_order_is_refused(tmp_path):
    async with a_desk(tmp_path) as desk:
        with pytest.raises(NetworkError, match=r"other\.example"):
            await desk.order(a_csr("other.example"), credentials=None)
        with pytest.raises(NetworkError, match="no name of a host"):
            await desk.order(a_csr(), credentials=None, name="127.0.0.1/x")


async def test_requests_that_are_replayed_moved_or_of_others_are_refused(tmp_path):
    async with a_desk(tmp_path) as desk:
        mine, other = open_key(tmp_path / "a", "mine"), open_key(tmp_path / "a", "other")
        made = await desk.post("new-account", {"termsOfServiceAgreed": True}, key=mine)
        kid = made.headers.get("Location")
        nonce = made.headers.get("Replay-Nonce")
        wanted = {"identifiers": [{"type": "dns", "value": "localhost"}]}
        order = await desk.post("new-order", wanted, key=mine, kid=kid, nonce=nonce)
        assert order.status == 201
        path = order.headers.get("Location").removeprefix(desk.url)
        assert problem(await desk.post("new-order", wanted, key=mine, kid=kid, nonce=nonce)) == "badNonce"
        assert problem(await desk.post("new-order", wanted, key=other, kid=kid)) == "malformed"
        assert problem(await desk.post("new-order", wanted, key=mine, kid=f"{kid}0")) == "accountDoesNotExist"
        moved = await desk.post("new-order", wanted, key=mine, kid=kid, url=f"{desk.url}{path}")
        assert problem(moved) == "unauthorized"
        assert problem(await desk.post("new-order", wanted, key=mine)) == "malformed"
        stranger = (await desk.post("new-account", {}, key=other)).headers.get("Location")
        assert (await desk.post(path, None, key=other, kid=stranger)).status == 404
        early = await desk.post(path.replace("order/", "finalize/"), {"csr": ""}, key=mine, kid=kid)
        assert problem(early) == "orderNotReady"
        assert (await desk.post(path, None, key=mine, kid=kid)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'{"payload":"","signatures":[]}',
        b'{"payload":"","protected":"e30","signature":""}',
    ],
)
async def test_what_is_no_signed_request_is_refused_in_words(tmp_path, body):
    async with a_desk(tmp_path) as desk, Pool() as pool:
        for path in ("new-order", "new-account", "order/1", "nothing"):
            answer = await fetch(pool, "POST", f"{desk.url}{path}", [], body, max_bytes=10_000)
            assert answer.status in {400, 401, 404}
            assert json.loads(answer.body)["detail"]


async def test_an_authority_says_when_to_renew_and_at_once_when_it_revoked(tmp_path):
    async with a_desk(tmp_path) as desk:
        chain = await desk.order(a_csr(), credentials=None)
        leaf = x509.load_der_x509_certificate(chain[0])
        account = await desk.open(credentials=None)
        pem = leaf.public_bytes(Encoding.PEM)
        usual, _ = await do("asking", lambda: account.renewal_time(pem))
        assert leaf.not_valid_after_utc - timedelta(days=61) < usual < leaf.not_valid_after_utc - timedelta(days=29)
        desk.ca.revoke(leaf.serial_number)
        at_once, _ = await do("asking", lambda: account.renewal_time(pem))
        assert at_once < datetime.now(UTC)
        async with Pool() as pool:
            unknown = await fetch(pool, "GET", f"{desk.url}renewal-info/aa.bb", max_bytes=1000)
        assert unknown.status == 404


@given(st.text(max_size=200))
def test_a_name_for_renewal_information_is_a_number_or_nothing(name):
    read = read_renewal_name(name)
    assert read == "" or int(read) >= 0


@given(st.integers(min_value=1, max_value=2**159))
def test_a_serial_number_is_found_by_its_name(serial):
    data = serial.to_bytes((serial.bit_length() + 8) // 8, "big")
    assert read_renewal_name(f"AAAA.{base64.urlsafe_b64encode(data).decode().rstrip('=')}") == str(serial)


def test_a_nonce_serves_once_and_there_are_not_too_many():
    nonces = Nonces()
    first = nonces.make()
    nonces.use(first)
    with pytest.raises(Problem):
        nonces.use(first)
    for _ in range(MAX_NONCES + 10):
        nonces.make()
    assert len(nonces.waiting) == MAX_NONCES


def test_the_agent_names_the_profile_that_is_wanted():
    service = CertificationService("CA", "p", Authority(b""), acme_signing_profile_id="6")
    assert name_agent(service, KeyUsage.SIGNING) == "profile_id=6 Ridgeway"
    assert name_agent(service, KeyUsage.AUTHENTICATION) == "Ridgeway"


def test_an_account_key_is_kept_and_readable_by_its_owner_alone(tmp_path):
    first, again = open_key(tmp_path, "a"), open_key(tmp_path, "a")
    assert b64encode(first.thumbprint()) == b64encode(again.thumbprint())
    assert (tmp_path / "a.pem").stat().st_mode & 0o777 == 0o600
    (tmp_path / "a.pem").write_text("nothing")
    with pytest.raises(SettingsError, match=r"a\.pem"):
        open_key(tmp_path, "a")
