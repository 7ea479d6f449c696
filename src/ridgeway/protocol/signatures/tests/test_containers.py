import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import ContainerError, RidgewayError
from ridgeway.protocol.hashchains import SHA512
from ridgeway.protocol.signatures.containers import (
    CONTAINER_TYPE,
    ContainerParts,
    read_container,
    render_container_name,
    write_container,
)
from ridgeway.protocol.signatures.containers import read as reading
from ridgeway.protocol.signatures.tests.cast import sha512

AT = datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)
PARTS = ContainerParts(
    b"<message/>", b"<signature/>", b"<result/>", b"<chain/>", b"<ts/>", b"<tschain/>", b"token", (b"one", None, b"3")
)
WHOLE = write_container(PARTS, at=AT)


def zip_of(entries, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


NEEDED = (("mimetype", CONTAINER_TYPE), ("message.xml", "m"), ("META-INF/signatures.xml", "s"))


def test_the_same_parts_give_the_same_bytes():
    assert write_container(PARTS, at=AT) == WHOLE


def test_what_is_written_is_read():
    container = read_container(WHOLE)
    assert container.message == b"<message/>"
    assert container.entries["META-INF/timestamp.tst"] == b"token"
    assert {name: each(SHA512) for name, each in container.attachments.items()} == {
        "attachment1": sha512(b"one"),
        "attachment3": sha512(b"3"),
    }


def test_entries_stand_in_the_order_of_the_specification():
    assert zipfile.ZipFile(io.BytesIO(WHOLE)).namelist() == [
        "mimetype",
        "message.xml",
        "META-INF/signatures.xml",
        "sig-hashchainresult.xml",
        "sig-hashchain.xml",
        "ts-hashchainresult.xml",
        "ts-hashchain.xml",
        "META-INF/manifest.xml",
        "META-INF/ASiCManifest.xml",
        "META-INF/timestamp.tst",
        "attachment1",
        "attachment3",
    ]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        (NEEDED[1:], "asic_mime_type_not_found"),
        ((("mimetype", " \n"), *NEEDED[1:]), "asic_mime_type_not_found"),
        ((("mimetype", "text/plain"), *NEEDED[1:]), "asic_invalid_mime_type"),
        ((NEEDED[0], NEEDED[2]), "asic_message_not_found"),
        ((NEEDED[0], ("MESSAGE.XML", "m"), NEEDED[2]), "asic_message_not_found"),
        ((NEEDED[0], NEEDED[1], ("META-INF/signatures0.xml", "s")), "asic_signature_not_found"),
        ((*NEEDED, ("sig-hashchain.xml", "x")), "asic_hash_chain_result_not_found"),
        ((*NEEDED, ("sig-hashchainresult.xml", "x")), "asic_hash_chain_not_found"),
        ((*NEEDED, ("sig-hashchainresult.xml", "x"), ("sig-hashchain.xml", "  ")), "asic_hash_chain_not_found"),
        ((*NEEDED, ("ts-hashchainresult.xml", "x")), "asic_hash_chain_not_found"),
        ((*NEEDED, ("META-INF/timestamp.tst", "")), "asic_timestamp_not_found"),
        ((*NEEDED, ("META-INF/ASiCManifest.xml", " ")), "asic_manifest_not_found"),
    ],
)
def test_what_lacks_is_said_in_order(entries, code):
    with pytest.raises(ContainerError) as refused:
        read_container(zip_of(entries))
    assert refused.value.code == code


def test_blank_hash_chains_are_none_and_the_type_is_compared_without_case():
    blank = (("sig-hashchainresult.xml", " "), ("sig-hashchain.xml", ""))
    container = read_container(zip_of((("mimetype", CONTAINER_TYPE.upper()), *NEEDED[1:], *blank, ("other", "x"))))
    assert sorted(container.entries) == ["META-INF/signatures.xml", "message.xml", "mimetype"]


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(reading, "MAX_TEXT_ENTRY_BYTES", 1000)
    with pytest.raises(ContainerError) as refused:
        read_container(zip_of((NEEDED[0], ("message.xml", b"\0" * 1001), NEEDED[2])))
    assert refused.value.code == "asic_message_not_found"


def test_a_false_size_is_not_believed():
    data = bytearray(zip_of((NEEDED[0], ("message.xml", b"m" * 50_000), NEEDED[2])))
    size = (50_000).to_bytes(4, "little")
    position = data.rindex(size)
    data[position : position + 4] = (10).to_bytes(4, "little")
    with pytest.raises(ContainerError):
        read_container(bytes(data))


def test_too_many_entries_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ENTRIES", 3)
    with pytest.raises(ContainerError):
        read_container(zip_of((*NEEDED, ("attachment1", "x"))))


def test_a_large_directory_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(ContainerError):
        read_container(WHOLE)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method):
    with pytest.raises(ContainerError):
        read_container(zip_of(NEEDED, method))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4), st.integers(0, 30))
def test_a_damaged_container_is_refused_or_read(position, patch, removed):
    try:
        container = read_container(WHOLE[:position] + patch + WHOLE[position + removed :])
        for attachment in container.attachments.values():
            attachment(SHA512)
    except RidgewayError:
        return
    assert container.message.strip()


@given(st.binary(max_size=300))
def test_garbage_is_no_container(data):
    with pytest.raises(ContainerError) as refused:
        read_container(data)
    assert refused.value.code == "asic_mime_type_not_found"


@pytest.mark.parametrize(
    ("query_id", "is_response", "number", "name"),
    [
        ("a b/c", False, 1, "a+b%2Fc-request-1.asice"),
        ("ID1234", True, 32, "ID1234-response-10.asice"),
        ("x" * 300, False, 31, "x" * 226 + "-request-v.asice"),
    ],
)
def test_a_container_is_named_by_its_query(query_id, is_response, number, name):
    assert render_container_name(query_id, is_response=is_response, number=number) == name
