"""The whole error tree on one screen: what went wrong, whose fault it is, and who must act.

Law: the *branch* of the tree answers one question, "who must act?". The *code* is the last segment (or the last
dotted segments) of X-Road's fault code in its 7.8 spelling; the door that answers puts its prefix in front
(`server.clientproxy.`) and may translate the whole into the spelling of 7.7 and earlier. The *detail* is one
sentence with the value that was wrong and what would have been right. Only doors, pages and commands render errors.

    RidgewayError
    ├── RequestError     the caller          MessageError · AccessError
    ├── PeerError        the other security server   SignatureError · CertificateError ·
    │                                                TransportError · RelayedFault
    ├── EvidenceError    whoever keeps the evidence  ContainerError · ArchiveError · TimestampError · MessageLogError
    ├── TrustError       who governs the instance, or the operator of this server
    ├── WorldError       nobody: it may pass        NetworkError · TokenError
    └── SettingsError    the operator of this process, at start only
"""

from typing import ClassVar


class RidgewayError(Exception):
    """Something went wrong, and it is known who must act.

    `code` is X-Road's 7.8 code without the door's prefix, `detail` one sentence for a person, `action` the next step
    where one is known, `fault_id` the unique mark under which a peer reported it (empty when it arose here).
    """

    who: ClassVar[str] = "the operator of this server"
    status: int = 500

    def __init__(self, code: str, detail: str, *, action: str = "", fault_id: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.action = action
        self.fault_id = fault_id

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"

    def explain(self) -> str:
        """Say in one or two sentences what is wrong, who must act, and what to do."""
        step = self.action or f"It is for {self.who} to act."
        return f"{self.detail} {step}"

    def prefixed(self, prefix: str) -> "RidgewayError":
        """The same error with `prefix` in front of its code, unless the code carries it already."""
        if self.code == prefix or self.code.startswith(prefix + "."):
            return self
        code = f"{prefix}.{self.code}"
        same = type(self).__new__(type(self), code, self.detail)  # whatever else its kind asks for comes along
        same.__dict__.update(self.__dict__)
        same.code = code
        return same


class RequestError(RidgewayError):
    """The information system that asked must change its request."""

    who = "the system that asked"
    status = 400


class MessageError(RequestError):
    """The message cannot be read: invalid_*, missing_*, duplicate_*, inconsistent_*."""


class AccessError(RequestError):
    """The message is well formed but not allowed: access_denied, unknown_service, service_disabled."""

    status = 403


class PeerError(RidgewayError):
    """The other security server sent something that cannot be trusted or read."""

    who = "the operator of the other security server"
    status = 502


class SignatureError(PeerError):
    """A signature, or the hash chain under it, does not prove what it should."""


class CertificateError(PeerError):
    """A certificate, or its revocation answer, is not good for this purpose at this time."""


class TransportError(PeerError):
    """The message between security servers is cut short or out of order."""


class RelayedFault(PeerError):  # noqa: N818 — it is the other side's fault, handed on
    """The other side answered with a fault; its code, its mark and its document `xml` are handed on as they are."""

    def __init__(self, code: str, detail: str, *, fault_id: str = "", xml: bytes = b"") -> None:
        super().__init__(code, detail, fault_id=fault_id)
        self.xml = xml

    def prefixed(self, prefix: str) -> "RidgewayError":  # noqa: ARG002
        """Itself: the side that raised it has put its prefix in front."""
        return self


class EvidenceError(RidgewayError):
    """What is stored does not prove what it should."""

    who = "whoever keeps this evidence"
    status = 500


class ContainerError(EvidenceError):
    """An ASiC-E container is not complete: asic_*."""


class ArchiveError(EvidenceError):
    """An archive of the message log is not whole, or not linked to the one before it: invalid_log_archive."""


class TimestampError(EvidenceError):
    """A time-stamp is missing, or does not prove the time it states."""

    who = "the operator of the server that logged the message, with its time-stamping authority"


class MessageLogError(EvidenceError):
    """A message could not be made durable, so it was stopped: logging_failed."""

    who = "the operator of this server"


class TrustError(RidgewayError):
    """The global configuration is absent, outdated or malformed, or does not know somebody."""

    who = "the operator of this server, with the authority that governs the instance"
    status = 500


class WorldError(RidgewayError):
    """The world failed; the same call may succeed later."""

    who = "nobody, as long as it passes"
    status = 503

    def __init__(
        self, code: str, detail: str, *, action: str = "", fault_id: str = "", retry_after_seconds: int = 5
    ) -> None:
        super().__init__(code, detail, action=action, fault_id=fault_id)
        self.retry_after_seconds = retry_after_seconds

    def explain(self) -> str:
        """Say what is wrong, and that it may pass, unless a step is known."""
        return f"{self.detail} {self.action or 'It may pass: try again a little later.'}"


class NetworkError(WorldError):
    """A connection could not be made or was lost: network_error, unknown_host, io_error."""


class TokenError(WorldError):
    """A key cannot be used now: signer.*, cannot_create_signature."""

    who = "the operator of this server, at its signing token"


class SettingsError(RidgewayError):
    """A setting or a document of this process is wrong; raised at start or when applied, never while running."""

    who = "the operator of this process"
    status = 500

    def __init__(self, code: str, detail: str, *, action: str = "", fault_id: str = "", line: int = 0) -> None:
        super().__init__(code, detail, action=action, fault_id=fault_id)
        self.line = line
