"""The settings of the site, in tabs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.people.actor import Actor
from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.configuring import configure, set_access
from ridgeway.services.petitions.forms.site import TABS
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.service import CONFIGURE
from ridgeway.services.petitions.staff.saying import say, show

FIRST = "description"
ACCESS = "access"


def link_tab(tab: str) -> str:
    """The address of a tab."""
    return reverse("petitions-staff:site", kwargs={"tab": tab})


@gate(CONFIGURE)
def lead_to_first(request: HttpRequest) -> HttpResponse:
    """`/petitions/site`: to the first tab."""
    return redirect(link_tab(FIRST))


@gate(CONFIGURE)
def edit_site(request: HttpRequest, tab: str) -> HttpResponse:
    """`/petitions/site/TAB`."""
    if tab not in TABS:
        raise Http404
    site, (title, form_class) = read_site(), TABS[tab]
    form = form_class(request.POST if request.method == "POST" else None, site=site)
    if request.method == "POST" and form.is_valid():
        changed = save(tab, form.cleaned_data, get_actor(request))
        say(request, gettext("The settings are saved.") if changed else gettext("Nothing was changed."))
        return redirect(link_tab(tab))
    tabs = [{"href": link_tab(name), "label": label, "current": name == tab} for name, (label, _) in TABS.items()]
    context = {"form": form, "title": title, "tabs": tabs, "has_password": bool(site.access_password)}
    return show(request, "site.html", {**context, "tab": tab}, status=422 if form.is_bound else 200)


def save(tab: str, values: dict[str, Any], actor: Actor) -> bool:
    """The tab is saved; whether that changed anything."""
    now = timezone.now()
    if tab != ACCESS:
        return bool(configure(values, actor=actor, now=now))
    changed = set_access(
        is_public=values["is_public"],
        user=values["access_user"],
        password=values["new_password"],
        drops=values["drops_password"],
        actor=actor,
        now=now,
    )
    return bool(changed)


urlpatterns = [
    path("site", lead_to_first, name="site-settings"),
    path("site/<str:tab>", edit_site, name="site"),
]
