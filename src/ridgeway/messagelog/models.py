"""The tables of the message log; Django makes and migrates them, `store.py` writes and reads them.

Law: a record is never changed but for three things: a stamp is added, (with a single stamp) the signature that carries
it takes the place of the one without, and an archive is named that holds it. Then, after its time, it is deleted.
Times are milliseconds since 1970, as X-Road keeps them.
Source: DM-ML (logrecord, archive digest).
"""

# Django fills in the types of fields at run time; without its plugin they stay open.
# mypy: disable-error-code="var-annotated"

from django.db import models


class Timestamp(models.Model):
    """One token. `hash_chain_result` is what a batch token is over; a single token is over a signature's value.

    `records` counts those that it stamps and that are still here; with the last of them it is deleted.
    """

    id = models.BigIntegerField(primary_key=True)
    stamped_at_ms = models.BigIntegerField()
    token = models.BinaryField()
    hash_chain_result = models.BinaryField(null=True)
    records = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "messagelog_timestamp"


class Archive(models.Model):
    """A file of containers. `group` says whose records it holds, `last_digest` is the end of the group's chain.

    It is made in two steps, so that a crash loses nothing: the row first, naming a finished file `made_as`, then the
    file takes its name. `is_in_place` is false between the two.
    """

    id = models.BigIntegerField(primary_key=True)
    group = models.TextField()
    file_name = models.TextField()
    made_as = models.TextField()
    last_digest = models.TextField()
    records = models.IntegerField()
    made_at_ms = models.BigIntegerField()
    is_in_place = models.BooleanField(default=False)
    is_transferred = models.BooleanField(default=False)

    class Meta:
        db_table = "messagelog_archive"
        indexes = (models.Index(fields=["group", "id"], name="messagelog_by_group"),)


class State(models.Model):
    """What the log must know after a restart, by name."""

    name = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta:
        db_table = "messagelog_state"


class Record(models.Model):
    """One signed message at one side. `subsystem_code` is empty when the local party is a member itself.

    `is_whole` is false where metadata alone was logged, null where it was not noted yet which.
    `key_id` names the key under which message and bodies are encrypted; empty where they are not. Stamps and archives
    are named without a constraint: to keep one, the database would look through every record for each one deleted.
    """

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
    timestamp = models.ForeignKey(Timestamp, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    timestamp_hash_chain = models.BinaryField(null=True)
    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    key_id = models.TextField(default="", db_default="")
    is_whole = models.BooleanField(null=True)

    class Meta:
        db_table = "messagelog_record"
        indexes = (
            models.Index(fields=["query_id"], name="messagelog_by_query"),
            models.Index(fields=["id"], name="messagelog_unstamped", condition=models.Q(timestamp__isnull=True)),
            models.Index(
                fields=["instance", "member_class", "member_code", "subsystem_code", "id"],
                name="messagelog_unarchived",
                condition=models.Q(archive__isnull=True, timestamp__isnull=False),
            ),
            models.Index(fields=["id"], name="messagelog_archived", condition=models.Q(archive__isnull=False)),
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
