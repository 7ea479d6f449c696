"""The pages' way to the writer of signatures: three requests, each answered when it is durable.

Law: an answer speaks of the petition alone, never of who has signed. While the writer is away a WorldError rises, and
the page says so without losing what was typed.
Next: `writer/client.py`.
"""

from dataclasses import dataclass, field

from ridgeway.services.petitions.rules.signing import Answer
from ridgeway.services.petitions.states import SignatureRole
from ridgeway.services.petitions.writer.client import ask
from ridgeway.services.petitions.writer.values import Confirm, ConfirmCreator, Take

MAX_TOKEN_LENGTH = 100
"""Letters of what may be a secret of ours; a longer one is none."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a link that confirms came to; `signed_token` opens the page that says so."""

    answer: Answer
    role: SignatureRole = SignatureRole.SIGNER
    signed_token: str = field(default="", repr=False)


def take_signature(take: Take) -> Answer:
    """The form is with the writer.

    Raises:  WorldError.
    """
    return Answer(ask(take).answer)


def confirm_signature(signature_id: int, token: str, *, ip: str) -> Confirmed:
    """The link of a mail was followed.

    Raises:  WorldError.
    """
    if not 0 < len(token) <= MAX_TOKEN_LENGTH:
        return Confirmed(Answer.UNKNOWN)
    outcome = ask(Confirm(signature_id, token, ip))
    role = SignatureRole(outcome.role) if outcome.role else SignatureRole.SIGNER
    return Confirmed(Answer(outcome.answer), role, outcome.signed_token)


def confirm_creator(petition_id: int, token: str, *, ip: str) -> None:
    """The private link was opened, so the creator's mail came through.

    Raises:  WorldError.
    """
    ask(ConfirmCreator(petition_id, token, ip))
