"""The mails that signing brings about, as rows of the outbox in the same transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ridgeway.office.notices.schema import COLUMNS, TABLE, UNIQUE, Row, render_row
from ridgeway.office.notices.values import Priority
from ridgeway.services.petitions.rules.signing import MAX_MAILS
from ridgeway.services.petitions.states import SignatureRole
from ridgeway.services.petitions.writer.rows import write_rows

CONFIRM_KINDS = {
    SignatureRole.SIGNER: "petitions.confirm_signature",
    SignatureRole.SPONSOR: "petitions.confirm_sponsor",
}
# As office/notices/schema.py's statement, for many rows at once; every name is a constant of that file.
ADD_NOTICES = (
    f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES {{places}} "  # noqa: S608
    f"ON CONFLICT ({', '.join(UNIQUE)}) DO NOTHING"
)


class Addressee(Protocol):
    """What of a signature a mail needs."""

    pk: Any
    petition_id: Any
    role: Any
    email: Any
    language: Any
    confirm_token: Any
    mails_sent: Any


@dataclass(slots=True)
class Mails:
    """What is to be mailed when the transaction is committed."""

    now: datetime
    rows: list[Row] = field(default_factory=list, repr=False)

    def ask_to_confirm(self, signature: Addressee) -> bool:
        """The link that confirms goes to the signer; false when that address has had enough mails."""
        if signature.mails_sent >= MAX_MAILS:
            return False
        signature.mails_sent += 1
        self.send_link(signature)
        return True

    def send_link(self, signature: Addressee) -> None:
        """The link that confirms goes to the signer, as the `mails_sent`th mail."""
        self.post(
            CONFIRM_KINDS[SignatureRole(signature.role)],
            signature,
            version=str(signature.mails_sent),
            payload={"token": signature.confirm_token},
            priority=Priority.URGENT,
        )

    def tell_signed(self, signature: Addressee) -> bool:
        """Whoever reads that address learns that it has signed already; at most once a day."""
        if signature.mails_sent >= MAX_MAILS:
            return False
        signature.mails_sent += 1
        self.post("petitions.already_signed", signature, version=f"{self.now:%Y-%m-%d}", payload={})
        return True

    def post(
        self,
        kind: str,
        signature: Addressee,
        *,
        version: str,
        payload: dict[str, Any],
        priority: Priority = Priority.NORMAL,
    ) -> None:
        """One mail to one signer."""
        self.rows.append(
            render_row(
                kind,
                subject=f"petition:{signature.petition_id}",
                recipient_key=f"signature:{signature.pk}",
                version=version,
                address=signature.email,
                language=signature.language,
                payload=payload,
                now=self.now,
                priority=priority,
            )
        )

    def write(self) -> None:
        """The mails are in the outbox."""
        write_rows(ADD_NOTICES, self.rows)
