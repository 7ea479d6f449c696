"""Who plays in the tests of HTTP: identities with an intermediate, an echoing server, and a raw wire."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.http import (
    ClientTls,
    Origin,
    PeerLostError,
    Pool,
    Request,
    Response,
    ResponseWriter,
    ServerTls,
    TlsProfile,
    fetch,
)
from ridgeway.http.tls import MODERN

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Identity:
    """A leaf and its intermediate, as they are sent, with the leaf's key. The certificates expired long ago."""

    chain: tuple[bytes, ...]
    key: bytes

    def server(self, profile: TlsProfile = MODERN, *, require: bool = False, request: bool = False) -> ServerTls:
        """This identity as a server."""
        return ServerTls(
            self.chain,
            self.key,
            profile=profile,
            require_client_certificate=require,
            request_client_certificate=request,
        )

    def client(self, profile: TlsProfile = MODERN, pinned: tuple[bytes, ...] = ()) -> ClientTls:
        """This identity as a client."""
        return ClientTls(self.chain, self.key, profile=profile, pinned=pinned)

    def options(self, folder: Path) -> list[str]:
        """The options that give this identity to a foreign tool; the files lie in `folder`."""
        certificates = [x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in self.chain]
        key = load_key(self.key)
        texts = [*certificates, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
        options = []
        for name, text in zip(("-cert", "-cert_chain", "-key"), texts, strict=True):
            file = folder / f"{name}.pem"
            file.write_bytes(text)
            options += [name, str(file)]
        return options


def load_key(der: bytes) -> Key:
    """A private key of ours."""
    key = load_der_private_key(der, None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key


def new_key(kind: str) -> Key:
    """A fresh key, `rsa` or `ec`."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def issue(name: str, key: Key, issuer: str, issuer_key: Key, *, is_authority: bool) -> bytes:
    """A certificate that expired in 2021."""
    builder = x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
        key.public_key(),
        x509.random_serial_number(),
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2021, 1, 1, tzinfo=dt.UTC),
    ).add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


def issue_public(name: str, key: Key, issuer_key: Key, *, host: str | None) -> bytes:
    """A certificate as on the web, good now: the authority `name` itself, or a host under it."""
    now = dt.datetime.now(dt.UTC)
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    subject = issuer if host is None else x509.Name([])
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), now - dt.timedelta(1), now + dt.timedelta(30)
    )
    builder = builder.add_extension(x509.BasicConstraints(host is None, None), critical=True)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    usage |= {"digital_signature": host is not None, "key_cert_sign": host is None, "crl_sign": host is None}
    builder = builder.add_extension(x509.KeyUsage(**usage, encipher_only=False, decipher_only=False), critical=True)
    if host is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = builder.add_extension(names, critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


def new_identity(name: str, kind: str = "ec") -> Identity:
    """A leaf under an intermediate under a root that nobody sends."""
    root, middle, leaf = new_key("ec"), new_key(kind), new_key(kind)
    chain = (
        issue(name, leaf, f"{name} middle", middle, is_authority=False),
        issue(f"{name} middle", middle, f"{name} root", root, is_authority=True),
    )
    return Identity(chain, leaf.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


async def echo(request: Request, response: ResponseWriter) -> None:
    """Answer with the body that came, piece by piece as it comes."""
    await response.start(200, "OK", [("x-hash-algorithm", "SHA-512")])
    async for piece in request.body():
        await response.write(piece)
    await response.finish()


async def talk(port: int, *pieces: bytes, pause_seconds: float = 0.0) -> bytes:
    """Everything a server answers to these bytes, until it closes (or resets) the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.ensure_future(read_all(reader))
    try:
        for piece in pieces:
            if answer.done():
                break
            writer.write(piece)
            await writer.drain()
            if pause_seconds:
                await asyncio.sleep(pause_seconds)
    except ConnectionError:
        pass
    finally:
        received = await answer
        writer.transport.abort()
    return received


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """What can still be read."""
    received = b""
    try:
        async with asyncio.timeout(10):
            while data := await reader.read(65536):
                received += data
    except ConnectionError:
        pass
    return received


async def ask_until_served(pool: Pool, origin: Origin) -> Response:
    """The answer to a small request, asked again when a busy machine let a short limit pass."""
    for _ in range(5):
        with contextlib.suppress(PeerLostError):
            return await fetch(pool, "POST", (origin, "/"), body=b"ok", max_bytes=10)
    return await fetch(pool, "POST", (origin, "/"), body=b"ok", max_bytes=10)
