"""The tables of a central server: applied documents, signing keys, and management requests with what became of them.

Law: documents as `office/documents/versions.py` says. A request is kept as it came; its events are only ever added. Of
each kind one key is active; every key's certificate is announced, active or not, so that servers know the next one
before it signs. Private keys are in the signer alone.
"""

from typing import Any, ClassVar

from django.db import models

from ridgeway.office.documents.versions import AppliedDocument


class Version(AppliedDocument):
    """One version of the instance's document."""

    class Meta:
        db_table = "centralserver_version"


class SigningKey(models.Model):
    """A key of the signer that signs one kind of configuration; `certificate` is DER, self-signed.

    `node` is the central server whose signer has it, where several share this database; empty for one alone.
    """

    key_id: ClassVar[Any] = models.TextField(primary_key=True)
    kind: ClassVar[Any] = models.TextField()
    node: ClassVar[Any] = models.TextField(default="")
    certificate: ClassVar[Any] = models.BinaryField()
    is_active: ClassVar[Any] = models.BooleanField()
    made_at: ClassVar[Any] = models.DateTimeField()

    class Meta:
        db_table = "centralserver_signing_key"
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "node"], condition=models.Q(is_active=True), name="centralserver_one_active_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} key {self.key_id}"


class ReceivedRequest(models.Model):
    """A management request as it came, and what became of it. `facts` is what it asks for, as JSON.

    `state` is WAITING, APPROVED, DECLINED or REVOKED; `server` and `client` are written without the instance.
    """

    id: ClassVar[Any] = models.BigAutoField(primary_key=True)
    kind: ClassVar[Any] = models.TextField()
    origin: ClassVar[Any] = models.TextField()
    state: ClassVar[Any] = models.TextField()
    server: ClassVar[Any] = models.TextField()
    client: ClassVar[Any] = models.TextField()
    certificate_sha256: ClassVar[Any] = models.TextField()
    facts: ClassVar[Any] = models.TextField()
    content_type: ClassVar[Any] = models.TextField()
    content: ClassVar[Any] = models.BinaryField()
    remote_address: ClassVar[Any] = models.TextField()
    received_at: ClassVar[Any] = models.DateTimeField()

    class Meta:
        db_table = "centralserver_request"
        indexes = (models.Index(fields=["state", "kind"], name="centralserver_request_state"),)

    def __str__(self) -> str:
        return f"request {self.id}: {self.kind} of {self.server}"


class RequestEvent(models.Model):
    """Something that became of a request: when, by whom, and the version of the document that it led to."""

    request: ClassVar[Any] = models.ForeignKey(ReceivedRequest, on_delete=models.PROTECT, related_name="events")
    at: ClassVar[Any] = models.DateTimeField()
    by: ClassVar[Any] = models.TextField()
    state: ClassVar[Any] = models.TextField()
    note: ClassVar[Any] = models.TextField()
    version: ClassVar[Any] = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "centralserver_request_event"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.state} by {self.by}"
