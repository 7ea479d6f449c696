"""The tables of the outbox.

Law: a row is unique for kind, subject, version and recipient, which is what makes "once" true. A claim and the time at
which the notice is due next stand in the row: who claims it moves `due_at_ms` behind the end of the lease. Times are
milliseconds since 1970. `schema.py` writes rows without these classes: a column that it does not know has a default in
the database. Next: `claims.py`.
"""

# Django fills in the types of fields at run time; without its plugin they stay open.
# mypy: disable-error-code="var-annotated"

from typing import ClassVar

from django.db import models

from ridgeway.office.notices.values import MailingState, State

MAX_NAME_LENGTH = 80
MAX_KEY_LENGTH = 120
MAX_ADDRESS_LENGTH = 254


class RequestedMailing(models.Model):
    """A notice to many; `after_key` is the last recipient who has a row of their own."""

    kind = models.CharField(max_length=MAX_NAME_LENGTH)
    subject = models.CharField(max_length=MAX_KEY_LENGTH)
    version = models.CharField(max_length=MAX_KEY_LENGTH)
    payload = models.TextField()
    state = models.CharField(max_length=10, default=MailingState.OPEN.value)
    requested_at_ms = models.BigIntegerField()
    due_at_ms = models.BigIntegerField()
    after_key = models.CharField(max_length=MAX_KEY_LENGTH, default="")
    recipients = models.IntegerField(default=0)
    finished_at_ms = models.BigIntegerField(null=True)

    class Meta:
        """Table `notices_mailing`."""

        db_table = "notices_mailing"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "subject", "version"], name="notices_mailing_once")
        ]

    def __str__(self) -> str:
        """What it is about."""
        return f"{self.kind} {self.subject} {self.version}"


class QueuedNotice(models.Model):
    """One notice to one recipient."""

    kind = models.CharField(max_length=MAX_NAME_LENGTH)
    subject = models.CharField(max_length=MAX_KEY_LENGTH)
    version = models.CharField(max_length=MAX_KEY_LENGTH)
    recipient_key = models.CharField(max_length=MAX_KEY_LENGTH)
    address = models.CharField(max_length=MAX_ADDRESS_LENGTH)
    language = models.CharField(max_length=16)
    payload = models.TextField()
    priority = models.SmallIntegerField()
    created_at_ms = models.BigIntegerField()
    due_at_ms = models.BigIntegerField()
    state = models.CharField(max_length=8, default=State.QUEUED.value, db_default=State.QUEUED.value)
    outcome = models.CharField(max_length=12, default="", db_default="")
    note = models.CharField(max_length=200, default="", db_default="")
    attempts = models.IntegerField(default=0, db_default=0)
    claim = models.CharField(max_length=40, default="", db_default="")
    settled_at_ms = models.BigIntegerField(null=True)
    mailing = models.ForeignKey(RequestedMailing, null=True, on_delete=models.PROTECT, db_index=False)

    class Meta:
        """Table `notices_notice`."""

        db_table = "notices_notice"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "subject", "version", "recipient_key"], name="notices_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["priority", "due_at_ms", "id"], condition=models.Q(state=State.QUEUED.value), name="notices_due"
            ),
            models.Index(fields=["mailing"], condition=models.Q(mailing__isnull=False), name="notices_of_mailing"),
            models.Index(fields=["claim"], condition=~models.Q(claim=""), name="notices_claimed"),
            models.Index(fields=["recipient_key"], name="notices_of_recipient"),
            models.Index(
                fields=["settled_at_ms"], condition=models.Q(settled_at_ms__isnull=False), name="notices_settled"
            ),
        ]

    def __str__(self) -> str:
        """What it is about; never to whom."""
        return f"{self.kind} {self.subject} {self.version}"
