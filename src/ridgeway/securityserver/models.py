"""The tables of one security server: applied documents, what was registered with the central server, and requests.

Law: documents as `office/documents/versions.py` says; the newest version is what counts. Requests are only ever added.
"""

from typing import Any, ClassVar

from django.db import models

from ridgeway.office.documents.versions import AppliedDocument


class Version(AppliedDocument):
    """One version of the server's document."""

    class Meta:
        db_table = "securityserver_version"


class Registration(models.Model):
    """What was asked last about a client or an authentication certificate, as `RegistrationState` names it.

    `subject` is `client CLASS/MEMBER/SUBSYSTEM` or `certificate SHA-256`.
    """

    subject: ClassVar[Any] = models.TextField(primary_key=True)
    state: ClassVar[Any] = models.TextField()
    changed_at: ClassVar[Any] = models.DateTimeField()

    class Meta:
        db_table = "securityserver_registration"

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"


class SentRequest(models.Model):
    """A management request that was sent, by whom; the number that the central server gave it, or why it refused."""

    kind: ClassVar[Any] = models.TextField()
    subject: ClassVar[Any] = models.TextField()
    facts: ClassVar[Any] = models.TextField()
    sent_at: ClassVar[Any] = models.DateTimeField()
    by: ClassVar[Any] = models.TextField()
    central_id: ClassVar[Any] = models.BigIntegerField(null=True)
    fault: ClassVar[Any] = models.TextField()

    class Meta:
        db_table = "securityserver_sent_request"

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"
