"""Who may do what at the desk: every page of petitions, tried by every role, against a table written here by hand."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from ridgeway.office.people.actions import set_roles
from ridgeway.office.people.tests.cast import OPERATOR, make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import (
    DomainRule,
    Feedback,
    Invalidation,
    Mailshot,
    OtherBusiness,
    Petition,
    Proposal,
    Signature,
    Tag,
    TrendingSource,
)
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row

R, C, M, S = "reviewer", "clerk", "moderator", "sysadmin"
EVERYBODY = {R, C, M, S}
PAGES = {
    "home": EVERYBODY,
    "list": EVERYBODY,
    "petition": EVERYBODY,
    "public": EVERYBODY,
    "statistics": EVERYBODY,
    "lock": EVERYBODY,
    "take-lock": EVERYBODY,
    "release-lock": EVERYBODY,
    # who writes about a petition
    "text": {R, M, S},
    "marks": {R, M, S},
    "pad": {R, M, S},
    "creator": {M, S},
    # who decides
    "approve": {M, S},
    "reject": {M, S},
    "restore": {M, S},
    "aside": {M, S},
    "proposal": {M, S},
    "resend": {M, S},
    "export": {M, S},
    "reports": {M, S},
    "remove": {S},
    "mask": {S},
    # who answers
    "response": {C, M, S},
    "withdraw-response": {C, M, S},
    "schedule": {M, S},
    "outcome": {M, S},
    "withdraw-outcome": {M, S},
    "add-business": {M, S},
    "business": {M, S},
    "delete-business": {M, S},
    # who writes letters and reads what visitors tell
    "overdue": {M, S},
    "mailshots": {M, S},
    "add-mailshot": {M, S},
    "mailshot": {M, S},
    "delete-mailshot": {M, S},
    "feedback": {M, S},
    # who sees signers
    "signatures": {M, S},
    "change-signatures": {M, S},
    "signature": {M, S},
    "signature-evidence": {M, S},
    "petition-signatures": {M, S},
    # against fraud
    "fraud": {S},
    "petition-fraud": {S},
    "limits": {S},
    "domains": {S},
    "add-domain": {S},
    "domain": {S},
    "delete-domain": {S},
    "invalidations": {S},
    "add-invalidation": {S},
    "invalidation": {S},
    "invalidation-progress": {S},
    "act-invalidation": {S},
    # the site
    "site-settings": {S},
    "site": {S},
    "all-subjects": {S},
    "subjects": {S},
    "add-subject": {S},
    "subject": {S},
    "delete-subject": {S},
    "pages": {S},
    "add-page": {S},
    "page": {S},
    "workings": {S},
    "find-places": {S},
    "retry-task": {S},
    # Parliaments
    "parliaments": {S},
    "new-parliament": {S},
    "mail-privacy": {S},
    "parliament": {S},
    "edit-parliament": {S},
    "edit-dissolution": {S},
    "parliament-mail": {S},
    "parliament-close": {S},
    "parliament-cancel": {S},
    "parliament-archive": {S},
}
ROUTES = "ridgeway.services.petitions.staff.urls"
WORDS = {"tab": "description", "kind": "tags", "act": "flag"}


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    with office.at_site("desk"):
        yield office


def list_routes() -> dict[str, str]:
    return {str(each.name): str(each.pattern) for each in get_resolver(ROUTES).url_patterns}


def fill(route: str, petition: Petition) -> str:
    filled = route.replace("<str:petition_id>", str(petition.pk))
    for name, word in WORDS.items():
        filled = filled.replace(f"<str:{name}>", word)
    while "<str:" in filled:
        before, _, rest = filled.partition("<str:")
        filled = f"{before}1{rest.partition('>')[2]}"
    return f"/petitions/{filled}"


def test_every_page_has_a_line_in_the_table(desk: Office):
    assert set(list_routes()) == set(PAGES)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_role_comes_to_its_own_pages_and_to_no_other(desk: Office, role: str):
    person = signed_in(make_account("pat@parliament.example", "Pat", [f"petitions.{role}"]))
    wrong = []
    for name, route in list_routes().items():
        petition = open_petition()
        for method in ("get", "post"):
            answer = getattr(person, method)(fill(route, petition))
            is_let_in = answer.status_code != 403
            if is_let_in is not (role in PAGES[name]) or answer.status_code >= 500:
                wrong.append((name, method, answer.status_code))
    assert wrong == []


def test_somebody_without_a_role_and_somebody_unknown_come_nowhere(desk: Office):
    nobody, petition = signed_in(make_account("nora@parliament.example", "Nora", [])), open_petition()
    for route in list_routes().values():
        for method in ("get", "post"):
            assert getattr(nobody, method)(fill(route, petition)).status_code == 403, route
            answer = getattr(Client(), method)(fill(route, petition))
            assert answer.status_code == 302, route
            assert "/people/sign-in" in answer["Location"]


@pytest.mark.parametrize("role", [R, C])
def test_who_may_not_see_signers_finds_no_address_on_any_page(desk: Office, role: str):
    person = signed_in(make_account("pat@parliament.example", "Pat", [f"petitions.{role}"]))
    petition = open_petition()
    sign_row(petition, "Ada", ip="192.0.2.99")
    for name, route in list_routes().items():
        if role in PAGES[name]:
            page = person.get(fill(route, petition)).content.decode()
            assert "@example.org" not in page, name
            assert "192.0.2.99" not in page, name


def test_a_role_that_is_taken_away_is_gone_at_once(desk: Office):
    account, petition = make_account("mona@parliament.example", "Mona", ["petitions.moderator"]), open_petition()
    mona = signed_in(account)
    assert mona.get("/petitions/signatures").status_code == 200
    set_roles(account, [], by=OPERATOR, now=timezone.now())
    assert mona.get("/petitions/signatures").status_code == 403
    assert mona.post(f"/petitions/{petition.pk}/reject").status_code == 403


def test_no_form_of_the_desk_is_taken_from_another_site(desk: Office):
    sofia = signed_in(make_account("sofia@parliament.example", "Sofia", ["petitions.sysadmin"]))
    strict, petition = Client(enforce_csrf_checks=True), open_petition()
    strict.cookies = sofia.cookies
    for route in list_routes().values():
        assert strict.post(fill(route, petition)).status_code == 403, route


def test_no_page_of_the_desk_is_kept_by_anybody(desk: Office):
    sofia = signed_in(make_account("sofia@parliament.example", "Sofia", ["petitions.sysadmin"]))
    petition = open_petition()
    for route in list_routes().values():
        assert "no-store" in sofia.get(fill(route, petition)).headers["Cache-Control"], route


def test_what_anybody_wrote_is_run_on_no_page(desk: Office):
    evil, now = "<script>alert(1)</script><img src=x onerror=alert(1)>", timezone.now()
    petition = open_petition(
        action=evil,
        background=evil,
        additional_details=evil,
        committee_note=f"[x](javascript:alert(1)) {evil}",
        notes=evil,
        rejection_details=evil,
    )
    signature = sign_row(petition, "Eve", ip="192.0.2.1", source="192.0.2.1", created_at=now, postcode=evil)
    for row in Signature.objects.filter(petition=petition):
        Signature.objects.filter(pk=row.pk).update(name=f"{evil} {row.pk}", email=f"{evil}@x.example")
    OtherBusiness.objects.create(
        pk=1, petition=petition, subject=evil, body=evil, occurred_on=now.date(), created_at=now, updated_at=now
    )
    Mailshot.objects.create(pk=1, petition=petition, subject=evil, body=evil, created_at=now, updated_at=now)
    Invalidation.objects.create(pk=1, summary=evil, details=evil, name=evil, created_at=now, petition=petition)
    DomainRule.objects.create(pk=1, pattern=evil)
    Tag.objects.create(pk=1, name=evil[:60], description=evil)
    Feedback.objects.create(comment=evil, email=evil, petition_address="javascript:alert(1)", created_at=now)
    sam = make_account("sam@parliament.example", evil[:50], ["petitions.sysadmin"])
    Proposal.objects.create(petition=petition, act="remove", reason=evil, proposed_by=sam, proposed_at=now)
    TrendingSource.objects.create(kind="domain", source=evil, petition=petition, count=120, starts_at=now)
    sofia = signed_in(make_account("sofia@parliament.example", "Sofia", ["petitions.sysadmin"]))
    routes = list_routes()
    routes["signature"] = f"signatures/{signature.pk}"
    routes["signatures"] = f"signatures?{urlencode({'q': evil})}"
    seen = 0
    for prefix in ("", "/ar"):
        for name, route in routes.items():
            answer = sofia.get(f"{prefix}{fill(route, petition)}")
            if "html" in answer.headers.get("Content-Type", ""):
                page = answer.content.decode()
                assert "<script>alert" not in page, name
                assert "<img src=x" not in page, name
                assert 'href="javascript' not in page, name
                seen += "alert(1)" in page
    assert seen > 30
