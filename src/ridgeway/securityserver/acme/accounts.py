"""Our account at an authority: a key of its own for each authority and member, registered when first used.

Law: an account key signs orders and nothing else; it is made here, and readable by its owner alone.
Source: RFC 8555 §7.3.
"""

import hashlib
import os
from pathlib import Path

from acme import client, errors, messages
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from josepy.b64 import b64encode
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from ridgeway.errors import SettingsError
from ridgeway.protocol.certificates.snapshot import CertificationService
from ridgeway.protocol.identifiers import MemberId
from ridgeway.securityserver.acme.credentials import Credentials
from ridgeway.settings import AcmeSettings
from ridgeway.signer import KeyUsage

USER_AGENT = "Ridgeway"


def open_key(folder: Path, name: str) -> JWKEC:
    """The account key of that name, made when it is not there yet.

    Raises:  SettingsError(malformed_settings) when the file holds no key on P-256.
    """
    file = folder / f"{name}.pem"
    if not file.exists():
        write_key(file)
    try:
        key = load_pem_private_key(file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("it is no key on P-256")
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError("malformed_settings", f"The account key {file} cannot be used: {error}.") from error
    return JWKEC(key=key)


def write_key(file: Path) -> None:
    """A new key lies in `file`, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with open(beside, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def name_account(directory_url: str, member: MemberId, credentials: Credentials | None) -> str:
    """The name of the account key: one for each authority, member and binding."""
    of = "\n".join((directory_url, *member.codes, credentials.key_id if credentials else ""))
    return hashlib.sha256(of.encode()).hexdigest()[:32]


def name_agent(service: CertificationService, usage: KeyUsage) -> str:
    """The User-Agent, which names the certificate profile that is wanted, as X-Road's authorities expect it."""
    is_signing = usage is KeyUsage.SIGNING
    profile = service.acme_signing_profile_id if is_signing else service.acme_authentication_profile_id
    return f"profile_id={profile} {USER_AGENT}" if profile else USER_AGENT


def open_account(
    service: CertificationService,
    member: MemberId,
    usage: KeyUsage,
    *,
    credentials: Credentials | None,
    settings: AcmeSettings,
    folder: Path,
) -> client.ClientV2:
    """A client that speaks for our account, which is registered when it is new.

    Raises:  `ordering.Failures`; SettingsError when a binding is needed and not there.
    """
    key = open_key(folder, name_account(service.acme_directory_url, member, credentials))
    network = client.ClientNetwork(
        key, alg=ES256, user_agent=name_agent(service, usage), timeout=settings.request_timeout_seconds
    )
    if settings.ca_file:
        network.verify_ssl = settings.ca_file  # type: ignore[assignment]  # requests takes a file of roots as well
    directory = client.ClientV2.get_directory(service.acme_directory_url, network)
    account = client.ClientV2(directory, network)
    if credentials is None and account.external_account_required():
        raise SettingsError(
            "no_account_binding",
            f"{service.name} issues to accounts that it knows, and there is no binding for {member}.",
            action=f"Ask it for a key id and a MAC key, and put them into {settings.credentials}.",
        )
    register(account, key, credentials)
    return account


def register(account: client.ClientV2, key: JWKEC, credentials: Credentials | None) -> None:
    """The account is known to the authority."""
    binding = None
    if credentials is not None:
        binding = messages.ExternalAccountBinding.from_data(
            key.public_key(), credentials.key_id, b64encode(credentials.mac_key).decode(), account.directory
        )
    wanted = messages.NewRegistration.from_data(terms_of_service_agreed=True, external_account_binding=binding)
    try:
        account.new_account(wanted)
    except errors.ConflictError as known:
        account.net.account = messages.RegistrationResource(body=messages.Registration(), uri=known.location)
