"""The kinds of messages and identifiers: identifier, rest-message, soap, transport, request-hash-pair.

Law: as `outcome.py` says; every kind runs through the public names of `ridgeway.protocol`.
"""

import base64
import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.conformance.outcome import Outcome, Vector, judge_cases, valid

from ridgeway.errors import AccessError, MessageError
from ridgeway.protocol.identifiers import (
    MemberId,
    SubsystemId,
    decode_code,
    parse_identifier_xml,
    render_encoded_id,
    render_path,
)
from ridgeway.protocol.identifiers.xml import CODES
from ridgeway.protocol.messages import (
    Fault,
    RestRequest,
    RestResponse,
    SoapMessage,
    build_rest_request,
    read_rest_message,
    read_soap,
    read_soap_message,
    request_hash,
    verify_consistent_headers,
    write_metadata_only,
    write_soap_response,
)
from ridgeway.protocol.messages.media import find_media_type
from ridgeway.protocol.messages.paths import resolve_service_path
from ridgeway.protocol.transport import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    Event,
    FaultPart,
    MessagePart,
    SignaturePart,
    TransportDecoder,
)
from ridgeway.protocol.transport.multipart import MultipartReader, PartBegins, PartData, PartEnds

Check = Callable[[Any], str | None]


def check_identifier(vector: Vector, root: Path) -> Outcome:
    """An identifier in XML, or a file of cases in strings."""
    if vector.files[0].endswith(".json"):
        return judge_cases(list(list_string_differences(vector.read_json(root))))
    identifier = parse_identifier_xml(vector.read(root), expected_type=vector.context.get("expected_type"))
    return valid(
        {
            "type": identifier.object_type,
            "string": str(identifier),
            "parts": identifier.codes,
            "version": getattr(identifier, "version", None),
        }
    )


def list_string_differences(cases: Mapping[str, Any]) -> Iterator[str]:
    """What differs in the cases of the strings."""
    for case in cases.get("encoded_id", ()):
        codes = case["client"]
        client = MemberId(*codes) if len(codes) == 3 else SubsystemId(*codes)
        for key, has_type in (("encoded", False), ("encoded_with_type", True)):
            if key in case:
                yield from differ(key, render_encoded_id(client, has_type=has_type), case[key])
    for case in cases.get("path_segment_decode", ()):
        yield from differ(case["in"], attempt(decode_code, case["in"]), None if case.get("error") else case["out"])
    for case in cases.get("decode_and_normalize", ()):
        yield from differ(case["in"], attempt(resolve_service_path, case["in"]), case.get("out"))
    if "object_types" in cases:
        yield from differ("object_types", set(CODES), set(cases["object_types"]))


def attempt(function: Callable[[str], str], text: str) -> str | None:
    """What the function makes of the text; None when it refuses."""
    try:
        return function(text)
    except (MessageError, AccessError):
        return None


def differ(name: str, found: Any, expected: Any) -> Iterator[str]:
    """A phrase when two values differ."""
    if found != expected:
        yield f"{name!r} gives {found!r}, expected {expected!r}"


def check_rest_message(vector: Vector, root: Path) -> Outcome:
    """A serialised REST message, or a file of messages to be made."""
    if vector.files[0].endswith(".json"):
        cases = vector.read_json(root)["cases"]
        return judge_cases([difference for case in cases for difference in list_making_differences(case)])
    message = read_rest_message(vector.read(root))
    values: dict[str, Any] = {
        "headers": message.headers,
        "query_id": message.query_id or None,
        "x_road_request_id": message.request_id or None,
        "client": render_path(message.client),
        "service": render_path(message.service),
        "sender": render_path(message.sender),
        "message_sha512": hashlib.sha512(message.bytes).hexdigest(),
        "filtered": write_metadata_only(message).decode(),
    }
    return valid(values | (describe_request(message) if isinstance(message, RestRequest) else describe(message)))


def describe_request(message: RestRequest) -> dict[str, Any]:
    """What only requests have."""
    return {
        "type": "request",
        "verb": message.verb,
        "path": message.path,
        "query": message.query,
        "service_path": message.service_path,
    }


def describe(message: RestResponse) -> dict[str, Any]:
    """What only responses have."""
    return {
        "type": "response",
        "status": message.status,
        "reason": message.reason,
        "request_hash": message.request_hash,
    }


def list_making_differences(case: Mapping[str, Any]) -> Iterator[str]:
    """What differs when a request is made of its parts."""
    verb, path, query, headers, request_id = case["args"]
    target = path if query is None else f"{path}?{query}"
    pairs = [(name, value) for name, value in headers]
    try:
        message = build_rest_request(verb, target, pairs, new_request_id=request_id, new_query_id="none-given")
    except MessageError as error:
        yield from differ(case["id"], "error", case["expect"] if case["expect"] != "error" else "error")
        if case["expect"] != "error":
            yield error.detail
        return
    if case["expect"] == "error":
        yield f"{case['id']!r} was made, expected an error"
    if "serialised" in case:
        yield from differ(case["id"], message.bytes.decode(), case["serialised"])
    if isinstance(case["expect"], dict):
        party = message.represented_party
        found = {"party_class": party.party_class, "party_code": party.party_code} if party else None
        yield from differ(case["id"], found, case["expect"])


