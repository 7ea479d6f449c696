"""Packages from strangers: what is read of them, what is refused, and that packing gives the same bytes again."""

import contextlib
import hashlib
import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import SettingsError
from ridgeway.office.documents.packages import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    MAX_PACKAGE_BYTES,
    MAX_PACKAGE_FILES,
    Files,
    Shape,
    explain_bad_name,
    pack_files,
    read_archive,
    read_files,
    write_file,
)

SHAPE = Shape("main.yaml", lambda name: name == "main.yaml" or name.endswith(".txt"), "main.yaml and texts")


def make_zip(entries, *, compress=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of names, or of entries, with their content."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compress) as archive:
        for entry, data in entries:
            archive.writestr(entry, data, compress)
    return target.getvalue()


def refuse(data: bytes) -> str:
    """What is said of a zip that is refused."""
    with pytest.raises(SettingsError) as caught:
        read_archive(data, "p.zip", SHAPE)
    assert caught.value.code == "malformed_package"
    return caught.value.detail


def make_folder(folder: Path, **files: str) -> Path:
    """A folder with a main document and others."""
    for name, text in {"main_yaml": "a: 1\n", **files}.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def test_a_folder_a_zip_and_what_was_packed_are_the_same_package(tmp_path):
    folder = make_folder(tmp_path, b_txt="b", a_txt="a")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "__pycache__").mkdir()
    files = read_files(folder, SHAPE)
    assert list(files.content) == ["a.txt", "b.txt", "main.yaml"]
    packed = pack_files(files)
    (tmp_path.parent / "p.zip").write_bytes(packed)
    again = read_files(tmp_path.parent / "p.zip", SHAPE)
    assert (again.content, again.digest) == (files.content, files.digest)
    assert pack_files(again) == packed
    assert read_archive(make_zip(reversed(list(files.content.items()))), "x", SHAPE).digest == files.digest


def test_one_document_by_itself_is_a_package(tmp_path):
    (tmp_path / "other.yaml").write_text("a: 1\n")
    files = read_files(tmp_path / "other.yaml", SHAPE)
    assert files.content == {"main.yaml": b"a: 1\n"}
    assert files.show("main.yaml") == str(tmp_path / "other.yaml")


def test_the_digest_changes_with_names_and_content_alone():
    one = Files("a", {"main.yaml": b"1", "a.txt": b"2"})
    assert one.digest == Files("b", {"a.txt": b"2", "main.yaml": b"1"}).digest
    assert one.digest == "0e5db5354c6b2bb4d362eda4a49324158f4fe912a84cd9161eff797177c0665a"
    assert len({one.digest, Files("a", {"main.yaml": b"1", "b.txt": b"2"}).digest, Files("a", {}).digest}) == 3


def test_packed_bytes_are_these_on_every_machine():
    packed = pack_files(Files("p", {"main.yaml": b"a: 1\n"}))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (entry,) = archive.infolist()
    assert (entry.date_time, entry.compress_type, entry.external_attr >> 16) == (
        (1980, 1, 1, 0, 0, 0),
        zipfile.ZIP_STORED,
        stat.S_IFREG | 0o644,
    )
    assert hashlib.sha256(packed).hexdigest() == "f0afd55e63a4b879c42bd6e068abac9f9fcb9bc825b1796e292789dc343d3e87"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../a.txt", "leads out of the package"),
        ("/etc/a.txt", "leads out of the package"),
        ("a//b.txt", "leads out of the package"),
        ("./a.txt", "leads out of the package"),
        ("C:a.txt", "leads out of the package"),
        ("a\u202e.txt", "cannot be seen"),
        ("a\n.txt", "cannot be seen"),
        ("e\u0301.txt", "not composed"),
        ("a/b/c/d.txt", "deeper than"),
        ("x" * 200 + ".txt", "characters"),
        ("run.py", "no part of a package; known are main.yaml and texts"),
        ("", "characters"),
    ],
)
def test_a_name_that_leads_elsewhere_or_hides_is_refused(name, why):
    assert why in explain_bad_name(name, SHAPE)
    if name:
        assert why in refuse(make_zip([("main.yaml", b""), (name, b"")]))


def test_every_bad_name_is_told_at_once():
    told = refuse(make_zip([("a.exe", b""), ("b.exe", b""), ("x/main.yaml", b"")]))
    assert told.split("\n") == [
        "p.zip/a.exe: this file is no part of a package; known are main.yaml and texts",
        "p.zip/b.exe: this file is no part of a package; known are main.yaml and texts",
        "p.zip/x/main.yaml: this file is no part of a package; known are main.yaml and texts",
        "p.zip: main.yaml is missing; it lies in x/main.yaml",
    ]


