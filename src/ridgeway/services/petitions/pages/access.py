"""Letting in those who know the site's password: testers of a site that is shut, guests of one that is not open yet.

Law: a signed cookie says that its holder knew the password that holds now; a new password ends all of them. Few
attempts are answered from one place on the net.
"""

import hashlib

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext

from ridgeway.office.design.formtoken import require_form_token
from ridgeway.services.petitions.forms.reading import AccessForm
from ridgeway.services.petitions.models import SiteSettings
from ridgeway.services.petitions.pages.private import private_page
from ridgeway.services.petitions.queries.site import read_site

PURPOSE = "petitions.access"
COOKIE = "petitions_access"
LIFETIME_SECONDS = 12 * 3600
ATTEMPTS, ATTEMPTS_SECONDS = 10, 300


def signer() -> TimestampSigner:
    """What signs the cookie."""
    return TimestampSigner(salt=PURPOSE)


def mark_of(site: SiteSettings) -> str:
    """What stands for the name and password that hold now."""
    return hashlib.sha256(f"{site.access_user}\n{site.access_password}".encode()).hexdigest()


def is_admitted(request: HttpRequest, mark: str) -> bool:
    """Whether the browser holds a cookie that was given for the password that `mark` stands for."""
    try:
        given = signer().unsign(request.COOKIES.get(COOKIE, ""), max_age=LIFETIME_SECONDS)
    except BadSignature:
        return False
    return constant_time_compare(given, mark)


@private_page()
def sign_in(request: HttpRequest) -> HttpResponse:
    """`/login`."""
    site = read_site()
    if not site.access_password:
        return redirect("home")
    form = AccessForm(request.POST or None)
    if request.method == "POST":
        require_form_token(request, PURPOSE, now=timezone.now())
        if form.is_valid() and is_right(request, site, form):
            return admit(site)
        if form.is_valid():
            form.add_error(None, gettext("The name or the password is wrong. After many attempts wait five minutes."))
    return render(request, "petitions/login.html", {"form": form, "asks_name": bool(site.access_user)})


def is_right(request: HttpRequest, site: SiteSettings, form: AccessForm) -> bool:
    """Whether name and password are those of the site, and this is not one attempt too many."""
    key = f"{PURPOSE}.{getattr(request, 'client_ip', '')}"
    cache.add(key, 0, ATTEMPTS_SECONDS)
    if cache.incr(key) > ATTEMPTS:
        return False
    is_named = not site.access_user or constant_time_compare(form.cleaned_data["name"], site.access_user)
    return check_password(form.cleaned_data["password"], site.access_password) and is_named


def admit(site: SiteSettings) -> HttpResponse:
    """Home, with the cookie."""
    response = redirect("home")
    value = signer().sign(mark_of(site))
    secure = settings.RIDGEWAY_SITE.is_secure
    response.set_cookie(COOKIE, value, max_age=LIFETIME_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return response


@private_page()
def sign_out(request: HttpRequest) -> HttpResponse:
    """`/logout`: the browser forgets."""
    response = redirect("home")
    response.delete_cookie(COOKIE)
    return response


urlpatterns = [
    path("login", sign_in, name="site-login"),
    path("logout", sign_out, name="site-logout"),
]
