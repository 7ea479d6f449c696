"""The operational record: what one security server noted of one message, with the names that X-Road gives it.

Law: the names in JSON are X-Road's, made from ours (`request_in_ts` ↔ `requestInTs`); a value that is not known is
left out. Nothing of a message's content is in a record, and of a REST path only the pattern of the endpoint it met.
Source: PR-OPMON §2 and Annex B. Read next: `queries.py` for what is asked, `rights.py` for who may see what.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

MAX_TEXT_CHARACTERS = 255
MAX_FAULT_CHARACTERS = 2048
MAX_NUMBER = 2**62

Count = Annotated[int, msgspec.Meta(ge=0, lt=MAX_NUMBER)]
"""A time, a size or a count; it fits into a column of either database."""
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT_CHARACTERS)]
LongText = Annotated[str, msgspec.Meta(max_length=MAX_FAULT_CHARACTERS)]


class ServerType(StrEnum):
    """Which half of an exchange a record is of."""

    CLIENT = "Client"
    PRODUCER = "Producer"


class OperationalRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One message as one server saw it.

    Units:  `monitoring_data_ts` are seconds since 1970 (when the record was stored), every other `…_ts` milliseconds;
            sizes are bytes.
    """

    monitoring_data_ts: Count | None = None
    security_server_internal_ip: Text
    security_server_type: ServerType
    request_in_ts: Count
    request_out_ts: Count | None = None
    response_in_ts: Count | None = None
    response_out_ts: Count
    client_x_road_instance: Text | None = None
    client_member_class: Text | None = None
    client_member_code: Text | None = None
    client_subsystem_code: Text | None = None
    service_x_road_instance: Text | None = None
    service_member_class: Text | None = None
    service_member_code: Text | None = None
    service_subsystem_code: Text | None = None
    service_code: Text | None = None
    service_version: Text | None = None
    rest_method: Text | None = None
    rest_path: Text | None = None
    represented_party_class: Text | None = None
    represented_party_code: Text | None = None
    message_id: Text | None = None
    message_user_id: Text | None = None
    message_issue: Text | None = None
    message_protocol_version: Text | None = None
    client_security_server_address: Text | None = None
    service_security_server_address: Text | None = None
    request_size: Count | None = None
    request_mime_size: Count | None = None
    request_attachment_count: Count | None = None
    response_size: Count | None = None
    response_mime_size: Count | None = None
    response_attachment_count: Count | None = None
    succeeded: bool
    service_type: Text | None = None
    fault_code: Text | None = None
    fault_string: LongText | None = None
    status_code: Count | None = None
    x_request_id: Text | None = None
    x_road_version: Text | None = None


JSON_NAMES: dict[str, str] = {field.name: field.encode_name for field in msgspec.structs.fields(OperationalRecord)}
"""Our name of a field → its name in JSON, in the order of the specification."""

OUTPUT_FIELDS = frozenset(JSON_NAMES.values())
"""Every field that may be asked for."""

RESTRICTED_FIELD = "securityServerInternalIp"
"""The field that the owner of the server and the central monitoring client alone may see."""
