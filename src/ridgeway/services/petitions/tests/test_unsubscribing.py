import pytest
from django.test import Client

from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.tests.citizens import publish, send, settle_country, text_of

PURPOSE = "petitions.unsubscribe"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def signature(office):  # noqa: F811
    """A signature whose signer wants mail."""
    with office.at_site("petitions"):
        settle_country()
        petition = publish("Repair the footbridge")
        Signature.objects.update(role="signer", wants_updates=True)
        yield petition.creator


def link_of(signature, *, archived=False):
    """What stands in each mail."""
    return (
        f"{'/archived' if archived else ''}/signatures/{signature.pk}/unsubscribe?token={signature.unsubscribe_token}"
    )


def wants_mail(signature):
    """Whether mailings still go there."""
    signature.refresh_from_db()
    return signature.wants_updates


def test_bob_stops_mail_by_the_link_and_one_button(signature):
    browser = Client()
    page = browser.get(link_of(signature))
    assert "Your signature still counts" in text_of(page)
    assert wants_mail(signature)
    done = send(browser, link_of(signature), {}, purpose=PURPOSE)
    assert "You get no more emails about this petition" in text_of(done)
    assert not wants_mail(signature)
    again = browser.get(link_of(signature))
    assert "You have stopped them already" in text_of(again)
    assert "You have stopped them already" in text_of(send(browser, link_of(signature), {}, purpose=PURPOSE))


def test_the_mail_programs_own_button_works_without_a_page(signature):
    response = Client().post(link_of(signature), ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200
    assert not wants_mail(signature)


def test_the_link_works_for_a_petition_of_the_archive(signature):
    Client().post(link_of(signature, archived=True), ONE_CLICK)
    assert not wants_mail(signature)


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "yes"}, {"form_token": "x"}])
def test_a_post_that_is_neither_the_button_nor_the_form_changes_nothing(signature, body):
    assert Client().post(link_of(signature), body).status_code == 403
    assert wants_mail(signature)


@pytest.mark.parametrize("token", ["", "wrong", "carol-confirms", "x" * 3000])
def test_a_wrong_token_leads_to_the_petition(signature, token):
    address = f"/signatures/{signature.pk}/unsubscribe?token={token}"
    for response in (Client().get(address), Client().post(address, ONE_CLICK)):
        assert response["Location"] == f"/petitions/{signature.petition_id}"
    assert wants_mail(signature)


def test_a_signature_without_a_token_any_more_is_opened_by_no_link(signature):
    Signature.objects.update(unsubscribe_token="")
    response = Client().get(f"/signatures/{signature.pk}/unsubscribe?token=")
    assert response["Location"] == f"/petitions/{signature.petition_id}"


def test_the_title_of_a_petition_that_is_not_public_is_not_shown(signature):
    Petition.objects.update(state="hidden")
    assert "footbridge" not in text_of(Client().get(link_of(signature)))
