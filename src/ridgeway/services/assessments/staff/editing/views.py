"""Drafts: all of them, one of them, the form of one element, and what is done to a draft."""

import copy
from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.errors import RequestError, RidgewayError
from ridgeway.office.documents.tree import Tree
from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.assessments.actions.doing import Doer
from ridgeway.services.assessments.actions.drafting import (
    OvertakenError,
    begin_from_starter,
    begin_from_version,
    change_draft,
    drop_draft,
    make_version,
)
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.models import Draft
from ridgeway.services.assessments.service import AUTHOR
from ridgeway.services.assessments.staff.editing.boxes import apply_boxes, find
from ridgeway.services.assessments.staff.editing.forms import BeginForm, PageForm, SheetForm
from ridgeway.services.assessments.staff.editing.looking import Look, look
from ridgeway.services.assessments.staff.editing.sheets import Sheet, make_sheet, tidy
from ridgeway.services.assessments.staff.editing.structure import (
    add_entry,
    make_option,
    make_rule,
    move_entry,
    remove_entry,
)
from ridgeway.services.assessments.staff.showing import MAX_ID_DIGITS, get_version, say, show

OUTLINE = ("pages", "outcomes")
"""The lists that the page of a draft shows."""
NEW = "new:"
"""What begins the name of the field for a new entry's label; the list that gets it stands behind."""


def get_draft(draft_id: str) -> Draft:
    """The draft that an address names.

    Raises:  Http404.
    """
    if not (draft_id.isascii() and draft_id.isdigit() and len(draft_id) <= MAX_ID_DIGITS):
        raise Http404
    found = Draft.objects.filter(pk=int(draft_id)).first()
    if found is None:
        raise Http404
    return found


def doer(request: HttpRequest) -> Doer:
    """Who acts, now."""
    return Doer(get_actor(request), timezone.now())


def go(name: str, draft: Draft, **parts: str) -> HttpResponse:
    """To a page of the draft."""
    return redirect(reverse(f"assessments-staff:{name}", kwargs={"draft_id": draft.pk, **parts}))


@gate(AUTHOR)
def show_drafts(request: HttpRequest) -> HttpResponse:
    """`/assessments/drafts`: all drafts, and a new one from a starter."""
    form = BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = begin_from_starter(form.cleaned_data["name"], form.cleaned_data["starter"], by=doer(request))
        except RequestError as error:
            form.add_error("name", f"{error.detail} {error.action}")
        else:
            return go("draft", draft)
    drafts = Draft.objects.defer("archive").select_related("based_on").order_by("-saved_at")
    return show(request, "editing/drafts.html", {"drafts": drafts, "form": form}, status=422 if form.is_bound else 200)


