"""Files of places: read once, twice, wrong, and cut off at any moment; as Petra the operator gives them."""

# ruff: noqa: F811 - fixtures are taken by name

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.db import connections

from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Constituency, Country, Department, Parliament, Postcode, Region
from ridgeway.services.petitions.operating import importing
from ridgeway.services.petitions.operating.importing import Imported, ImportFaultError, import_file
from ridgeway.services.petitions.operating.kinds import KINDS
from ridgeway.services.petitions.operating.progress import Progress
from ridgeway.services.petitions.tests.cast import NOON


def give(kind: str, folder: Path, *lines: str, progress: Progress | None = None) -> Imported:
    file = folder / f"{kind}.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return import_file(KINDS[kind], file, notes=folder / "notes", progress=progress or Progress())


def test_petra_imports_a_country_place_by_place(any_office, tmp_path):
    parliament = Parliament.objects.create(period="2024-2029", government="G", created_at=NOON)
    give("countries", tmp_path, "code,name,starts_on,ends_on", "NM,Northmark,,", "OL,Oldland,,2020-01-01")
    give("regions", tmp_path, "code,name", "R1,The Coast")
    give("departments", tmp_path, "name,acronym,email", "Ministry of Health,MoH,a@health.example")
    give("constituencies", tmp_path, "code,name,region,example_postcode", "C1,Saltham,R1,sa1 1aa", "C2,Dún Mór,R1,")
    give("representatives", tmp_path, "constituency,name,party,since", "C1,Ann Lee,Harbour,2024-07-05", "C2,,,")
    give("postcodes", tmp_path, "postcode,constituency", "SA1 1AA,C1", "SA1 1AA,C2", "sa11ab,C1")
    assert Country.objects.get(code="OL").ends_on == date(2020, 1, 1)
    assert Region.objects.get().name == "The Coast"
    assert Department.objects.get().acronym == "MoH"
    saltham, dun = Constituency.objects.order_by("code")
    assert (saltham.slug, saltham.example_postcode, saltham.representative_name) == ("saltham", "SA11AA", "Ann Lee")
    assert (dun.slug, dun.representative_name, dun.representative_since) == ("dun-mor", "", None)
    assert set(parliament.constituencies.all()) == {saltham, dun}
    assert sorted(Postcode.objects.values_list("key", "constituency_code")) == [
        ("SA11AA", "C1"),
        ("SA11AA", "C2"),
        ("SA11AB", "C1"),
    ]


def test_a_file_given_again_changes_nothing_and_a_newer_one_replaces_what_it_names(any_office, tmp_path):
    for _ in range(2):
        give("postcodes", tmp_path, "postcode,constituency", "A1,C1", "A2,C1")
    give("postcodes", tmp_path, "postcode,constituency", "A2,C2")
    assert sorted(Postcode.objects.values_list("key", "constituency_code")) == [("A1", "C1"), ("A2", "C2")]
    give("constituencies", tmp_path, "code,name", "C1,Old name")
    give("constituencies", tmp_path, "code,name", "C1,New name")
    assert Constituency.objects.get().name == "New name"


@pytest.mark.parametrize(
    ("kind", "lines", "said"),
    [
        ("regions", ("code,nam", "R1,x"), "lacks name and has nam"),
        ("regions", ("code,name", "R1"), "Line 2"),
        ("regions", ("code,name", "R1,"), "Line 2 has no name"),
        ("regions", ("code,name", f"{'R' * 30},x"), "Line 2: code is longer"),
        ("countries", ("code,name,ends_on", "NM,Northmark,2020-13-01"), "Line 2: ends_on"),
        ("constituencies", ("code,name,region", "C1,Saltham,R9"), "import regions first"),
        ("representatives", ("constituency,name", "C9,Ann"), "no constituency C9"),
        ("representatives", ("constituency,name", "C9,Ann", ""), "no constituency C9"),
        ("departments", ("name,url", "M,javascript:x"), "Line 2: url"),
        ("departments", ("name,email", "M,not one"), "Line 2: email"),
        ("postcodes", ("postcode,constituency", "--,C1"), "no postcode"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_of_its_batch_is_written(office, tmp_path, kind, lines, said):
    with pytest.raises(ImportFaultError, match=said):
        give(kind, tmp_path, *lines)
    assert not any(model.objects.exists() for model in (Region, Country, Constituency, Department, Postcode))


def test_a_file_that_is_no_text_is_refused(office, tmp_path):
    file = tmp_path / "x.csv"
    file.write_bytes(b"code,name\n\xff\xfe,x\n")
    with pytest.raises(ImportFaultError, match="UTF-8"):
        import_file(KINDS["regions"], file, notes=tmp_path)


def test_petra_stops_an_import_and_goes_on_later(office, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    lines = ["postcode,constituency", *(f"A{number},C1" for number in range(35))]
    stopping = Progress()
    monkeypatch.setattr(Progress, "report", lambda self, *_: setattr(self, "is_stopped", self is stopping))
    assert give("postcodes", tmp_path, *lines, progress=stopping) == Imported("postcodes", 10, 0, is_whole=False)
    assert give("postcodes", tmp_path, *lines) == Imported("postcodes", 25, 10, is_whole=True)
    assert Postcode.objects.count() == 35
    assert list((tmp_path / "notes").iterdir()) == []


def test_rows_of_one_postcode_stay_together_at_the_end_of_a_batch(office, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    give("postcodes", tmp_path, "postcode,constituency", "A1,C1", "A2,C1", "A2,C2", "A2,C3", "A3,C1")
    assert sorted(Postcode.objects.filter(key="A2").values_list("constituency_code", flat=True)) == ["C1", "C2", "C3"]


def test_an_import_that_is_killed_at_random_moments_ends_as_if_it_had_not_been(office: Office, tmp_path: Path):
    connections.close_all()
    folder = office.settings.state_dir
    file = tmp_path / "postcodes.csv"
    rows = [f"P{number:05d},C{number % 7}" for number in range(20_000)]
    file.write_text("\n".join(["postcode,constituency", *rows]) + "\n", "utf-8")
    draw, kills = random.Random(11), 0
    command = [sys.executable, "-m", "ridgeway.cli", "petitions", "import", "postcodes", str(file), "--json"]
    for _ in range(20):
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if kills < 4:
            time.sleep(draw.uniform(0.8, 1.8))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
        said, _ = process.communicate(timeout=60)
        if process.returncode == 0:
            break
    assert json.loads(said)["is_whole"] is True
    assert Postcode.objects.count() == 20_000
    assert set(Postcode.objects.values_list("key", "constituency_code")) == {tuple(row.split(",")) for row in rows}
