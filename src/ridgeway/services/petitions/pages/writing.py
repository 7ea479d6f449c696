"""The pages' way to the writer of signatures: three requests, each answered when it is durable.

Law: an answer speaks of the petition alone, never of who has signed. While the writer is away a NetworkError rises, and
the page says so without losing what was typed.
"""

from dataclasses import dataclass, field
from datetime import datetime

from ridgeway.errors import NetworkError
from ridgeway.services.petitions.rules.signing import Answer
from ridgeway.services.petitions.states import SignatureRole


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was sent and found to be in order; `nonce` is of the form, so that sent twice it is one signature."""

    petition_id: int
    role: SignatureRole
    name: str = field(repr=False)
    email: str = field(repr=False)
    postcode: str = field(repr=False)
    country_code: str
    wants_updates: bool
    language: str
    ip: str | None = field(repr=False)
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a link that confirms came to; `signed_token` opens the page that says so."""

    answer: Answer
    petition_id: int = 0
    role: SignatureRole = SignatureRole.SIGNER
    signed_token: str = field(default="", repr=False)


def take_signature(typed: Typed, *, now: datetime) -> Answer:
    """The form is with the writer.

    Raises:  NetworkError.
    """
    raise NetworkError("network_error", "Nobody writes signatures yet.")


def confirm_signature(signature_id: int, token: str, *, ip: str | None, now: datetime) -> Confirmed:
    """The link of a mail was followed.

    Raises:  NetworkError.
    """
    raise NetworkError("network_error", "Nobody writes signatures yet.")


def confirm_creator(petition_id: int, token: str, *, ip: str | None, now: datetime) -> None:
    """The private link was opened, so the creator's mail came through.

    Raises:  NetworkError.
    """
    raise NetworkError("network_error", "Nobody writes signatures yet.")
