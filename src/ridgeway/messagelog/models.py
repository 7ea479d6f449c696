"""The tables of the message log; Django makes and migrates them, `store.py` writes and reads them.

Law: single rows are never changed but for two things: a stamp is added, and (with a single stamp) the signature that
carries it takes the place of the one without. Times are milliseconds since 1970, as X-Road keeps them.
Source: DM-ML (logrecord).
"""

# Django fills in the types of fields at run time; without its plugin they stay open.
# mypy: disable-error-code="var-annotated"

from django.db import models


class Timestamp(models.Model):
    """One token. `hash_chain_result` is what a batch token is over; a single token is over a signature's value."""

    id = models.BigIntegerField(primary_key=True)
    stamped_at_ms = models.BigIntegerField()
    token = models.BinaryField()
    hash_chain_result = models.BinaryField(null=True)

    class Meta:
        db_table = "messagelog_timestamp"


class Record(models.Model):
    """One signed message at one side. `subsystem_code` is empty when the local party is a member itself."""

    id = models.BigIntegerField(primary_key=True)
    logged_at_ms = models.BigIntegerField()
    query_id = models.TextField()
    request_id = models.TextField()
    is_response = models.BooleanField()
    instance = models.TextField()
    member_class = models.TextField()
    member_code = models.TextField()
    subsystem_code = models.TextField()
    message = models.BinaryField()
    signature = models.BinaryField()
    signature_hash = models.BinaryField()
    hash_chain = models.BinaryField(null=True)
    hash_chain_result = models.BinaryField(null=True)
    timestamp = models.ForeignKey(Timestamp, on_delete=models.PROTECT, null=True, db_index=False)
    timestamp_hash_chain = models.BinaryField(null=True)

    class Meta:
        db_table = "messagelog_record"
        indexes = (
            models.Index(fields=["query_id"], name="messagelog_by_query"),
            models.Index(fields=["id"], name="messagelog_unstamped", condition=models.Q(timestamp__isnull=True)),
        )


class Body(models.Model):
    """A REST body or an attachment; `content` is null when it was too long to be kept."""

    id = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT)
    number = models.IntegerField()
    digest = models.BinaryField()
    size = models.BigIntegerField()
    content = models.BinaryField(null=True)

    class Meta:
        db_table = "messagelog_body"
