"""Django's plain way to sign, for comparison: the same table, the same checks of a form, a counter in the request.

Not a part of Ridgeway: `petitions_signing.py` serves it beside the real site and compares. A `urlconf` of Django.
"""

import secrets
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from ridgeway.office.notices import post_notice
from ridgeway.services.petitions.models import Constituency, Petition, PlaceCount, Postcode, Signature

TOKEN_BYTES = 24


class SignForm(forms.Form):
    """The fields of a signature."""

    name = forms.CharField(max_length=255)
    email = forms.EmailField(max_length=254)
    postcode = forms.CharField(max_length=12)
    location = forms.CharField(max_length=3)
    wants_updates = forms.BooleanField(required=False)


def sign(request: HttpRequest, petition_id: int) -> HttpResponse:
    """A row and a mail."""
    form = SignForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    values: dict[str, Any] = form.cleaned_data
    now = timezone.now()
    with transaction.atomic():
        signature = Signature.objects.create(
            petition_id=petition_id,
            name=values["name"],
            email=values["email"],
            canonical_email=values["email"].lower(),
            postcode=values["postcode"],
            country_code=values["location"],
            wants_updates=values["wants_updates"],
            ip=request.META["REMOTE_ADDR"],
            nonce=request.POST["form_token"][:20],
            confirm_token=secrets.token_urlsafe(TOKEN_BYTES),
            signed_token=secrets.token_urlsafe(TOKEN_BYTES),
            unsubscribe_token=secrets.token_urlsafe(TOKEN_BYTES),
            created_at=now,
            updated_at=now,
        )
        post_notice(
            "petitions.confirm_signature",
            subject=f"petition:{petition_id}",
            recipient_key=f"signature:{signature.pk}",
            address=signature.email,
            payload={"token": signature.confirm_token},
            now=now,
        )
    return redirect("/thank-you")


def verify(request: HttpRequest, signature_id: int) -> HttpResponse:
    """The row is valid, and each counter one higher."""
    now = timezone.now()
    with transaction.atomic():
        signature = Signature.objects.select_for_update().get(pk=signature_id, confirm_token=request.GET["token"])
        if signature.state == "pending":
            place = Postcode.objects.filter(key=signature.postcode).first()
            signature.constituency = (
                Constituency.objects.filter(code=place.constituency_code).first() if place else None
            )
            signature.state, signature.validated_at, signature.updated_at = "validated", now, now
            signature.save()
            Petition.objects.filter(pk=signature.petition_id).update(
                signature_count=F("signature_count") + 1, last_signed_at=now, updated_at=now
            )
            add_place(signature.petition_id, "country", signature.country_code)
            if signature.constituency is not None:
                add_place(signature.petition_id, "constituency", signature.constituency.code)
    return redirect("/signed")


def add_place(petition_id: int, kind: str, code: str) -> None:
    """One more from there."""
    found = PlaceCount.objects.filter(petition_id=petition_id, kind=kind, code=code)
    if not found.update(count=F("count") + 1):
        PlaceCount.objects.create(petition_id=petition_id, kind=kind, code=code, count=1)


urlpatterns = [
    path("petitions/<int:petition_id>/signatures/new", sign),
    path("signatures/<int:signature_id>/verify", verify),
]