@gate(AUTHOR)
@require_POST
def begin(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/write`: a draft of this version."""
    return go("draft", begin_from_version(get_version(version_id).pk, by=doer(request)))


@gate(AUTHOR)
def show_draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    """`/assessments/drafts/ID`: its pages, results, rules, texts; what the checks say; a new page."""
    seen = look(get_draft(draft_id))
    tree = seen.trees[SERVICE]
    pages = [each["id"] for each in tree.get("pages", [])]
    is_new = request.method == "POST" and "name" in request.POST
    form = PageForm(request.POST if is_new else None, pages=pages, initial={"number": seen.draft.number})
    status = 422 if is_new else 200
    if request.method == "POST" and (not is_new or form.is_valid()):
        new = copy.deepcopy(tree)
        try:
            if is_new:
                add_page(new, form)
            else:
                act(new, request.POST.get("act", ""), OUTLINE)
            sent = request.POST.get("number", "")
            change_draft(seen.draft, SERVICE, new, number=read_number(sent), by=doer(request))
        except RequestError as error:
            say(request, f"{error.detail} {error.action}", kind="error")
        return go("draft", seen.draft)
    context = describe(seen) | {"form": form, "drawing": seen.draw()}
    return show(request, "editing/draft.html", context, status=status)


def describe(seen: Look) -> dict[str, Any]:
    """What the page of a draft lists."""
    tree = seen.trees[SERVICE]
    tables = [name.removeprefix("tables/").removesuffix(".yaml") for name in seen.trees if name.startswith("tables/")]
    languages = tree.get("languages") or {}
    return {
        "look": seen,
        "draft": seen.draft,
        "pages": tree.get("pages", []),
        "outcomes": tree.get("outcomes", []),
        "parameters": list(tree.get("parameters") or {}),
        "decisions": [*(tree.get("decisions") or {}), *tables],
        "languages": [*(languages.get("complete") or []), *(languages.get("partial") or [])],
    }


def add_page(tree: Tree, form: PageForm) -> None:
    """The page or result stands in the tree."""
    holder = "outcomes" if form.cleaned_data["kind"] == "outcome" else "pages"
    after = form.cleaned_data["after"] if holder == "pages" else ""
    add_entry(tree, holder, form.make_entry(), after=after)


def read_number(text: str) -> int:
    """The number of a draft, as it was sent; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS else 0


def act(tree: Tree, asked: str, lists: Collection[str]) -> None:
    """What a button asks: `up|down|remove:LIST/NAME` or `add:LIST` of rules; only in the `lists` of the page.

    Raises:  RequestError.
    """
    verb, _colon, place = asked.partition(":")
    if verb == "add" and place in lists and place.split("/")[-1] == "rules":
        add_entry(tree, place, make_rule(find(tree, tuple(place.split("/")[:-1]))))
        return
    holder, _slash, name = place.rpartition("/")
    if holder not in lists:
        return
    if verb == "remove":
        remove_entry(tree, holder, name)
    elif verb in {"up", "down"}:
        move_entry(tree, holder, name, -1 if verb == "up" else 1)


@gate(AUTHOR)
def edit(request: HttpRequest, draft_id: str, element: str) -> HttpResponse:
    """`/assessments/drafts/ID/edit/ELEMENT`: the form of one element."""
    seen = look(get_draft(draft_id))
    sheet = make_sheet(seen.trees, element)
    if sheet is None:
        raise Http404
    cells = frozenset(box.name for group in sheet.groups for row in group.rows for box in row.boxes)
    form = SheetForm(request.POST or None, sheet.boxes, number=seen.draft.number, cells=cells)
    status, theirs = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                new = change_sheet(seen.trees[sheet.file], sheet, request)
                change_draft(seen.draft, sheet.file, new, number=form.cleaned_data["number"], by=doer(request))
            except OvertakenError as error:
                status, theirs = 409, find_theirs(sheet, request)
                form.add_error(None, f"{error.detail} {error.action}")
                form.data = request.POST.dict() | {"number": str(get_draft(draft_id).number)}
            except RequestError as error:
                form.add_error(None, f"{error.detail} {error.action}")
            else:
                say(request, gettext("It is saved."))
                return go("edit", seen.draft, element=element)
    context = {"draft": seen.draft, "sheet": sheet, "form": form, "told": seen.tell(sheet), "look": seen}
    return show(request, "editing/element.html", context | {"theirs": theirs, "new": NEW}, status=status)


def change_sheet(tree: Tree, sheet: Sheet, request: HttpRequest) -> Tree:
    """The file after what was sent: its boxes, its new entries, its button."""
    sent = {name: str(value) for name, value in request.POST.items()}
    new = apply_boxes(tree, [box for box in sheet.boxes if box.path], sent)
    tidy(new, sheet.path)
    for group in sheet.groups:
        label = sent.get(f"{NEW}{group.adds}", "").strip()[:300]
        if group.adds.endswith("options") and label:
            add_entry(new, group.adds, make_option(new, group.adds, label))
    if sent.get("act"):
        act(new, sent["act"], sheet.lists)
    return new


def find_theirs(sheet: Sheet, request: HttpRequest) -> list[tuple[Any, str]]:
    """What stands in the draft now where the writer has something else."""
    return [
        (box.label, box.shown)
        for box in sheet.boxes
        if box.path and request.POST.get(box.name, "").replace("\r\n", "\n").strip() not in {box.shown.strip(), "on"}
    ]


@gate(AUTHOR)
@require_POST
def publish(request: HttpRequest, draft_id: str) -> HttpResponse:
    """`/assessments/drafts/ID/version`: the draft is made a version, where it has no error."""
    draft = get_draft(draft_id)
    try:
        version = make_version(draft, by=doer(request))
    except RidgewayError as error:
        say(request, f"{error.detail} {error.action}", kind="error")
        return go("draft", draft)
    say(request, gettext("It is a version now, and waits for its sign-offs."))
    return redirect(reverse("assessments-staff:version", kwargs={"version_id": version.pk}))


@gate(AUTHOR)
@require_POST
def drop(request: HttpRequest, draft_id: str) -> HttpResponse:
    """`/assessments/drafts/ID/drop`."""
    drop_draft(get_draft(draft_id), by=doer(request))
    say(request, gettext("The draft is gone."))
    return redirect(reverse("assessments-staff:drafts"))


@gate(AUTHOR)
def take(request: HttpRequest, draft_id: str) -> HttpResponse:
    """`/assessments/drafts/ID/package.zip`: its files."""
    draft = get_draft(draft_id)
    answer = HttpResponse(bytes(draft.archive), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{draft.package}-draft.zip"'
    return answer


@gate(AUTHOR)
def show_text(request: HttpRequest, draft_id: str) -> HttpResponse:
    """`/assessments/drafts/ID/yaml`: the files as they are written."""
    seen = look(get_draft(draft_id))
    files = [(name, data.decode("utf-8-sig", "replace")) for name, data in sorted(seen.files.content.items())]
    return show(request, "editing/yaml.html", {"draft": seen.draft, "files": files})


@gate(AUTHOR)
def show_flow(request: HttpRequest, draft_id: str) -> HttpResponse:
    """`/assessments/drafts/ID/flow.svg`."""
    drawing = look(get_draft(draft_id)).draw()
    if drawing is None:
        raise Http404
    return HttpResponse(drawing.svg, content_type="image/svg+xml")


urlpatterns = [
    path("drafts", show_drafts, name="drafts"),
    path("versions/<str:version_id>/write", begin, name="write"),
    path("drafts/<str:draft_id>", show_draft, name="draft"),
    path("drafts/<str:draft_id>/edit/<path:element>", edit, name="edit"),
    path("drafts/<str:draft_id>/version", publish, name="make-version"),
    path("drafts/<str:draft_id>/drop", drop, name="drop"),
    path("drafts/<str:draft_id>/package.zip", take, name="take"),
    path("drafts/<str:draft_id>/yaml", show_text, name="yaml"),
    path("drafts/<str:draft_id>/flow.svg", show_flow, name="flow"),
]