def check_soap(vector: Vector, root: Path) -> Outcome:
    """A SOAP message to be read, or two to be compared."""
    operation = str(vector.context.get("operation", "parse"))
    data = vector.read(root)
    if operation.startswith("make"):
        request = read_soap_message(data)
        answer = f"<{request.service.service_code}Response/>".encode()
        return valid(describe_soap(read_soap_message(write_soap_response(request, answer))))
    if "second" in vector.context:
        second = (root / vector.context["second"]).read_bytes()
        verify_consistent_headers(read_soap_message(data), read_soap_message(second))
        return valid({"consistent": True})
    message = read_soap(data, content_type=vector.context.get("content_type", "text/xml"))
    values = {"fault": same_fault(message)} if isinstance(message, Fault) else describe_soap(message)
    return valid({**values, "bytes_unchanged": message.bytes == data})


def describe_soap(message: SoapMessage) -> dict[str, Any]:
    """The values of a SOAP message."""
    party, given_hash, server = message.represented_party, message.request_hash, message.server
    return {
        "type": "response" if message.is_response else "request",
        "rpc_encoded": message.is_rpc,
        "body_element": message.body_name,
        "client": "/".join(message.client.codes),
        "client_object_type": message.client.object_type,
        "service": "/".join(message.service.codes),
        "user_id": message.user_id,
        "query_id": message.query_id,
        "issue": message.issue,
        "protocol_version": message.protocol_version,
        "represented_party": party and {"partyClass": party.party_class, "partyCode": party.party_code},
        "request_hash": given_hash and {"algorithmId": given_hash.algorithm, "value": given_hash.value},
        "security_server": server and "/".join(server.codes),
    }


def same_fault(fault: Fault) -> Callable[[Any], bool]:
    """A comparison with as many parts of the fault as are expected."""
    found = {"code": fault.code, "string": fault.string, "actor": fault.actor, "detail": fault.detail}
    return lambda expected: expected is True or all(found.get(key) == value for key, value in expected.items())


def check_request_hash_pair(vector: Vector, root: Path) -> Outcome:
    """A request and its response in two containers."""
    request, response = (read_container_message(root / name) for name in vector.files[:2])
    answer = read_soap_message(response)
    assert answer.request_hash is not None
    computed = base64.b64encode(hashlib.sha512(request).digest()).decode()
    assert computed == request_hash(request)
    if answer.request_hash.value != computed:
        return Outcome("error", code="inconsistent_response")
    return valid({"request_hash": answer.request_hash.value, "algorithm": answer.request_hash.algorithm})


def read_container_message(path: Path) -> bytes:
    """The message in a container."""
    with zipfile.ZipFile(path) as archive:
        return archive.read("message.xml")


def check_transport(vector: Vector, root: Path) -> Outcome:
    """A message between two proxies, or the boundary of a folded header."""
    if vector.files and vector.files[0].endswith(".json"):
        cases = vector.read_json(root)["cases"]
        return judge_cases([each for case in cases for each in list_boundary_differences(case)], result="valid")
    content_type = vector.context["content_type"]
    decoder = TransportDecoder(content_type, role="response", is_rest=False)
    data = vector.read(root) if vector.files else b""
    events = [*decoder.feed(data), *decoder.close()]
    faults = [event for event in events if isinstance(event, FaultPart)]
    values = {
        "soap": any(isinstance(event, MessagePart) for event in events),
        "attachments": sum(isinstance(event, AttachmentStarted) for event in events),
        "signature": any(isinstance(event, SignaturePart) for event in events),
        "fault": same_fault(faults[0].fault) if faults else False,
    }
    is_multipart = content_type.startswith("multipart/")
    return valid(values, mime=describe_parts(data, content_type, events)) if is_multipart else valid(values)


def list_boundary_differences(case: Mapping[str, Any]) -> Iterator[str]:
    """What differs in one header."""
    media_type = find_media_type(case["content_type"])
    boundary = media_type.parameters.get("boundary") if media_type else None
    yield from differ(case["content_type"], boundary, case["boundary"])


def describe_parts(data: bytes, content_type: str, events: list[Event]) -> list[dict[str, Any]]:
    """The parts as the folder describes them, with those of attachments."""
    parts = list(split_parts(data, content_type))
    for part, content in parts:
        if (part["content_type"] or "").startswith("multipart/"):
            part["parts"] = [each for each, _ in split_parts(content, part["content_type"])]
            assert [each["sha256"] for each in part["parts"]] == list(list_attachment_digests(events))
    return [part for part, _ in parts]


def split_parts(data: bytes, content_type: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Each part of a multipart with its bytes."""
    media_type = find_media_type(content_type)
    assert media_type is not None
    headers: dict[str, str] = {}
    content = b""
    for event in MultipartReader(media_type.parameters["boundary"]).feed(data):
        match event:
            case PartBegins(found):
                headers, content = {name.lower(): value for name, value in found}, b""
            case PartData(more):
                content += more
            case PartEnds():
                name = headers.pop("content-type", None)
                digest = hashlib.sha256(content).hexdigest()
                yield {"content_type": name, "headers": headers, "length": len(content), "sha256": digest}, content


def list_attachment_digests(events: list[Event]) -> Iterator[str]:
    """The digest of each attachment that the decoder gave."""
    digest = hashlib.sha256()
    for event in events:
        match event:
            case AttachmentStarted():
                digest = hashlib.sha256()
            case AttachmentChunk(data):
                digest.update(data)
            case AttachmentEnded():
                yield digest.hexdigest()
