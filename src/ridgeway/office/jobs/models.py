"""What became of each duty, and which process may run it now.

Law: one row a duty, which is also its lock: who holds an unexpired lease runs it, nobody else. Times are milliseconds
since 1970. Next: `lease.py`.
"""

# Django fills in the types of fields at run time; without its plugin they stay open.
# mypy: disable-error-code="var-annotated"

from typing import ClassVar

from django.db import models


class DutyRun(models.Model):
    """The last run of a duty, and the lease of the run that goes on."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at_ms = models.BigIntegerField()
    holder = models.CharField(max_length=64, default="", db_default="")
    leased_until_ms = models.BigIntegerField(default=0, db_default=0)
    started_at_ms = models.BigIntegerField(null=True)
    finished_at_ms = models.BigIntegerField(null=True)
    succeeded_at_ms = models.BigIntegerField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    result = models.TextField(default="", db_default="")
    error = models.TextField(default="", db_default="")
    failures = models.IntegerField(default=0, db_default=0)

    class Meta:
        """Table `jobs_duty`."""

        db_table = "jobs_duty"
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """The duty's name."""
        return self.name
