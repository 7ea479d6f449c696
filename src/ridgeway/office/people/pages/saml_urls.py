"""The addresses of SAML, there only where `ridgeway[saml]` is installed.

Law: whatever a sign-on service or somebody in its name sends, the browser comes in or to the page that says that it
failed. A service that wants to sign somebody out sends them to the page that asks: nobody else ends a session here.
"""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.core.internal import ratelimit
from allauth.socialaccount.providers.saml import views
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError

from ridgeway.office.people.gates import ungated
from ridgeway.office.people.pages.entrance import STRANGE
from ridgeway.office.people.providers import find_provider_by_id
from ridgeway.office.people.signon import Kind

FAULTS = (*STRANGE, PermissionDenied, etree.LxmlError, OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError)
LIMITS = {"saml": "60/m/ip"}
"""What a service sends is kept for the next page, whoever sends it: so not without end."""
log = logging.getLogger(__name__)


def come_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, behind which nothing that is sent breaks."""

    @ungated("where a sign-on service sends people back")
    @wraps(view)
    def careful(request: HttpRequest, organization_slug: str) -> HttpResponse:
        known = find_provider_by_id(organization_slug)
        if known is None or known.table.kind is not Kind.SAML:
            raise Http404
        if not ratelimit.consume(request, app="people", action="saml", config=LIMITS, limit_get=True):
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        try:
            return view(request, organization_slug=organization_slug)
        except FAULTS as error:
            log.warning("sign-on failed: why=%r", str(error)[:500])
            return redirect("people:sign_on_failed")

    return careful


@ungated("leads to the page that asks whether one wants to sign out")
def leave(request: HttpRequest, organization_slug: str) -> HttpResponse:  # noqa: ARG001 - named by the address
    """To the page that asks."""
    return redirect("account_logout")


urlpatterns = [
    path("sign-on/<slug:organization_slug>/saml", come_back(views.acs), name="saml_acs"),
    path("sign-on/<slug:organization_slug>/saml/finish", come_back(views.finish_acs), name="saml_finish_acs"),
    path("sign-on/<slug:organization_slug>/saml/sign-out", leave, name="saml_sls"),
    path("sign-on/<slug:organization_slug>/saml/metadata", come_back(views.metadata), name="saml_metadata"),
]
