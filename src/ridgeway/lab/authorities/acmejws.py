"""What a client signs for ACME, checked: who, for which address, once.

Law: nothing of a request is used before its signature holds over it.
Source: RFC 8555 §6, §7.3.4.
"""

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from acme.jws import JWS
from josepy.b64 import b64encode
from josepy.errors import Error as JoseError
from josepy.jwa import ES256, ES384, ES512, RS256, JWASignature
from josepy.jwk import JWK, JWKOct

MAX_NONCES = 10_000
UNREADABLE = (JoseError, ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What the library raises for bytes that are no JWS."""
ALGORITHMS = (RS256, ES256, ES384, ES512)


class Problem(Exception):  # noqa: N818  it is RFC 8555's word
    """What is told of a request that is refused."""

    def __init__(self, kind: str, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.status = kind, detail, status

    def to_json(self) -> dict[str, Any]:
        """As RFC 7807 writes it."""
        return {"type": f"urn:ietf:params:acme:error:{self.kind}", "detail": self.detail, "status": self.status}


@dataclass(slots=True)
class Nonces:
    """The nonces that were handed out and not used; the oldest go when there are too many."""

    waiting: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def make(self) -> str:
        """A new one."""
        nonce = secrets.token_urlsafe(16)
        self.waiting[nonce] = None
        if len(self.waiting) > MAX_NONCES:
            self.waiting.popitem(last=False)
        return nonce

    def use(self, nonce: str) -> None:
        """It served.

        Raises:  Problem(badNonce).
        """
        if nonce not in self.waiting:
            raise Problem("badNonce", "This nonce was not given here, or it served already.")
        del self.waiting[nonce]


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that its key signed. `key_id` is the account's address, empty for a new account."""

    key: JWK
    key_id: str
    url: str
    payload: Mapping[str, Any]
    agent: str = ""


def read_signed(body: bytes, *, url: str, nonces: Nonces, find_key: Callable[[str], JWK], agent: str) -> Signed:
    """The request in `body`, once its signature holds.

    Raises:  Problem.
    """
    try:
        jws = JWS.json_loads(body.decode())
        head = jws.signature.combined
    except UNREADABLE as error:
        raise Problem("malformed", f"This is no JWS: {error}") from error
    if head.alg not in ALGORITHMS:
        raise Problem("badSignatureAlgorithm", f"The algorithm {head.alg} is not taken here.")
    if (head.jwk is None) == (head.kid is None):
        raise Problem("malformed", "A request has either jwk or kid.")
    if head.url != url:
        raise Problem("unauthorized", f"The request is signed for {head.url}, not for {url}.", status=401)
    is_new = url.endswith("/new-account")
    if is_new != (head.kid is None):
        raise Problem("malformed", "A new account is asked for with jwk, everything else with kid.")
    key = head.jwk if is_new else find_key(head.kid)
    require_signature(jws, key, head.alg)
    nonces.use(b64encode(head.nonce or b"").decode())
    return Signed(key, head.kid or "", url, read_payload(jws.payload), agent)


def require_signature(jws: Any, key: JWK, algorithm: JWASignature) -> None:
    """The signature is the key's.

    Raises:  Problem.
    """
    try:
        holds = jws.verify(key)
    except UNREADABLE as error:
        raise Problem("malformed", f"The signature cannot be checked: {error}") from error
    if not holds:
        raise Problem("malformed", f"The signature ({algorithm}) does not hold.")


def read_payload(payload: bytes) -> Mapping[str, Any]:
    """What was signed; nothing, for a request that only looks.

    Raises:  Problem.
    """
    try:
        value = json.loads(payload) if payload else {}
    except ValueError as error:
        raise Problem("malformed", "The payload is no JSON.") from error
    if not isinstance(value, dict):
        raise Problem("malformed", "The payload is no object.")
    return value


def check_binding(signed: Signed, bindings: Mapping[str, bytes]) -> None:
    """The account is bound to somebody who is known.

    Raises:  Problem(externalAccountRequired | unauthorized).
    """
    bound = signed.payload.get("externalAccountBinding")
    if bound is None:
        raise Problem("externalAccountRequired", "An account needs an external binding here.")
    try:
        jws = JWS.from_json(bound)
        head = jws.signature.combined
        mac_key = bindings.get(head.kid or "")
        holds = mac_key is not None and jws.verify(JWKOct(key=mac_key))
        is_same = JWK.from_json(json.loads(jws.payload)) == signed.key
    except UNREADABLE as error:
        raise Problem("malformed", f"The binding cannot be read: {error}") from error
    if not holds or not is_same or head.url != signed.url:
        raise Problem(
            "unauthorized", "The binding is not by one of the keys here, over this key and address.", status=401
        )


def thumbprint(key: JWK) -> str:
    """The key's thumbprint (RFC 7638), in Base64url."""
    return b64encode(key.thumbprint()).decode()
