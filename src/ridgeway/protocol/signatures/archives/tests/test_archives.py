import io
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import ArchiveError
from ridgeway.protocol.signatures.archives import (
    FIRST,
    ArchiveWriter,
    Link,
    LinkedFile,
    LinkingInfo,
    VerifiedArchive,
    link_digest,
    parse_digest,
    read_archive,
    read_linking_info,
    render_archive_name,
    verify_archive,
    verify_links,
    write_linking_info,
)
from ridgeway.protocol.signatures.archives import read as reading

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
VECTORS = Path(os.environ.get("VECTORS_DIR", Path(__file__).parents[6] / ".." / "shared" / "vectors")) / "archive"
NAMES = st.from_regex(r"[a-zA-Z0-9%._+-]{1,20}\.asice", fullmatch=True)


def make_archive(*contents: bytes, previous: Link = FIRST, start: int = 1) -> bytes:
    file = io.BytesIO()
    writer = ArchiveWriter(file, previous=previous)
    for number, content in enumerate(contents, start):
        writer.add(f"q-request-{number}.asice", content, at=AT + timedelta(seconds=number))
    writer.finish()
    return file.getvalue()


def prove(data: bytes, *, name: str = "a.zip", previous_digest: str | None = None) -> VerifiedArchive:
    return verify_archive(read_archive(io.BytesIO(data), name=name), previous_digest=previous_digest)


def make_zip(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def linking(*contents: tuple[str, bytes]) -> bytes:
    """The linking info over these containers."""
    proven = prove(make_archive(*(data for _, data in contents)))
    files = tuple(LinkedFile(each.digest, name) for each, (name, _) in zip(proven.containers, contents, strict=True))
    return write_linking_info(LinkingInfo(FIRST, "SHA-512", files))


def test_an_archive_is_proven_from_its_first_link_to_its_last():
    proven = prove(make_archive(b"one", b"two"), previous_digest="")
    assert proven.is_first
    assert [each.name for each in proven.containers] == ["q-request-1.asice", "q-request-2.asice"]
    assert proven.last == Link(proven.containers[-1].digest, "a.zip")
    assert len(proven.last.digest) == 128


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.integers(1, 4))
@settings(deadline=None)
def test_whatever_is_written_is_proven_and_every_changed_container_is_noticed(contents: list[bytes], which: int):
    data = make_archive(*contents)
    assert len(prove(data, previous_digest="").containers) == len(contents)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    changed = which % len(contents)
    entries[changed] = (entries[changed][0], entries[changed][1] + b"!")
    with pytest.raises(ArchiveError, match="is not what was linked"):
        prove(make_zip(*entries), previous_digest="")


def test_a_container_taken_out_or_put_in_or_exchanged_is_noticed():
    data = make_archive(b"one", b"two")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first, second, info = [(name, archive.read(name)) for name in archive.namelist()]
    for entries in ((first, info), (first, second, ("q-request-3.asice", b"three"), info)):
        with pytest.raises(ArchiveError, match="but not in both"):
            prove(make_zip(*entries))
    for exchanged in ((second, first, info), ((first[0], second[1]), (second[0], first[1]), info)):
        with pytest.raises(ArchiveError, match="is not what was linked"):
            prove(make_zip(*exchanged))
    with pytest.raises(ArchiveError, match="holds no container"):
        prove(make_zip(info))
    with pytest.raises(ArchiveError, match="has no entry linkinginfo"):
        prove(make_zip(first, second))


def test_an_archive_follows_the_one_before_it_alone():
    first = prove(make_archive(b"one"), name="1.zip")
    data = make_archive(b"two", previous=first.last, start=2)
    second = prove(data, name="2.zip", previous_digest=first.last.digest)
    assert (second.previous, second.is_first) == (Link(first.last.digest, "1.zip"), False)
    with pytest.raises(ArchiveError, match=r"2\.zip follows the link .*, not nothing"):
        prove(data, name="2.zip", previous_digest="")
    with pytest.raises(ArchiveError, match="not the link abcd"):
        prove(data, name="2.zip", previous_digest="abcd")


def test_a_chain_of_archives_is_proven_in_any_order_and_two_chains_side_by_side():
    first = prove(make_archive(b"one"), name="1.zip")
    second = prove(make_archive(b"two", previous=first.last), name="2.zip")
    third = prove(make_archive(b"three", previous=second.last), name="3.zip")
    other = prove(make_archive(b"other"), name="other.zip")
    assert verify_links([third, first, second]) == (first, second, third)
    assert verify_links([third, other, first, second]) == (other, first, second, third)
    assert verify_links([second, third], previous=first.last) == (second, third)
    with pytest.raises(ArchiveError, match=r"3\.zip follows .*2\.zip, which is not here"):
        verify_links([first, third])
    with pytest.raises(ArchiveError, match=r"2\.zip follows"):
        verify_links([second, third])
    with pytest.raises(ArchiveError, match="no archive follows the link"):
        verify_links([first, second], previous=third.last)
    with pytest.raises(ArchiveError, match="given twice"):
        verify_links([first, first])
    fork = prove(make_archive(b"fork", previous=first.last), name="fork.zip")
    with pytest.raises(ArchiveError, match="both follow"):
        verify_links([first, second, fork])


