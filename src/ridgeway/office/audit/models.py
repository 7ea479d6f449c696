"""The audit log: one line for each act.

Law: lines are added, never changed and never deleted. The model refuses, and so does the database (triggers, made in
the first migration): whoever reaches the tables some other way is refused as well. Written by `append.py` alone.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models

MAX_ACTOR_CHARACTERS = 254
MAX_ACT_CHARACTERS = 100
MAX_SUBJECT_CHARACTERS = 200


class Unchangeable(TypeError):  # noqa: N818 - it names what the line is
    """Somebody tried to change the audit log; it is a fault of the program."""


class Entries(models.QuerySet["Entry"]):
    """Lines that can be read, and nothing else."""

    def refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Say no.

        Raises:  Unchangeable always.
        """
        raise Unchangeable("A line of the audit log is never changed: append another.")

    update = refuse
    delete = refuse
    bulk_update = refuse
    bulk_create = refuse
    update_or_create = refuse


class Entry(models.Model):
    """One act. `act` is `petitions.approve`, `subject` is `petition:700001`, `details` what else is worth knowing."""

    at: Any = models.DateTimeField()
    actor_name: Any = models.CharField(max_length=MAX_ACTOR_CHARACTERS)
    account_id: Any = models.BigIntegerField(null=True, blank=True)
    act: Any = models.CharField(max_length=MAX_ACT_CHARACTERS)
    subject: Any = models.CharField(max_length=MAX_SUBJECT_CHARACTERS)
    reason: Any = models.TextField(blank=True, default="")
    details: Any = models.JSONField(default=dict)

    objects: ClassVar[Any] = Entries.as_manager()

    class Meta:
        db_table = "audit_entry"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["subject", "-id"], name="audit_by_subject"),
            models.Index(fields=["account_id", "-id"], name="audit_by_account"),
            models.Index(fields=["act", "-id"], name="audit_by_act"),
            models.Index(fields=["at"], name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.act} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Added, if it is new.

        Raises:  Unchangeable for a line that is stored already.
        """
        if self.pk is not None or not self._state.adding:
            raise Unchangeable("A line of the audit log is never changed: append another.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused.

        Raises:  Unchangeable always.
        """
        raise Unchangeable("A line of the audit log is never deleted.")


class Seal(models.Model):
    """A line's place in the chain over the log, and the digest up to it (`sealing.py`)."""

    position: Any = models.BigIntegerField(primary_key=True)
    entry_number: Any = models.BigIntegerField(unique=True)
    digest: Any = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_seal"

    def __str__(self) -> str:
        return f"{self.position}: line {self.entry_number}"