def test_a_backslash_in_a_zip_leads_nowhere():
    data = make_zip([("main.yaml", b""), ("a#b.txt", b"")]).replace(b"a#b.txt", b"a\\b.txt")
    assert "leads out of the package" in refuse(data)


def test_names_that_are_one_on_some_machines_are_refused():
    assert "there is A.txt already" in refuse(make_zip([("main.yaml", b""), ("A.txt", b"1"), ("a.txt", b"2")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused():
    assert "there is a.txt already" in refuse(make_zip([("main.yaml", b""), ("a.txt", b"1"), ("a.txt", b"2")]))


def test_a_link_in_a_zip_is_refused():
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "is a link or another special file" in refuse(make_zip([("main.yaml", b""), (link, b"/etc/passwd")]))


def test_a_link_in_a_folder_is_refused_and_not_followed(tmp_path):
    make_folder(tmp_path)
    (tmp_path / "a.txt").symlink_to("/etc/hostname")
    with pytest.raises(SettingsError, match=r"a\.txt is a link"):
        read_files(tmp_path, SHAPE)
    (tmp_path / "a.txt").unlink()
    (tmp_path / "loop").symlink_to(tmp_path)
    with pytest.raises(SettingsError, match="loop is a link"):
        read_files(tmp_path, SHAPE)


def test_a_pipe_in_a_folder_does_not_hang(tmp_path):
    make_folder(tmp_path)
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(SettingsError, match="special file"):
        read_files(tmp_path, SHAPE)


def test_a_bomb_is_not_unpacked():
    bomb = make_zip([("main.yaml", b""), ("a.txt", b"\0" * (64 * 1024 * 1024))])
    assert len(bomb) < 100_000
    assert f"larger than {MAX_FILE_BYTES} bytes" in refuse(bomb)
    many = make_zip([("main.yaml", b""), *((f"{number}.txt", b"\0" * MAX_FILE_BYTES) for number in range(6))])
    assert f"{MAX_PACKAGE_BYTES} bytes" in refuse(many)


def test_overlapping_entries_count_each_time():
    data = bytearray(make_zip([("main.yaml", b""), *((f"{number}.txt", b"\0" * 2_000_000) for number in range(9))]))
    first = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    (offset,) = struct.unpack_from("<I", data, first + 42)
    position = first
    while (position := data.find(b"PK\x01\x02", position + 4)) > 0:
        struct.pack_into("<I", data, position + 42, offset)
    assert refuse(bytes(data))


def test_too_many_files_are_refused():
    entries = [("main.yaml", b""), *((f"{number}.txt", b"") for number in range(MAX_PACKAGE_FILES))]
    assert f"more than {MAX_PACKAGE_FILES} files" in refuse(make_zip(entries))
    entries += [(f"x{number}.txt", b"") for number in range(2 * MAX_PACKAGE_FILES)]
    assert f"more than {MAX_PACKAGE_FILES} files" in refuse(make_zip(entries))


def test_an_archive_of_more_bytes_than_are_read_is_refused(tmp_path):
    assert "larger than" in refuse(b"PK" + b"\0" * MAX_ARCHIVE_BYTES)


def test_what_is_locked_or_packed_otherwise_is_refused():
    data = bytearray(make_zip([("main.yaml", b"")]))
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, entry + 8, 1)
    assert "password" in refuse(bytes(data))
    assert "packed by a method" in refuse(make_zip([("main.yaml", b"x")], compress=zipfile.ZIP_LZMA))


def test_what_is_no_package_says_so(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    for path, why in ((tmp_path / "a.pdf", "is no package"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(SettingsError, match=why):
            read_files(path, SHAPE)
    with pytest.raises(SettingsError, match="is no name of a file"):
        read_files(Path("a\0b"), SHAPE)


def test_a_file_is_written_whole_and_only_into_a_folder(tmp_path):
    folder = make_folder(tmp_path)
    files = read_files(folder, SHAPE)
    assert write_file(files, "x/a.txt", b"new").read_bytes() == b"new"
    assert sorted(each.name for each in (folder / "x").iterdir()) == ["a.txt"]
    with pytest.raises(SettingsError, match="is no folder"):
        write_file(read_archive(pack_files(files), "p.zip", SHAPE), "a.txt", b"")


@given(st.binary(max_size=300), st.integers(0, 400))
def test_garbage_is_refused_and_never_crashes(garbage, position):
    whole = pack_files(Files("p", {"main.yaml": b"a: 1\n", "a.txt": b"text"}))
    for data in (garbage, whole[:position], whole[:position] + garbage + whole[position + len(garbage) :]):
        with contextlib.suppress(SettingsError):
            assert "main.yaml" in read_archive(data, "p.zip", SHAPE).content
