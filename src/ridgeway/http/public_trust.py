"""Trust as on the public web: the server's certificate names the host, under an authority that this machine trusts.

Law: an https address that nobody said otherwise about is verified like this; only a caller that gives its own
`ClientTls` decides for itself. It has nothing to do with the trust between security servers.
Source: RFC 9110 §4.3.4, through cryptography's verifier.
"""

import contextlib
import functools
import ipaddress
import ssl
import warnings

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ridgeway.http.tls import ClientTls


@functools.cache
def default_tls() -> ClientTls:
    """A client without an identity that believes the authorities of this machine."""
    return ClientTls(authorities=tuple(ssl.create_default_context().get_ca_certs(binary_form=True)), is_public=True)


@functools.lru_cache(maxsize=16)
def load_authorities(authorities: tuple[bytes, ...]) -> Store | None:
    """The authorities as a store, without those that cannot be read; None when none is left."""
    certificates = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine's list holds old certificates with odd serial numbers
        for der in authorities:
            with contextlib.suppress(ValueError):
                certificates.append(x509.load_der_x509_certificate(der))
    return Store(certificates) if certificates else None


def verify_public_server(chain: tuple[bytes, ...], *, host: str, authorities: tuple[bytes, ...]) -> None:
    """Prove that the leaf of `chain` names `host` and leads to one of `authorities`, now.

    Raises:  ValueError with the reason.
    """
    store = load_authorities(authorities)
    if store is None:
        raise ValueError("this machine has no list of authorities")
    if not chain:
        raise ValueError("the server has no certificate")
    leaf, *others = (x509.load_der_x509_certificate(der) for der in chain)
    try:
        PolicyBuilder().store(store).build_server_verifier(as_subject(host)).verify(leaf, others)
    except VerificationError as error:
        raise ValueError(f"the server's certificate is not good for {host} ({error})") from error


def as_subject(host: str) -> x509.DNSName | x509.IPAddress:
    """The host as a certificate names it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode("ascii"))
