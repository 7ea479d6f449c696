"""The pages that staff write, in each language, with a look at them before they are saved."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.editing import keep_page
from ridgeway.services.petitions.forms.subjects import PageForm
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Page
from ridgeway.services.petitions.pages.content import fill_in
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.service import CONFIGURE
from ridgeway.services.petitions.staff.saying import say, show

PREVIEW = "preview"
"""Name of the button that shows and does not save."""


@gate(CONFIGURE)
def list_pages(request: HttpRequest) -> HttpResponse:
    """`/petitions/pages`."""
    names = dict(settings.LANGUAGES)
    pages = Page.objects.order_by("slug", "language")
    rows = [{"page": page, "language": names.get(page.language, page.language)} for page in pages]
    return show(request, "pages.html", {"rows": rows})


@gate(CONFIGURE)
def add_page(request: HttpRequest) -> HttpResponse:
    """`/petitions/pages/add`."""
    return edit(request, Page())


@gate(CONFIGURE)
def change_page(request: HttpRequest, page_id: str) -> HttpResponse:
    """`/petitions/pages/ID`."""
    return edit(request, get_page(parse_id(page_id)))


def get_page(number: int) -> Page:
    """The page.

    Raises:  Http404.
    """
    page = Page.objects.filter(pk=number).first()
    if page is None:
        raise Http404
    return page


def edit(request: HttpRequest, page: Page) -> HttpResponse:
    """The form, what it would look like, or the page as saved."""
    is_new, is_preview = page.pk is None, PREVIEW in request.POST
    form = PageForm(request.POST if request.method == "POST" else None, instance=page)
    is_right = request.method == "POST" and form.is_valid()
    if is_right and not is_preview:
        fresh = Page() if is_new else get_page(page.pk)
        keep_page(fresh, form.cleaned_data, actor=get_actor(request), now=timezone.now())
        say(request, gettext("The page is saved."))
        return redirect(reverse("petitions-staff:pages"))
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "title": gettext("Add a page") if is_new else gettext("Change a page"),
        "preview": fill_in(form.instance, read_site()) if is_right else "",
        "public_url": "" if is_new else link_to("content-page", language=page.language, slug=page.slug),
    }
    return show(request, "page.html", context, status=422 if form.is_bound and not is_right else 200)


urlpatterns = [
    path("pages", list_pages, name="pages"),
    path("pages/add", add_page, name="add-page"),
    path("pages/<str:page_id>", change_page, name="page"),
]