def test_an_archive_with_a_chain_of_another_digest_is_proven():
    file = io.BytesIO()
    writer = ArchiveWriter(file, algorithm="SHA-256")
    writer.add("a-request-1.asice", b"one", at=AT)
    writer.finish()
    proven = prove(file.getvalue())
    assert (proven.algorithm, len(proven.last.digest)) == ("SHA-256", 64)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../evil.asice", "no plain file name"),
        ("/etc/evil.asice", "no plain file name"),
        ("a\\b.asice", "no plain file name"),
        ("a b.asice", "no plain file name"),
        ("readme.txt", "neither a container"),
        ("sub/", "no plain file name"),
    ],
)
def test_a_name_that_points_elsewhere_or_is_not_linked_is_refused(name: str, why: str):
    data = make_zip(("a.asice", b"one"), (name, b""), ("linkinginfo", linking(("a.asice", b"one"))))
    with pytest.raises(ArchiveError, match=why):
        prove(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_there_twice_is_refused():
    info = linking(("a.asice", b"one"))
    with pytest.raises(ArchiveError, match="two entries"):
        prove(make_zip(("a.asice", b"two"), ("a.asice", b"one"), ("linkinginfo", info)))
    with pytest.raises(ArchiveError, match="two entries"):
        prove(make_zip(("a.asice", b"one"), ("linkinginfo", info), ("linkinginfo", info)))


def test_what_claims_to_be_larger_than_deflate_can_make_it_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MAX_RATIO", 10)
    data = make_zip(("a.asice", bytes(100_000)), ("linkinginfo", linking(("a.asice", bytes(100_000)))))
    with pytest.raises(ArchiveError, match="at most"):
        prove(data)


def test_entries_that_lie_over_each_other_are_refused():
    data = bytearray(make_zip(("a.asice", os.urandom(1000)), ("linkinginfo", b"x"), method=zipfile.ZIP_STORED))
    directory = data.index(b"PK\x01\x02")
    for at in (20, 24):
        data[directory + at : directory + at + 4] = (10_000).to_bytes(4, "little")
    with pytest.raises(ArchiveError, match="over each other"):
        prove(bytes(data))


def test_too_many_entries_or_too_large_a_directory_are_refused(monkeypatch: pytest.MonkeyPatch):
    data = make_archive(b"one", b"two", b"three")
    monkeypatch.setattr(reading, "MAX_CONTAINERS", 3)
    with pytest.raises(ArchiveError, match="4 entries; at most 3"):
        prove(data)
    monkeypatch.setattr(reading, "MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(ArchiveError, match="not a ZIP archive"):
        prove(data)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_damaged_archive_is_refused_and_nothing_else_is_raised(data: st.DataObject):
    whole = bytearray(make_archive(b"one", b"two"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    whole = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        proven = prove(bytes(whole), previous_digest="")
    except ArchiveError:
        return
    expected = [each.digest for each in prove(make_archive(b"one", b"two")).containers]
    assert [each.digest for each in proven.containers] == expected


@given(st.binary(max_size=300))
def test_garbage_is_no_archive_and_no_linking_info(data: bytes):
    with pytest.raises(ArchiveError):
        prove(data)
    try:
        info = read_linking_info(data)
    except ArchiveError:
        return
    assert read_linking_info(write_linking_info(info)) == info


HEX = st.text("0123456789abcdef", min_size=1, max_size=128)
LINKS = st.builds(Link, HEX, st.from_regex(r"mlog-[a-zA-Z0-9_-]{1,20}\.zip", fullmatch=True)) | st.just(FIRST)
FILES = st.lists(st.builds(LinkedFile, HEX, NAMES), max_size=4, unique_by=lambda each: each.name).map(tuple)


@given(st.builds(LinkingInfo, LINKS, st.sampled_from(["SHA-256", "SHA-512"]), FILES))
def test_linking_info_is_read_as_it_was_written(info: LinkingInfo):
    data = write_linking_info(info)
    assert read_linking_info(data) == info
    assert read_linking_info(data.replace(b"\n", b"\r\n")) == info


@pytest.mark.parametrize(
    "text",
    ["", "- -\n", "- - MD5\n", "- - SHA-512\nabc\n", "- - SHA-512\nabc ../x\n", "- - SHA-512\n\nabc x\n"],
)
def test_linking_info_that_is_none_is_refused(text: str):
    with pytest.raises(ArchiveError):
        read_linking_info(text.encode())


def test_the_form_of_linking_info_is_that_of_x_road():
    link = link_digest("", b"\x01" * 64)
    assert write_linking_info(LinkingInfo(FIRST, "SHA-512", (LinkedFile(link, "a.asice"),))) == (
        f"- - SHA-512\n{link} a.asice\n".encode()
    )


def test_a_name_tells_group_times_and_digest_and_is_plain():
    digest = "0123456789abcdef" * 8
    render = partial(render_archive_name, first_at=AT, last_at=AT + timedelta(hours=1), last_digest=digest)
    assert render("") == "mlog-20260301120000-20260301130000-0123456789abcdef.zip"
    assert render("RW/GOV/10:01/a|b*\x00", is_encrypted=True) == (
        "mlog-RW_GOV_10_01_a_b__-20260301120000-20260301130000-0123456789abcdef.zip.gpg"
    )
    assert len(render("x" * 900)) <= 255


@pytest.mark.parametrize("text", ["SHA-256:" + "ab" * 32, "ab" * 32, "AB" * 32])
def test_a_digest_is_read_with_or_without_its_algorithm(text: str):
    assert parse_digest(text) == ("SHA-256", "ab" * 32)


@given(st.text(max_size=70))
def test_no_other_text_is_a_digest(text: str):
    with pytest.raises(ArchiveError):
        parse_digest(text)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of others are not here")
def test_an_archive_of_x_road_is_proven_and_ours_can_follow_it():
    place = VECTORS / "message-archive-0.zip"
    with place.open("rb") as file:
        proven = verify_archive(read_archive(file, name=place.name), previous_digest="")
    second = prove(make_archive(b"two", previous=proven.last), name="second.zip")
    assert verify_links([second, proven]) == (proven, second)
    with pytest.raises(ArchiveError):
        verify_links([second, replace(proven, last=Link("00", ""))])
