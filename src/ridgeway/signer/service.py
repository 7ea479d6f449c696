"""What the signer may be asked, one method a request.

Law: signing is apart from everything that changes keys or hands the TLS key out. A wrong PIN is answered later each
time. The index is written before anything is said to have happened, and nothing is signed by a key of any token before
the index was proven, which the unlocked software token does.
Read next: `certificates.py` (the rules), `device.py` (where keys lie).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from ridgeway.errors import TokenError
from ridgeway.protocol.signatures.digests import SIGNATURE_ALGORITHMS, digest_to_sign, ecdsa_to_der
from ridgeway.signer.certificates import (
    change_certificate,
    choose_authentication,
    find_certificate,
    require_unused,
    set_active,
    set_status,
    sync_keys,
    take_certificate,
)
from ridgeway.signer.csr import ALGORITHMS, build_csr_content, render_subject, write_csr
from ridgeway.signer.device import Device
from ridgeway.signer.keys import find_kind, read_private_key, write_private_key, write_public_key
from ridgeway.signer.pins import PinGate
from ridgeway.signer.software import SoftwareDevice
from ridgeway.signer.token import Token
from ridgeway.signer.values import (
    SCHEMES,
    SOFTWARE_TOKEN,
    ActivateRequest,
    AdoptRequest,
    AuthenticationKey,
    CsrInfo,
    CsrRequest,
    DeleteRequest,
    GenerateRequest,
    ImportRequest,
    KeyInfo,
    KeyType,
    KeyUsage,
    Mechanism,
    PinRequest,
    SignRequest,
    StatusRequest,
    TokenInfo,
    TokenState,
    usual_mechanism,
)

MAX_KEYS = 1000
MAX_REQUESTS = 10
MAX_LABEL_CHARACTERS = 255


def read_clock() -> datetime:
    """The time, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251  the signer is a process; its rules take the time as an argument


