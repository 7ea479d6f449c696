from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from ridgeway.office.people.gates import SIGNED_IN, Actor, find_actor, gate, get_actor, may, ungated
from ridgeway.office.people.roles import Role, declare_roles, gather_permissions, may_give
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401

ANN = Actor(7, "Ann", "ann@x.example", frozenset({"hall.open", SIGNED_IN}))


def asked(actor: Actor | None = ANN, method: str = "GET", path: str = "/hall?x=1", **headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).generic(method, path)
    request.actor = actor  # type: ignore[attr-defined]
    return request


@gate("hall.open")
def open_hall(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_actor(request).name)


@gate("hall.close")
def close_hall(request: HttpRequest) -> HttpResponse:
    return HttpResponse("closed")


def test_a_gate_lets_in_who_is_permitted_and_no_other():
    assert open_hall(asked()).content == b"Ann"
    with pytest.raises(PermissionDenied):
        close_hall(asked())
    assert open_hall.permission == "hall.open"  # type: ignore[attr-defined]


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    with office.at_site("desk"):
        yield office


def test_who_is_not_signed_in_is_asked_to_sign_in_and_comes_back(desk):
    assert open_hall(asked(None))["Location"] == "/people/sign-in?next=%2Fhall%3Fx%3D1"
    assert open_hall(asked(None, method="POST"))["Location"] == "/people/sign-in?next=%2F"
    assert open_hall(asked(None, Accept="application/json")).status_code == 401


def test_nobody_is_permitted_nothing():
    assert not may(None, SIGNED_IN)
    assert may(ANN, "hall.open")
    assert not may(ANN, "hall")
    with pytest.raises(PermissionDenied):
        get_actor(asked(None))
    assert find_actor(RequestFactory().get("/")) is None


def test_an_ungated_view_says_why():
    view = ungated("tells the time")(lambda request: HttpResponse("noon"))
    assert view.ungated == "tells the time"  # type: ignore[attr-defined]


def test_roles_permit_what_their_plate_says_and_unknown_ones_nothing():
    declare_roles("garden", (Role("gardener", "Gardener", frozenset({"garden.dig", "garden.water"})),))
    assert gather_permissions(["garden.gardener", "garden.gone", "x"]) == {"garden.dig", "garden.water"}
    assert gather_permissions([]) == frozenset()


def test_nobody_gives_what_they_do_not_hold():
    declare_roles("garden", (Role("gardener", "Gardener", frozenset({"garden.dig"})),))
    manager = frozenset({"people.manage"})
    assert not may_give(manager, "garden.gardener")
    assert may_give(manager | {"garden.dig"}, "garden.gardener")
    assert not may_give(frozenset({"garden.dig"}), "garden.gardener")
    assert not may_give(manager, "garden.gone")


def list_views(resolver: URLResolver) -> Iterator[tuple[str, object]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from list_views(pattern)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.pattern), pattern.callback


def test_every_page_of_people_and_audit_has_a_gate_or_says_why_it_has_none(desk):
    for module in ("ridgeway.office.people.urls", "ridgeway.office.audit.urls"):
        views = list(list_views(get_resolver(module)))
        assert views
        open_ones = [path for path, view in views if not hasattr(view, "permission") and not hasattr(view, "ungated")]
        assert open_ones == []
