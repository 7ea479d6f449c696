"""What every public page is told of the site: its names, menu, messages, and what is announced of the Parliament."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from markupsafe import Markup

from ridgeway.office.design.formats import render_datetime
from ridgeway.services.petitions.models import Parliament, SiteSettings
from ridgeway.services.petitions.queries.parliaments import find_parliament, is_dissolved
from ridgeway.services.petitions.queries.site import read_site

FOOTER = ("help", "standards", "privacy", "cookies", "accessibility")
BAR_COLOURS = {"default": "blue", "green": "green", "red": "red", "amber": "yellow", "grey": "grey"}


def describe_site(request: HttpRequest) -> dict[str, Any]:
    """The context of the public layout (design/public.html)."""
    site = read_site()
    return {
        "site_settings": site,
        "site_name": gettext(site.title),
        "organisation": name_in_language(site.parliament_name),
        "navigation": list_navigation(request),
        "footer_links": list_footer(),
        "manifest_url": reverse("manifest"),
        "message_bars": list_messages(request, site, find_parliament()),
    }


def name_in_language(name: str) -> str:
    """A name that staff gave; the usual ones are translated."""
    return gettext(name) if name else ""


def list_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Where one may go from every page."""
    entries = [
        (gettext("All petitions"), reverse("petitions")),
        (gettext("Start a petition"), reverse("start-petition")),
        (gettext("In your constituency"), reverse("local")),
        (gettext("Archive"), reverse("archived-petitions")),
    ]
    return [{"href": href, "label": label, "current": request.path == href} for label, href in entries]


def list_footer() -> list[dict[str, str]]:
    """The pages that every site of a public body has."""
    labels = {
        "help": gettext("How petitions work"),
        "standards": gettext("Standards for petitions"),
        "privacy": gettext("Privacy"),
        "cookies": gettext("Cookies"),
        "accessibility": gettext("Accessibility"),
    }
    links = [{"href": reverse("content-page", kwargs={"slug": slug}), "label": labels[slug]} for slug in FOOTER]
    links.append({"href": reverse("feedback"), "label": gettext("Feedback")})
    return links


def list_messages(request: HttpRequest, site: SiteSettings, parliament: Parliament | None) -> list[dict[str, str]]:
    """What staff want everybody to know: on the first page, on petitions, when signing is paused, when dissolved."""
    bars = []
    if parliament is not None and parliament.shows_dissolution and parliament.dissolution_at:
        bars.append({"colour": "yellow", "text": link_questions(say_dissolution(parliament), parliament)})
    if not site.accepts_signatures and site.pause_message:
        bars.append({"colour": "red", "text": site.pause_message})
    path = request.path_info
    if path == "/" and site.home_message:
        bars.append({"colour": BAR_COLOURS[site.home_message_colour], "text": site.home_message})
    if path.startswith("/petitions/") and site.petition_message:
        bars.append({"colour": BAR_COLOURS[site.petition_message_colour], "text": site.petition_message})
    if path.startswith("/feedback") and site.feedback_message:
        bars.append({"colour": BAR_COLOURS[site.feedback_message_colour], "text": site.feedback_message})
    return bars


def link_questions(text: str, parliament: Parliament) -> str:
    """What is announced, with a link to what people ask about it, where staff have written that down."""
    if not parliament.dissolution_faq_url:
        return text
    link = Markup('{} <a href="{}">{}</a>')
    return link.format(text, parliament.dissolution_faq_url, gettext("What this means for petitions"))


def say_dissolution(parliament: Parliament) -> str:
    """That the Parliament ends, in the words that staff gave, or in ours."""
    if is_dissolved(parliament, now=timezone.now()):
        text = parliament.dissolved_message or gettext("Parliament has been dissolved. All petitions are closed.")
        return f"{parliament.dissolved_heading} {text}".strip()
    usual = gettext("Parliament will be dissolved on %(when)s. All petitions will close then.")
    text = parliament.dissolution_message or usual % {"when": render_datetime(parliament.dissolution_at)}
    return f"{parliament.dissolution_heading} {text}".strip()
