"""The pages follow the tables: what is live, ended, withdrawn or only previewed; and they count."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.actions.publishing import activate, withdraw
from ridgeway.services.assessments.operating.previewing import make_preview_name
from ridgeway.services.assessments.operating.shelf import clear_shelf
from ridgeway.services.assessments.pages import place as places
from ridgeway.services.assessments.statistics import counting
from ridgeway.services.assessments.tests.versions import keep_version, operator
from ridgeway.services.assessments.tests.visitors import Visitor


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[tuple[str, str]]]:
    """What is counted: kind and what of each."""
    found: Counter[tuple[str, str]] = Counter()

    def count(package: str, version: str, kind: str, what: str, language: str) -> None:
        found[(kind, what)] += 1

    monkeypatch.setattr(counting, "count", count)
    clear_shelf()
    yield found
    clear_shelf()


def publish(version: str = "1.0.0", **values: Any) -> Any:
    """The version is live."""
    kept = keep_version(version, **values)
    activate(kept.pk, by=operator(timezone.now()))
    return kept


def test_somebody_walks_through_what_is_live_and_each_step_is_counted_once(any_office: Any, counted: Any) -> None:  # noqa: F811
    with any_office.at_site("assessments"):
        visitor = Visitor()
        assert visitor.get("/home-check/en/").status_code == 404
        publish()
        visitor.start("home-check")
        visitor.get("/home-check/en/1")
        visitor.send()
        visitor.send(ill="yes")
        assert visitor.heading == "Stay home (1.0.0)"
        visitor.get(visitor.address)
        assert visitor.get("/health-check").json() == {"database": "OK", "assessments": 1}
    assert counted == {("start", ""): 1, ("page", "ill"): 1, ("outcome", "stay"): 1}


def test_a_preview_is_shown_to_who_has_its_link_and_is_never_counted(office: Any, counted: Any) -> None:  # noqa: F811
    with office.at_site("assessments"):
        later = (timezone.now() + timedelta(days=90)).date()
        kept = keep_version("2.0.0", valid=f"from: {later}")
        name = make_preview_name(kept.pk, now=timezone.now())
        visitor = Visitor()
        visitor.start(name)
        visitor.send(ill="yes")
        assert visitor.heading == "Stay home (2.0.0)"
        assert "Preview: this version is not public" in visitor.text
        files = (f"/{name}/one-file-{kept.digest}-in-en.html", f"/{name}/compiled-{kept.digest}.json")
        for address in (f"/{name}/en/", f"/{name}/en/1", f"/{name}/", *files):
            response = visitor.client.get(address)
            assert response["X-Robots-Tag"] == "noindex, nofollow"
            assert response["Cache-Control"] == "no-store"
        assert "home-check" not in Visitor().get("/").content.decode()
        assert Visitor().get(f"/{name[:-1]}x/en/1").status_code == 404
    assert not counted


def test_before_and_after_its_days_the_assessment_says_so(
    office: Any,  # noqa: F811
    counted: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with office.at_site("assessments"):
        today = timezone.now().date()
        publish("1.0.0", name="early", valid=f"from: {today + timedelta(days=40)}")
        publish("1.0.0", name="late", valid=f"until: {today + timedelta(days=2)}")
        visitor = Visitor()
        for address in ("/early/en/", "/early/en/1"):
            visitor.get(address)
            assert visitor.heading == "This check has not begun yet"
            assert not visitor.forms()
        later = timezone.now() + timedelta(days=9)
        monkeypatch.setattr(places, "timezone", type("Later", (), {"now": staticmethod(lambda: later)}))
        visitor.get("/late/en/3")
        assert visitor.heading == "This check has ended"
        assert visitor.get("/late/private/").status_code == 404
        assert Visitor().get("/").content.decode().count("/en/") == 1
    assert not counted


def test_who_has_begun_finishes_their_version_until_it_is_withdrawn(office: Any) -> None:  # noqa: F811
    with office.at_site("assessments"):
        first = publish("1.0.0")
        visitor = Visitor()
        visitor.start("home-check")
        publish("1.1.0")
        visitor.send(ill="yes")
        assert visitor.heading == "Stay home (1.0.0)"
        other = Visitor()
        other.start("home-check")
        other.send(ill="yes")
        assert other.heading == "Stay home (1.1.0)"
        withdraw(first.pk, by=operator(timezone.now()), reason="wrong advice")
        visitor.get(visitor.address)
        assert visitor.heading == "Stay home (1.1.0)"
        assert "This check has changed since you began" in visitor.text


def test_what_is_withdrawn_leads_to_where_it_says(office: Any) -> None:  # noqa: F811
    with office.at_site("assessments"):
        kept = publish()
        withdraw(kept.pk, by=operator(timezone.now()), reason="gone", instead="https://new.example/check")
        for address in ("/home-check/en/", "/home-check/en/1", "/home-check/", "/home-check/private/"):
            response = Visitor().client.get(address)
            assert (response.status_code, response["Location"]) == (302, "https://new.example/check")
