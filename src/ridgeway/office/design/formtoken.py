"""A form's token without a cookie: the form was given out by this site, lately, and is sent from one of its own pages.

Law: public pages keep no session. A token is signed with Django's secret key (older keys still count while they stand
in SECRET_KEY_FALLBACKS), holds its purpose, a random mark and its time, and is checked together with what the browser
says of where the request came from. The mark is handed back, so that an action can be done once for one form.
Source: Fetch Metadata Request Headers (W3C), section 2.2; RFC 6454, section 7.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.exceptions import DisallowedHost
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from ridgeway.errors import RequestError

FIELD: Final = "form_token"
MAX_AGE_SECONDS: Final = 12 * 60 * 60
MAX_TOKEN_LENGTH: Final = 200
CLOCK_SKEW_SECONDS: Final = 60
NONCE_BYTES: Final = 16


class FormTokenError(RequestError):
    """The form is not one that this site gave out lately, or was not sent from its pages."""

    who = "the person who sent the form"
    status = 403


def render_form_token(purpose: str) -> Markup:
    """A hidden input with a fresh token, for templates: `{{ form_token("petitions.sign") }}`."""
    value = make_form_token(purpose, now=timezone.now(), nonce=secrets.token_urlsafe(NONCE_BYTES))
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, value)


def make_form_token(purpose: str, *, now: datetime, nonce: str) -> str:
    """A token for one form of `purpose`, good from `now`."""
    return make_signer(purpose).sign(f"{nonce}.{int(now.timestamp()):x}")


def make_signer(purpose: str) -> Signer:
    """What signs and proves tokens of `purpose`; one of another purpose never fits."""
    return Signer(salt=f"ridgeway.form.{purpose}")


def require_form_token(
    request: HttpRequest, purpose: str, *, now: datetime, max_age_seconds: int = MAX_AGE_SECONDS
) -> str:
    """Prove that this form was given out here for `purpose` and sent from this site; return its mark.

    Raises:  FormTokenError (403), with a sentence that the page may show.
    """
    verify_origin(request)
    nonce, given_at = read_token(request.POST.get(FIELD, ""), purpose)
    age = now - given_at
    if age > timedelta(seconds=max_age_seconds) or age < -timedelta(seconds=CLOCK_SKEW_SECONDS):
        raise FormTokenError(
            "expired_form_token",
            _("This page was open for too long."),
            action=_("Go back, load the page again and send the form once more."),
        )
    return nonce


def read_token(token: str, purpose: str) -> tuple[str, datetime]:
    """The mark and the time of a token that we signed for `purpose`."""
    if not token:
        raise make_refusal("missing_form_token")
    try:
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            raise BadSignature
        nonce, _dot, hexadecimal = make_signer(purpose).unsign(token).rpartition(".")
        return nonce, datetime.fromtimestamp(int(hexadecimal, 16), tz=UTC)
    except (BadSignature, ValueError, OverflowError, OSError) as error:
        raise make_refusal("invalid_form_token") from error


def verify_origin(request: HttpRequest) -> None:
    """Prove that the browser does not say that another site sent this request.

    A browser says it in Sec-Fetch-Site; an older one, or one without TLS, in Origin. Who sends neither is no browser,
    and nobody's browser can be misused through it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise make_refusal("cross_site_form")
        return
    origin = request.headers.get("Origin")
    if origin is None:
        return
    scheme, _separator, host = origin.partition("://")
    if host != find_host(request) or (request.is_secure() and scheme != "https"):
        raise make_refusal("cross_site_form")


def find_host(request: HttpRequest) -> str | None:
    """The host that was asked for; None where it is not this site."""
    try:
        return request.get_host()
    except DisallowedHost:
        return None


def make_refusal(code: str) -> FormTokenError:
    """The refusal of a form that did not come from our page."""
    return FormTokenError(
        code,
        _("This form was not sent from a page of this site."),
        action=_("Open the page again here and send the form from there."),
    )
