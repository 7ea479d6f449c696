"""Pages that staff write: how petitions work, the standards, privacy, cookies, accessibility, and what they add.

Law: Markdown without HTML; `$response_threshold` and the like stand for what the site is set to, so that no text grows
false when a number changes.
"""

from string import Template

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation

from ridgeway.office.design.formats import render_number
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Page, SiteSettings
from ridgeway.services.petitions.pages.caching import CONTENT, public, say_modified
from ridgeway.services.petitions.pages.context import name_in_language
from ridgeway.services.petitions.queries.content import find_page
from ridgeway.services.petitions.queries.site import read_site


@public(CONTENT)
def show_content(request: HttpRequest, slug: str) -> HttpResponse:
    """`/SLUG`; a page that is not translated is shown in the language that it has."""
    page = find_page(slug, translation.get_language() or "")
    if page is None or not page.is_enabled:
        raise Http404
    if page.redirect_url:
        return redirect(page.redirect_url)
    context = {
        "page": page,
        "content": fill_in(page, read_site()),
        "is_translated": page.language == translation.get_language(),
        "indexable": True,
        "canonical_url": link_to("content-page", language=page.language, slug=slug),
    }
    return say_modified(render(request, "petitions/content.html", context), page.updated_at)


def fill_in(page: Page, site: SiteSettings) -> str:
    """The text with the site's own names and numbers."""
    with translation.override(page.language):
        return Template(page.content).safe_substitute(
            parliament=name_in_language(site.parliament_name),
            government=name_in_language(site.government_name),
            minimum_sponsors=render_number(site.minimum_sponsors),
            response_threshold=render_number(site.threshold_for_response),
            debate_threshold=render_number(site.threshold_for_debate),
            duration_months=render_number(site.petition_duration_months),
        )


urlpatterns = [path("<slug:slug>", show_content, name="content-page")]
