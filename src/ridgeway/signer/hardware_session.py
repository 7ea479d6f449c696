"""The child process of one hardware token: it loads the vendor's module, and holds one session.

    python -m ridgeway.signer.hardware_session        asked on standard input, answering on what was standard output

Law: one process, one thread, one session: a module that crashes or hangs takes nothing else with it. What the module
prints goes to standard error. Private keys are made to be unable to leave the token. The PIN comes by the pipe alone.
Source: PKCS#11 v2.40 (OASIS). Read next: `hardware.py`, which starts this and asks.
"""

import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec
import pkcs11
from asn1crypto import keys as asn1_keys
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import (
    FunctionNotSupported,
    MechanismInvalid,
    NoSuchKey,
    NoSuchToken,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PinTooWeak,
    PKCS11Error,
    SessionReadOnly,
    TokenNotPresent,
    TokenWriteProtected,
    UserAlreadyLoggedIn,
    UserNotLoggedIn,
)
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from ridgeway.signer.hardware_frames import LENGTH_BYTES, MAX_FRAME_BYTES, Answered, Asked

CODES: list[tuple[tuple[type[PKCS11Error], ...], str]] = [
    ((PinIncorrect,), "signer.pin_incorrect"),
    ((PinLocked,), "signer.pin_locked"),
    ((PinInvalid, PinLenRange, PinTooWeak), "signer.token_pin_policy_failure"),
    ((UserNotLoggedIn,), "signer.token_not_active"),
    ((NoSuchToken, TokenNotPresent), "signer.token_not_available"),
    ((NoSuchKey,), "signer.key_not_found"),
    ((SessionReadOnly, TokenWriteProtected), "signer.token_read_only"),
    ((MechanismInvalid, FunctionNotSupported), "signer.unsupported_sign_algorithm"),
]
PSS_DIGESTS = {
    "sha256": (Mechanism.SHA256, pkcs11.MGF.SHA256, 32),
    "sha384": (Mechanism.SHA384, pkcs11.MGF.SHA384, 48),
    "sha512": (Mechanism.SHA512, pkcs11.MGF.SHA512, 64),
}


class HardwareSession:
    """The token of one module, and the session while somebody is logged in."""

    def __init__(self) -> None:
        self.token: Any = None
        self.session: Any = None
        self.is_read_only = False
        self.keys: dict[str, Any] = {}

    def open(
        self, *, module: str, slot: int, label: str, serial: str, read_only: bool, environment: dict[str, str]
    ) -> dict[str, Any]:
        """The token is found; what it is, is returned."""
        for name, value in environment.items():
            os.putenv(name, value)  # for the module alone, which is about to be loaded
        library = pkcs11.lib(module)
        self.is_read_only = read_only
        tokens = [each.get_token() for each in library.get_slots(token_present=True)]
        wanted = [
            each
            for each in tokens
            if (slot < 0 or each.slot.slot_id == slot)
            and (not label or each.label == label)
            and (not serial or each.serial.decode("ascii", "replace").strip() == serial)
        ]
        if len(wanted) != 1:
            labels = ", ".join(repr(each.label) for each in tokens) or "none"
            raise NoSuchToken(f"{len(wanted)} tokens fit; there are: {labels}")
        self.token = wanted[0]
        names = sorted(f"CKM_{each.name}" for each in self.token.slot.get_mechanisms() if hasattr(each, "name"))
        return {
            "label": self.token.label,
            "serial": self.token.serial.decode("ascii", "replace").strip(),
            "mechanisms": names,
        }

    def login(self, *, pin: str) -> None:
        """The session is open; one that was open before is closed."""
        self.logout()
        self.session = self.token.open(rw=not self.is_read_only, user_pin=pin)

    def logout(self) -> None:
        """No session is open."""
        session, self.session = self.session, None
        self.keys.clear()
        if session is not None:
            session.close()

    def change_pin(self, *, pin: str, new_pin: str) -> None:
        """The token has another PIN; the session is closed."""
        self.logout()
        with self.token.open(rw=True, user_pin=pin) as session:
            session.set_pin(pin, new_pin)

    def require_session(self) -> Any:
        """The session."""
        if self.session is None:
            raise UserNotLoggedIn("nobody is logged in")
        return self.session

    def list_held(self) -> list[tuple[str, str, bytes]]:
        """The private keys: id (hex), label, public key (DER, empty where it cannot be read)."""
        found = self.require_session().get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        return [(each.id.hex(), each.label, self.find_public(each.id)) for each in list(found)]

    def find_public(self, key_id: bytes) -> bytes:
        """The public key beside a private one."""
        try:
            public = self.require_session().get_key(object_class=ObjectClass.PUBLIC_KEY, id=key_id)
            return write_public(public)
        except PKCS11Error:
            return b""

    def generate(self, *, key_id: str, label: str, bits: int) -> bytes:
        """A new key pair is in the token: RSA of that many bits, or EC on P-256 for 0."""
        session, raw = self.require_session(), bytes.fromhex(key_id)
        held = {
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.PRIVATE: True,
            Attribute.SIGN: True,
            Attribute.DECRYPT: False,
            Attribute.UNWRAP: False,
        }
        open_side = {Attribute.VERIFY: True, Attribute.ENCRYPT: False, Attribute.WRAP: False}
        ways: dict[str, Any] = {"id": raw, "label": label, "store": True, "private_template": held}
        ways["public_template"] = open_side
        if bits:
            public, _ = session.generate_keypair(KeyType.RSA, bits, **ways)
        else:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            public, _ = session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(**ways)
        return write_public(public)

    def sign(self, *, key_id: str, mechanism: str, digest_name: str, data: bytes) -> bytes:
        """What the key makes of the data by the mechanism."""
        key = self.keys.get(key_id)
        if key is None:
            session = self.require_session()
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes.fromhex(key_id))
            self.keys[key_id] = key
        parameter = PSS_DIGESTS[digest_name] if mechanism == "CKM_RSA_PKCS_PSS" else None
        chosen = Mechanism[mechanism.removeprefix("CKM_")]
        value: bytes = key.sign(data, mechanism=chosen, mechanism_param=parameter)
        return value

    def delete(self, *, key_id: str) -> None:
        """The key pair is gone."""
        self.keys.pop(key_id, None)
        for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
            held = {Attribute.CLASS: kind, Attribute.ID: bytes.fromhex(key_id)}
            for each in list(self.require_session().get_objects(held)):
                each.destroy()


