"""Against fraud: limits and lists, rules of domains, and from where signatures come lately."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.limiting import delete_rule, keep_rule, set_limits
from ridgeway.services.petitions.forms.limits import DOMAINS, NETWORKS, RATES, DomainRuleForm, LimitsForm
from ridgeway.services.petitions.models import DomainRule
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.queries.fraud import list_addresses, list_domains, list_trending
from ridgeway.services.petitions.queries.site import read_limits
from ridgeway.services.petitions.rules.addresses import USUAL_RULES
from ridgeway.services.petitions.service import FRAUD
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import say, show

PAGE_SIZE = 50


@gate(FRAUD)
def edit_limits(request: HttpRequest) -> HttpResponse:
    """`/petitions/limits`."""
    form = LimitsForm(request.POST or None, instance=read_limits())
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen")
        changed = set_limits(values, seen=seen, actor=get_actor(request), now=timezone.now())
        say(request, gettext("The limits are saved.") if changed else gettext("Nothing was changed."))
        return redirect(reverse("petitions-staff:limits"))
    groups = [
        (gettext("How often"), RATES),
        (gettext("Networks"), NETWORKS),
        (gettext("Domains"), DOMAINS),
        (gettext("People"), ("blocked_emails",)),
        (gettext("What is noted"), ("logs_trending", "trending_threshold", "trending_alert_threshold")),
    ]
    return show(request, "limits.html", {"form": form, "groups": groups}, status=422 if form.is_bound else 200)


@gate(FRAUD)
def list_rules(request: HttpRequest) -> HttpResponse:
    """`/petitions/domains`."""
    rules = list(DomainRule.objects.order_by("pattern"))
    return show(request, "domains.html", {"rules": rules, "usual": USUAL_RULES})


@gate(FRAUD)
def add_rule(request: HttpRequest) -> HttpResponse:
    """`/petitions/domains/new`."""
    return edit(request, None)


@gate(FRAUD)
def edit_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """`/petitions/domains/ID`."""
    rule = DomainRule.objects.filter(pk=parse_id(rule_id)).first()
    if rule is None:
        raise Http404
    return edit(request, rule)


def edit(request: HttpRequest, rule: DomainRule | None) -> HttpResponse:
    """The form of a rule."""
    form = DomainRuleForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        keep_rule(form.save(commit=False), actor=get_actor(request), now=timezone.now())
        say(request, gettext("The rule is saved. It holds for signatures from now on."))
        return redirect(reverse("petitions-staff:domains"))
    return show(request, "domain-form.html", {"form": form, "rule": rule}, status=422 if form.is_bound else 200)


@gate(FRAUD)
@require_POST
def remove_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """`/petitions/domains/ID/delete`."""
    delete_rule(parse_id(rule_id), actor=get_actor(request), now=timezone.now())
    say(request, gettext("The rule is deleted."))
    return redirect(reverse("petitions-staff:domains"))


@gate(FRAUD)
def show_fraud(request: HttpRequest) -> HttpResponse:
    """`/petitions/fraud`: the last hour, of all petitions."""
    return show_sources(request, 0, {})


@gate(FRAUD)
def show_petition_fraud(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/fraud`: of one petition."""
    petition = get_petition(petition_id)
    return show_sources(request, petition.pk, {"petition": petition})


def show_sources(request: HttpRequest, petition_id: int, more: dict[str, object]) -> HttpResponse:
    """Three tables."""
    now = timezone.now()
    page = Paginator(list_trending(petition_id=petition_id), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "addresses": list_addresses(petition_id=petition_id, now=now),
        "domains": list_domains(petition_id=petition_id, now=now),
        "page": page,
        "page_href": lambda number: f"?page={number}",
        "notes": read_limits().logs_trending,
    }
    return show(request, "fraud.html", {**context, **more})


urlpatterns = [
    path("limits", edit_limits, name="limits"),
    path("domains", list_rules, name="domains"),
    path("domains/new", add_rule, name="add-domain"),
    path("domains/<str:rule_id>", edit_rule, name="domain"),
    path("domains/<str:rule_id>/delete", remove_rule, name="delete-domain"),
    path("fraud", show_fraud, name="fraud"),
    path("<str:petition_id>/fraud", show_petition_fraud, name="petition-fraud"),
]
