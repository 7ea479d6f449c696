"""The mails that signing brings about, as rows of the outbox in the same transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from ridgeway.office.notices.schema import INSERT_NOTICE, Row, render_row
from ridgeway.office.notices.values import Priority
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.rules.signing import MAX_MAILS
from ridgeway.services.petitions.states import SignatureRole

CONFIRM_KINDS = {
    SignatureRole.SIGNER: "petitions.confirm_signature",
    SignatureRole.SPONSOR: "petitions.confirm_sponsor",
}


@dataclass(slots=True)
class Mails:
    """What is to be mailed when the transaction is committed."""

    now: datetime
    rows: list[Row] = field(default_factory=list, repr=False)

    def ask_to_confirm(self, signature: Signature) -> bool:
        """The link that confirms goes to the signer; false when that address has had enough mails."""
        if signature.mails_sent >= MAX_MAILS:
            return False
        signature.mails_sent += 1
        self.send_link(signature)
        return True

    def send_link(self, signature: Signature) -> None:
        """The link that confirms goes to the signer, as the `mails_sent`th mail."""
        self.post(
            CONFIRM_KINDS[SignatureRole(signature.role)],
            signature,
            version=str(signature.mails_sent),
            payload={"token": signature.confirm_token},
            priority=Priority.URGENT,
        )

    def tell_signed(self, signature: Signature) -> bool:
        """Whoever reads that address learns that it has signed already; at most once a day."""
        if signature.mails_sent >= MAX_MAILS:
            return False
        signature.mails_sent += 1
        self.post("petitions.already_signed", signature, version=f"{self.now:%Y-%m-%d}", payload={})
        return True

    def tell_creator(self, petition: Petition, kind: str, *, version: str, payload: dict[str, Any]) -> None:
        """A word to the creator about supporters."""
        if petition.creator is not None:
            self.post(kind, petition.creator, version=version, payload=payload)

    def post(
        self,
        kind: str,
        signature: Signature,
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
        if self.rows:
            with connection.cursor() as cursor:
                cursor.executemany(INSERT_NOTICE, self.rows)
