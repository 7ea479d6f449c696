"""The table of operational records; Django makes and migrates it, `store.py` writes it, `reading.py` reads it.

Law: a column for each field of `OperationalRecord`, under the same name. Rows are added and, when old, removed.
"""

# Django fills in the types of fields at run time; without its plugin they stay open.
# mypy: disable-error-code="var-annotated"

from django.db import models


class Record(models.Model):
    """One message as one server saw it. `monitoring_data_ts` is in seconds, other times in milliseconds since 1970."""

    id = models.BigAutoField(primary_key=True)
    monitoring_data_ts = models.BigIntegerField(db_index=True)
    security_server_internal_ip = models.TextField()
    security_server_type = models.TextField()
    request_in_ts = models.BigIntegerField()
    request_out_ts = models.BigIntegerField(null=True)
    response_in_ts = models.BigIntegerField(null=True)
    response_out_ts = models.BigIntegerField()
    client_x_road_instance = models.TextField(null=True)
    client_member_class = models.TextField(null=True)
    client_member_code = models.TextField(null=True)
    client_subsystem_code = models.TextField(null=True)
    service_x_road_instance = models.TextField(null=True)
    service_member_class = models.TextField(null=True)
    service_member_code = models.TextField(null=True)
    service_subsystem_code = models.TextField(null=True)
    service_code = models.TextField(null=True)
    service_version = models.TextField(null=True)
    rest_method = models.TextField(null=True)
    rest_path = models.TextField(null=True)
    represented_party_class = models.TextField(null=True)
    represented_party_code = models.TextField(null=True)
    message_id = models.TextField(null=True)
    message_user_id = models.TextField(null=True)
    message_issue = models.TextField(null=True)
    message_protocol_version = models.TextField(null=True)
    client_security_server_address = models.TextField(null=True)
    service_security_server_address = models.TextField(null=True)
    request_size = models.BigIntegerField(null=True)
    request_mime_size = models.BigIntegerField(null=True)
    request_attachment_count = models.BigIntegerField(null=True)
    response_size = models.BigIntegerField(null=True)
    response_mime_size = models.BigIntegerField(null=True)
    response_attachment_count = models.BigIntegerField(null=True)
    succeeded = models.BooleanField()
    service_type = models.TextField(null=True)
    fault_code = models.TextField(null=True)
    fault_string = models.TextField(null=True)
    status_code = models.BigIntegerField(null=True)
    x_request_id = models.TextField(null=True)
    x_road_version = models.TextField(null=True)

    class Meta:
        db_table = "opmonitor_record"
