"""A recall of the publisher reaches a site that runs: within a minute its pages say that the check is withdrawn."""

import json
import os
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.test import Client

from ridgeway.catalogue.adopters.notices import MAX_REASON_CHARACTERS
from ridgeway.catalogue.adopters.recalling import keep_recalls
from ridgeway.catalogue.commands import catalogue
from ridgeway.catalogue.packages.statement import render_canonical
from ridgeway.errors import ContainerError, RequestError
from ridgeway.office.audit.models import Entry
from ridgeway.office.jobs.duties import list_duties, run_due
from ridgeway.office.jobs.lease import Leases
from ridgeway.office.jobs.worker import read_clock
from ridgeway.office.tests.ready import migrated_file, office, with_settings  # noqa: F401 - fixtures
from ridgeway.services import installed

if "assessments" not in installed():
    pytest.skip("the assessments service is not here", allow_module_level=True)

from ridgeway.services.assessments.actions.publishing import activate, restore
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.shelf import clear_shelf
from ridgeway.services.assessments.tests.versions import keep_version, operator, write_package


def run(*arguments, exit_code=0):
    result = CliRunner().invoke(catalogue, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.fixture
def shelf(tmp_path):
    """The publisher's shelf with two versions."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for version in ("1.0.0", "1.1.0"):
        source = tmp_path / version
        source.mkdir()
        (source / "service.yaml").write_bytes(write_package(version))
        run("publish", source, folder)
    return folder


@pytest.fixture
def site(office, shelf):  # noqa: F811
    """A site in another government: it runs 1.0.0 as it came, and its worker hears what the shelf says."""
    clear_shelf()
    heard = with_settings(office, lambda web: replace(web, notices=f"{shelf}, nowhere"))
    with heard.at_site("assessments"):
        yield heard
    clear_shelf()


def do_duties():
    """What the worker does when its clock strikes; what each duty said, by name."""
    reports = run_due(list_duties(), Leases("w", Path("lives"), ZoneInfo("UTC")), clock=read_clock)
    assert [each for each in reports if each.error] == []
    return {each.name: each.result for each in reports}


def state_of(version):
    return Version.objects.values_list("state", flat=True).get(pk=version.pk)


def test_a_recalled_version_stops_where_it_runs_and_its_page_says_so(site, shelf):
    version = keep_version("1.0.0")
    activate(version.pk, by=operator())
    assert "Should you stay home?" in Client().get("/home-check/en/").content.decode()
    run("recall", shelf, "home-check", "1.0.0", "--reason", "It says go out when ill", "--instead", "1.1.0")
    (duty,) = [each for each in list_duties() if each.name == "catalogue.keep_recalls"]
    assert duty.every_seconds <= 30
    assert do_duties()["catalogue.keep_recalls"] == "1 recalls, stopped: home-check 1.0.0"
    for path in ("/home-check/en/", "/home-check/en/1", "/home-check/"):
        page = Client().get(path)
        assert (page.status_code, page["Cache-Control"]) == (410, "no-store")
        assert "This check has been withdrawn" in page.content.decode()
    line = Entry.objects.get(act="assessments.withdraw")
    assert "It says go out when ill Use 1.1.0 instead." in line.reason
    assert line.actor_name.startswith("recall by ")


def test_what_a_person_puts_back_knowingly_stays_and_other_versions_are_not_touched(site, shelf):
    version, own = keep_version("1.0.0"), keep_version("1.0.0+ours.2")
    later = keep_version("1.1.0")
    run("recall", shelf, "home-check", "1.0.0", "--reason", "Wrong")
    do_duties()
    assert [state_of(each) for each in (version, own, later)] == ["withdrawn", "withdrawn", "draft"]
    restore(version.pk, by=operator(), reason="the fault is not ours")
    activate(version.pk, by=operator())
    assert keep_recalls(read_clock()) == "1 recalls, stopped: nothing new"
    assert state_of(version) == "live"


def test_a_hostile_file_among_the_notices_keeps_no_recall_from_being_heard(site, shelf, tmp_path):
    version = keep_version("1.0.0")
    run("recall", shelf, "home-check", "1.0.0", "--reason", "Wrong")
    good = json.loads(next((shelf / "notices").iterdir()).read_text())
    folder = shelf / "notices"
    (folder / "0.json").write_bytes(b"{" * 100_000)
    (folder / "1.json").write_text(json.dumps(good))  # not in its one spelling
    (folder / "2.json").write_bytes(b"x" * 2_000_000)
    (folder / "3.json").symlink_to("/etc/passwd")
    os.mkfifo(folder / "4.json")
    (folder / "5.json").mkdir()
    for number, change in enumerate(
        ({"reason": ""}, {"reason": ["x"]}, {"reason": "x" * (MAX_REASON_CHARACTERS + 1)}, {"instead": "../x"}), 6
    ):
        (folder / f"{number}.json").write_bytes(render_canonical(good | change))
    (folder / ".hidden.json").write_text("{")
    assert do_duties()["catalogue.keep_recalls"] == "1 recalls, stopped: home-check 1.0.0; 10 unreadable"
    assert state_of(version) == "withdrawn"


def test_an_adopter_that_serves_it_under_a_name_of_its_own_is_stopped_too(office, shelf, tmp_path):  # noqa: F811
    ours = tmp_path / "ours"
    run("adopt", f"{shelf}/home-check@1.0.0", ours)
    text = (ours / "package/service.yaml").read_text()
    (ours / "package/service.yaml").write_text(
        text.replace("id: home-check", "id: our-check").replace("version: 1.0.0", "version: 7.0.0")
    )
    run("adapt", ours, "--reason", "Our name")
    version = keep_version("7.0.0", name="our-check")
    run("recall", shelf, "home-check", "1.0.0", "--reason", "Wrong")
    with_settings(office, lambda web: replace(web, notices=str(ours)))
    assert do_duties()["catalogue.keep_recalls"] == "1 recalls, stopped: our-check 7.0.0"
    assert state_of(version) == "withdrawn"


def test_only_what_was_published_can_be_recalled_and_only_with_a_reason(shelf):
    with pytest.raises(RequestError, match=r"There is no home-check 3\.0 "):
        run("recall", shelf, "home-check", "3.0", "--reason", "x")
    with pytest.raises(RequestError, match=r"There is no home-check 4\.0 "):
        run("recall", shelf, "home-check", "1.0.0", "--reason", "x", "--instead", "4.0")
    for reason in (" ", "two\nlines", "x" * (MAX_REASON_CHARACTERS + 1)):
        with pytest.raises(ContainerError):
            run("recall", shelf, "home-check", "1.0.0", "--reason", reason)
    assert list((shelf / "notices").iterdir()) == []


def test_notices_of_an_adopted_package_are_those_of_the_version_it_stands_on(shelf, tmp_path):
    run("adopt", f"{shelf}/home-check@1.0.0", tmp_path / "ours")
    run("notify", shelf, "home-check", "1.1.0", "--reason", "A slow page")
    assert "There is no notice." in run("notices", tmp_path / "ours")
    assert "A slow page" in run("notices", shelf)
    run("notify", shelf, "home-check", "1.0.0", "--reason", "An old number")
    (told,) = json.loads(run("notices", tmp_path / "ours", "--json"))
    assert (told["kind"], told["reason"], told["is_signed"]) == ("notice", "An old number", False)
