"""Requests, questions, a tool that is not ours, and an authority that listens."""

import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from ridgeway.http import Handler, Pool, Response, fetch, serve
from ridgeway.lab.authorities.ca import CertificationAuthority, key_usage, open_certification_authority

OCSP_URL = "http://127.0.0.1:1/ocsp"
SUBJECT = (
    (NameOID.COUNTRY_NAME, "FI"),
    (NameOID.ORGANIZATION_NAME, "Population Register"),
    (NameOID.SERIAL_NUMBER, "NORTHMARK/register-1/GOV"),
    (NameOID.COMMON_NAME, "1001"),
)
Call = Callable[..., Awaitable[Response]]


def open_ca(folder: Path, **options) -> CertificationAuthority:
    """An authority below `folder`."""
    return open_certification_authority(folder / "ca", title="Test", ocsp_url=OCSP_URL, **options)


def make_csr(
    key=None,
    *,
    encoding: Encoding = Encoding.DER,
    dns_name: str = "",
    signs: bool | None = None,
    subject: tuple[tuple[x509.ObjectIdentifier, str], ...] = SUBJECT,
) -> bytes:
    """A certificate request; `signs` says what it wishes for, if anything."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])
    )
    if dns_name:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns_name)]), critical=False)
    if signs is not None:
        builder = builder.add_extension(key_usage(signs=signs), critical=False)
    key = key or ec.generate_private_key(ec.SECP256R1())
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(encoding)


def ask(certificate: bytes, issuer: x509.Certificate, *, nonce: bytes = b"", algorithm=None) -> bytes:
    """The question whether a certificate (PEM) of `issuer` is good."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_pem_x509_certificate(certificate), issuer, algorithm or hashes.SHA1()
    )
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def openssl(*arguments: object) -> str:
    """What OpenSSL says."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout + done.stderr


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Call]:
    """A function that asks the handler over HTTP."""
    async with serve(handler, host="127.0.0.1", port=0) as server, Pool() as pool:

        async def call(method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream") -> Response:
            url = f"http://127.0.0.1:{server.port}{path}"
            return await fetch(pool, method, url, [("Content-Type", kind)], body, max_bytes=100_000)

        yield call