@dataclass(slots=True)
class SignerService:
    """The software token, the tokens beside it, and how keys that were used sign."""

    token: Token
    hardware: tuple[Device, ...] = ()
    clock: Callable[[], datetime] = read_clock
    software: SoftwareDevice = field(init=False)
    devices: dict[str, Device] = field(init=False)
    routes: dict[tuple[str, str], tuple[Device, KeyInfo]] = field(default_factory=dict)
    gates: dict[str, PinGate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.software = SoftwareDevice(self.token)
        self.devices = {each.id: each for each in (self.software, *self.hardware)}

    def state(self) -> TokenState:
        """Whether the keys of the software token can be used."""
        return self.token.state

    async def list_tokens(self) -> tuple[TokenInfo, ...]:
        """Every token as it is now."""
        return tuple([await each.describe() for each in self.devices.values()])

    def get_device(self, name: str) -> Device:
        """The token of this id.

        Raises:  TokenError(signer.token_not_found).
        """
        found = self.devices.get(name)
        if found is None:
            raise TokenError("signer.token_not_found", f"There is no token {name[:80]!r}; known: {list(self.devices)}.")
        return found

    async def login(self, request: PinRequest) -> TokenState:
        """The token is unlocked.

        Raises:  TokenError(signer.pin_incorrect), later each time.
        """
        device = self.get_device(request.token)
        await self.gate(device).attempt(lambda: device.login(request.pin))
        return (await device.describe()).state

    async def change_pin(self, request: PinRequest) -> TokenState:
        """Only the new PIN unlocks the token."""
        device = self.get_device(request.token)
        await self.gate(device).attempt(lambda: device.change_pin(request.pin, request.new_pin))
        return (await device.describe()).state

    def gate(self, device: Device) -> PinGate:
        """Where a PIN of this token is tried."""
        return self.gates.setdefault(device.id, PinGate())

    async def logout(self, name: str = SOFTWARE_TOKEN) -> TokenState:
        """The keys can not be used; those of no token, when it is the software token, which proves the index."""
        device = self.get_device(name)
        await device.logout()
        self.routes.clear()
        return (await device.describe()).state

    def list_keys(self) -> tuple[KeyInfo, ...]:
        """The public side of every key; a locked token tells it too."""
        return self.token.read_index()

    async def sign(self, request: SignRequest) -> bytes:
        """The signature value over a digest; ECDSA gives r and s side by side.

        Raises:  TokenError with signer.key_not_found, signer.token_not_active, signer.unsupported_sign_algorithm or
                 signer.cannot_sign.
        """
        name = (request.key_id, request.algorithm)
        route = self.routes.get(name)
        if route is None:
            self.token.get_master()
            info = self.get_key(request.key_id)
            if info.usage is not KeyUsage.SIGNING:
                raise TokenError("signer.cannot_sign", f"The key {info.id} is for {info.usage}, not for signing.")
            require_mechanism(info, request.algorithm)
            route = (self.get_device(info.token), info)
        value = await sign_digest(*route, request)
        self.routes[name] = route
        return value

    async def prove_possession(self, request: SignRequest) -> bytes:
        """As `sign`, with an authentication key: it proves that whoever registers its certificate holds the key.

        Raises:  TokenError, as `sign`.
        """
        info = self.get_key(request.key_id)
        if info.usage is not KeyUsage.AUTHENTICATION:
            raise TokenError("signer.cannot_sign", f"The key {info.id} is for {info.usage}, not for authentication.")
        require_mechanism(info, request.algorithm)
        return await sign_digest(self.software, info, request)

    def get_key(self, key_id: str) -> KeyInfo:
        """The public side of one key.

        Raises:  TokenError(signer.key_not_found).
        """
        keys = self.token.read_index()
        found = next((key for key in keys if key.id == key_id), None)
        if found is None:
            known = ", ".join(key.id for key in keys) or "none"
            raise TokenError("signer.key_not_found", f"There is no key {key_id[:80]!r}; known: {known}.")
        return found

    async def generate(self, request: GenerateRequest) -> KeyInfo:
        """A new key is in the token.

        Raises:  TokenError with signer.token_not_active, signer.token_not_available or
                 signer.failed_to_generate_private_key.
        """
        keys = self.require_room(request.label)
        device = self.get_device(request.token)
        require_software(request.usage, device)
        mechanism = choose_mechanism(request.type, request.mechanism)
        wanted = KeyInfo(
            secrets.token_hex(16), request.label, request.usage, request.type, b"", (), device.id, mechanism
        )
        public_key = await device.generate(wanted)
        return self.add(keys, msgspec.structs.replace(wanted, public_key=public_key))

    async def adopt(self, request: AdoptRequest) -> KeyInfo:
        """A key from elsewhere is one of ours: in the software token, or known to be in a hardware token.

        Raises:  TokenError(signer.key_not_found | signer.key_exists | signer.token_not_active | …).
        """
        keys = self.require_room(request.label)
        device = self.get_device(request.token)
        require_software(request.usage, device)
        if request.private_key:
            return self.adopt_private(keys, request)
        held = next((each for each in await device.list_held() if each.id == request.key_id), None)
        if held is None or not held.public_key:
            raise TokenError("signer.key_not_found", f"The token {device.id} holds no key {request.key_id[:80]!r}.")
        require_new(keys, held.public_key)
        kind = find_kind(load_der_public_key(held.public_key))
        label, mechanism = request.label or held.label, choose_mechanism(kind, request.mechanism)
        return self.add(keys, KeyInfo(held.id, label, request.usage, kind, held.public_key, (), device.id, mechanism))

    def adopt_private(self, keys: tuple[KeyInfo, ...], request: AdoptRequest) -> KeyInfo:
        """A private key from elsewhere is in the software token."""
        try:
            private = read_private_key(request.private_key)
        except (ValueError, TypeError) as error:
            raise TokenError("signer.key_not_found", "The private key cannot be read; PKCS#8 is expected.") from error
        kind, public_key = find_kind(private), write_public_key(private)
        require_new(keys, public_key)
        mechanism = choose_mechanism(kind, request.mechanism)
        info = KeyInfo(secrets.token_hex(16), request.label, request.usage, kind, public_key, mechanism=mechanism)
        self.software.keep(info, private)
        return self.add(keys, info)

    def require_room(self, label: str) -> tuple[KeyInfo, ...]:
        """The keys now, to which one with this label can be added.

        Raises:  TokenError(signer.token_not_active | signer.token_not_available |
                 signer.failed_to_generate_private_key).
        """
        self.token.get_master()
        if len(label) > MAX_LABEL_CHARACTERS:
            detail = f"The label has {len(label)} characters; at most {MAX_LABEL_CHARACTERS} are kept."
            raise TokenError("signer.failed_to_generate_private_key", detail)
        keys = self.token.read_index()
        if len(keys) >= MAX_KEYS:
            raise TokenError("signer.token_not_available", f"The token holds {MAX_KEYS} keys already; delete old ones.")
        return keys

    def add(self, keys: tuple[KeyInfo, ...], info: KeyInfo) -> KeyInfo:
        """The index names this key, too."""
        self.token.write_index((*keys, info))
        return info

    async def delete(self, request: DeleteRequest) -> KeyInfo:
        """The key is gone, and what it signed stays provable.

        Raises:  TokenError(signer.key_in_use) while a certificate of it is used, unless forced.
        """
        info = self.get_key(request.key_id)
        self.token.get_master()
        if not request.force:
            require_unused(info)
        device = self.get_device(info.token)
        if device is not self.software:
            await device.delete(info)
        self.token.write_index(tuple(key for key in self.token.read_index() if key.id != info.id))
        await self.software.delete(info)
        self.routes = {name: route for name, route in self.routes.items() if name[0] != info.id}
        return info

    async def make_csr(self, request: CsrRequest) -> bytes:
        """A certificate request (DER) for one key, kept until it is answered.

        Raises:  TokenError(signer.failed_to_generate_certificate_request | signer.key_not_found | …).
        """
        info = self.get_key(request.key_id)
        self.token.get_master()
        mechanism = Mechanism(info.mechanism or usual_mechanism(info.type))
        content = build_csr_content(request, usage=info.usage, public_key=info.public_key)
        algorithm = ALGORITHMS[mechanism]
        value = await self.get_device(info.token).sign(info, algorithm, digest_to_sign(algorithm, content))
        if mechanism is Mechanism.ECDSA:
            public_key = load_der_public_key(info.public_key)
            assert isinstance(public_key, ec.EllipticCurvePublicKey)
            value = ecdsa_to_der(value, public_key)
        der = write_csr(content, value, mechanism=mechanism)
        self.keep_request(info.id, CsrInfo(secrets.token_hex(8), der, render_subject(der), request.dns_name))
        return der

    def keep_request(self, key_id: str, made: CsrInfo) -> None:
        """The request is in the index, and the oldest are not when there are too many."""
        info = self.get_key(key_id)
        self.replace(msgspec.structs.replace(info, requests=(*info.requests, made)[-MAX_REQUESTS:]))

    def delete_csr(self, request_id: str) -> KeyInfo:
        """The request is no longer kept.

        Raises:  TokenError(signer.csr_not_found).
        """
        for info in self.token.read_index():
            kept = tuple(each for each in info.requests if each.id != request_id)
            if kept != info.requests:
                return self.replace(msgspec.structs.replace(info, requests=kept))
        raise TokenError("signer.csr_not_found", f"There is no certificate request {request_id[:80]!r}.")

    def import_certificate(self, request: ImportRequest) -> KeyInfo:
        """The certificate belongs to its key, active when it is the first and may be."""
        taken = take_certificate(self.token.read_index(), request, now=self.clock())
        added = self.replace(taken)
        if request.renews:
            self.note_renewal(request.renews, added.certificates[-1].sha256)
        return self.get_key(added.id)

    def note_renewal(self, old: str, new: str) -> None:
        """The index says which certificate follows this one."""
        info, found = find_certificate(self.token.read_index(), old)
        self.replace(change_certificate(info, msgspec.structs.replace(found, renewed_by=new)))

    def activate(self, request: ActivateRequest) -> KeyInfo:
        """The certificate with this hash is used, or is not.

        Raises:  TokenError(signer.cert_not_found).
        """
        return self.replace(set_active(self.token.read_index(), request, now=self.clock()))

    def set_status(self, request: StatusRequest) -> KeyInfo:
        """The certificate with this hash stands there, or is gone."""
        return self.replace(set_status(self.token.read_index(), request))

    def sync(self, registered: tuple[str, ...]) -> tuple[KeyInfo, ...]:
        """The states of authentication certificates are those of the global configuration; the keys that changed."""
        self.token.get_master()
        before = self.token.read_index()
        after = sync_keys(before, frozenset(each.lower() for each in registered))
        if after == before:
            return ()
        self.token.write_index(after)
        return tuple(new for old, new in zip(before, after, strict=True) if old != new)

    def replace(self, info: KeyInfo) -> KeyInfo:
        """The index says this of the key."""
        self.token.get_master()
        self.token.write_index(tuple(info if key.id == info.id else key for key in self.token.read_index()))
        return info

    def get_authentication_key(self) -> AuthenticationKey:
        """The TLS key with its active certificate.

        Raises:  TokenError(signer.key_not_found) when there is none.
        """
        info, certificate = choose_authentication(self.token.read_index())
        return AuthenticationKey(info.id, write_private_key(self.software.load(info)), certificate.der)


async def sign_digest(device: Device, info: KeyInfo, request: SignRequest) -> bytes:
    """The signature value that a token makes over the digest.

    Raises:  TokenError(signer.cannot_sign) when the digest does not fit.
    """
    try:
        return await device.sign(info, request.algorithm, request.digest)
    except ValueError as error:
        detail = f"A digest of {len(request.digest)} bytes does not fit {request.algorithm}."
        raise TokenError("signer.cannot_sign", detail) from error


def require_software(usage: KeyUsage, device: Device) -> None:
    """Hold only where a key for TLS would lie in the software token: the gateway needs it in its own process.

    Raises:  TokenError(signer.failed_to_generate_private_key).
    """
    if usage is KeyUsage.AUTHENTICATION and device.id != SOFTWARE_TOKEN:
        raise TokenError(
            "signer.failed_to_generate_private_key",
            f"An authentication key cannot lie in {device.id}: the gateway holds it for TLS, so it is a software key.",
            action="Leave --token away; signing keys may lie in hardware.",
        )


def require_new(keys: tuple[KeyInfo, ...], public_key: bytes) -> None:
    """Hold only when no key here is this one.

    Raises:  TokenError(signer.key_exists).
    """
    found = next((key.id for key in keys if key.public_key == public_key), None)
    if found is not None:
        raise TokenError("signer.key_exists", f"The key is here already, as {found}.")


def choose_mechanism(kind: KeyType, asked: str) -> Mechanism:
    """How a key of this kind is to sign.

    Raises:  TokenError(signer.failed_to_generate_private_key) when such a key cannot.
    """
    usual = usual_mechanism(kind)
    fitting = {usual} if usual is Mechanism.ECDSA else {Mechanism.RSA_PKCS, Mechanism.RSA_PSS}
    if asked and asked not in fitting:
        raise TokenError(
            "signer.failed_to_generate_private_key",
            f"A key of type {kind} cannot do {asked[:40]!r}; it can do {', '.join(sorted(fitting))}.",
        )
    return Mechanism(asked) if asked else usual


def require_mechanism(info: KeyInfo, algorithm: str) -> None:
    """Hold only for an algorithm that goes with the mechanism of the key.

    Raises:  TokenError(signer.unsupported_sign_algorithm).
    """
    chosen = SIGNATURE_ALGORITHMS.get(algorithm)
    if chosen is None or (info.mechanism and SCHEMES[Mechanism(info.mechanism)] is not chosen.scheme):
        raise TokenError(
            "signer.unsupported_sign_algorithm",
            f"The key {info.id} signs by {info.mechanism or 'its kind'}; {algorithm[:100]!r} does not go with it.",
        )