def write_public(public: Any) -> bytes:
    """A public key of the token as DER (SubjectPublicKeyInfo)."""
    if public.key_type is KeyType.EC:
        data: bytes = encode_ec_public_key(public)
        return data
    return wrap_rsa(encode_rsa_public_key(public))


def wrap_rsa(key: bytes) -> bytes:
    """An RSAPublicKey as SubjectPublicKeyInfo."""
    info = asn1_keys.PublicKeyInfo.wrap(asn1_keys.RSAPublicKey.load(key), "rsa")
    data: bytes = info.dump()
    return data


def answer(session: HardwareSession, asked: Asked) -> Answered:
    """The answer to one request; what the module refuses is told by code."""
    act: Callable[..., Any] | None = VERBS.get(asked.verb)
    if act is None:
        return Answered(code="signer.internal_error", detail=f"unknown verb {asked.verb!r}")
    try:
        return Answered(act(session, **asked.arguments))
    except UserAlreadyLoggedIn:
        return Answered()
    except PKCS11Error as error:
        code = next((code for kinds, code in CODES if isinstance(error, kinds)), "signer.hsm_non_operational")
        return Answered(code=code, detail=f"{type(error).__name__} {error}".strip())
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        return Answered(code="signer.hsm_non_operational", detail=f"{type(error).__name__}: {error}")


VERBS: dict[str, Callable[..., Any]] = {
    "open": HardwareSession.open,
    "login": HardwareSession.login,
    "logout": HardwareSession.logout,
    "pin": HardwareSession.change_pin,
    "list": HardwareSession.list_held,
    "generate": HardwareSession.generate,
    "sign": HardwareSession.sign,
    "delete": HardwareSession.delete,
}


def main() -> None:
    """Answer until standard input ends."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    session = HardwareSession()
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        data = msgspec.msgpack.encode(answer(session, msgspec.msgpack.decode(frame, type=Asked)))
        output.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
        output.flush()


def read_frame(source: BinaryIO) -> bytes | None:
    """The next frame; None at the end."""
    head = source.read(LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    if len(head) < LENGTH_BYTES or length > MAX_FRAME_BYTES:
        return None
    frame = source.read(length)
    return frame if len(frame) == length else None


if __name__ == "__main__":
    main()
