"""All assessments, one of them with its versions and history, and adding a version."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.errors import RidgewayError
from ridgeway.office.audit.queries import list_entries
from ridgeway.office.audit.values import Filters
from ridgeway.office.people.gates import gate, get_actor, may
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.forms import PackageForm
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.reading import read_checked_archive
from ridgeway.services.assessments.service import AUTHOR, VIEW
from ridgeway.services.assessments.staff.showing import say, show
from ridgeway.services.assessments.states import State

MAX_LINES = 50


@gate(VIEW)
def show_home(request: HttpRequest) -> HttpResponse:
    """`/assessments/`: every assessment with the version that people get."""
    packages: dict[str, dict[str, Version]] = {}
    for version in Version.objects.defer("archive", "compiled").order_by("package", "pk"):
        packages.setdefault(version.package, {})[version.state] = version
    rows = [describe_package(name, by_state) for name, by_state in packages.items()]
    return show(request, "home.html", {"rows": rows, "may_add": may(get_actor(request), AUTHOR)})


def describe_package(name: str, by_state: dict[str, Version]) -> dict[str, object]:
    """One row of the list: what is live, what is coming."""
    order = (State.LIVE, State.ENDED, State.SCHEDULED, State.DRAFT, State.REPLACED, State.WITHDRAWN)
    shown = next(by_state[state] for state in order if state in by_state)
    return {"package": name, "shown": shown, "scheduled": by_state.get(State.SCHEDULED)}


@gate(VIEW)
def show_package(request: HttpRequest, package: str) -> HttpResponse:
    """`/assessments/of/PACKAGE`: its versions, newest first, and what was done."""
    versions = list(Version.objects.defer("archive", "compiled").filter(package=package).order_by("-pk"))
    if not versions:
        raise Http404
    lines = list_entries(Filters(subject=f"assessment:{package}"), limit=MAX_LINES)
    context = {"package": package, "title": versions[0].title, "versions": versions, "lines": lines}
    return show(request, "package.html", context)


@gate(AUTHOR)
def add(request: HttpRequest) -> HttpResponse:
    """`/assessments/add`: a package is checked, and kept as a draft where it has no error."""
    form = PackageForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["package"]
        try:
            checked = read_checked_archive(given.read(), given.name or "package")
            added = add_version(checked, by=Doer(get_actor(request), timezone.now()))
        except RidgewayError as error:
            faults = error.detail.splitlines()
        else:
            say(request, gettext("The version is added as a draft.") if added.is_new else gettext("It was there."))
            return redirect(reverse("assessments-staff:version", kwargs={"version_id": added.version.pk}))
    return show(request, "add.html", {"form": form, "faults": faults}, status=422 if request.method == "POST" else 200)


urlpatterns = [
    path("", show_home, name="home"),
    path("add", add, name="add"),
    path("of/<str:package>", show_package, name="package"),
]
