"""The tables of a central server: applied documents, and the keys that sign the configuration.

Law: documents as `office/documents/versions.py` says. Of each kind one key is active; every key's certificate is
announced, active or not, so that servers know the next one before it signs. Private keys are in the signer alone.
"""

from typing import Any, ClassVar

from django.db import models

from ridgeway.office.documents.versions import AppliedDocument


class Version(AppliedDocument):
    """One version of the instance's document."""

    class Meta:
        db_table = "centralserver_version"


class SigningKey(models.Model):
    """A key of the signer that signs one kind of configuration; `certificate` is DER, self-signed."""

    key_id: ClassVar[Any] = models.TextField(primary_key=True)
    kind: ClassVar[Any] = models.TextField()
    certificate: ClassVar[Any] = models.BinaryField()
    is_active: ClassVar[Any] = models.BooleanField()
    made_at: ClassVar[Any] = models.DateTimeField()

    class Meta:
        db_table = "centralserver_signing_key"
        constraints = (
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(is_active=True), name="centralserver_one_active_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} key {self.key_id}"
