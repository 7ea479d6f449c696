"""Forms become signatures: new ones with a mail that asks to confirm, repeated ones with the mail that fits.

Law: what is answered depends on the petition alone, never on who has signed it. Who is blocked or signs too often gets
the same answer, and on an open petition the same mail; the signature is marked, and never counts.
Source:  `rules.signing`, `rules.duplicates`, `rules.ratelimits`. Next: `confirming.py`.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Lower

from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.rules.addresses import domain_of
from ridgeway.services.petitions.rules.duplicates import Signer, find_duplicate
from ridgeway.services.petitions.rules.lists import render_source
from ridgeway.services.petitions.rules.ratelimits import ADMITTED, Origin, Recent, decide_listing, decide_rate
from ridgeway.services.petitions.rules.signing import Answer, decide_taking
from ridgeway.services.petitions.states import SignatureRole, SignatureState
from ridgeway.services.petitions.writer.ledger import Ledger, Page
from ridgeway.services.petitions.writer.mails import Mails
from ridgeway.services.petitions.writer.values import Outcome, Take

TOKEN_BYTES = 24
Key = tuple[int, str]
"""A petition and what tells somebody apart there."""
Crowd = tuple[int, str, str]
"""A petition, a place on the net, and as what they sign there: each role has limits of its own."""


class Taker:
    """Takes the forms of one transaction, in the order in which they came."""

    def __init__(self, ledger: Ledger, mails: Mails, takes: Sequence[Take]) -> None:
        self.ledger, self.mails, self.site, self.now = ledger, mails, ledger.site, ledger.now
        self.canonical = {take.email: self.site.guard.table.canonicalise(take.email) for take in takes}
        self.sources = {take.ip: render_source(take.ip) if take.ip else "" for take in takes}
        self.earlier = self.find_earlier(takes)
        self.nonces = self.find_nonces(takes)
        self.times = self.find_times(takes)
        self.new: list[Signature] = []
        self.mailed: dict[int, Signature] = {}

    def find_earlier(self, takes: Sequence[Take]) -> dict[Key, list[Signature]]:
        """The signatures that the same persons have under the same petitions.

        An address as it was typed counts too: the rules of its domain may have been others when it signed.
        """
        typed = {take.email.lower(): self.canonical[take.email] for take in takes}
        under = Signature.objects.filter(petition_id__in={take.petition_id for take in takes})
        same = Q(canonical_email__in=set(typed.values())) | Q(lower_email__in=set(typed))
        earlier: dict[Key, list[Signature]] = defaultdict(list)
        for signature in under.annotate(lower_email=Lower("email")).filter(same).order_by("pk"):
            keys = {signature.canonical_email, typed.get(signature.email.lower(), signature.canonical_email)}
            for key in keys:
                earlier[signature.petition_id, key].append(signature)
        return earlier

    def find_nonces(self, takes: Sequence[Take]) -> set[Key]:
        """Which of the forms were sent before."""
        nonces = {take.nonce for take in takes if take.nonce}
        found = Signature.objects.filter(petition_id__in={take.petition_id for take in takes}, nonce__in=nonces)
        return set(found.values_list("petition_id", "nonce")) if nonces else set()

    def find_times(self, takes: Sequence[Take]) -> dict[Crowd, list[datetime]]:
        """When the same petitions were signed from the same places within the longer period."""
        since = self.now - timedelta(seconds=self.site.guard.rates.sustained_period_seconds)
        sources = {self.sources[take.ip] for take in takes if take.ip}
        near = Q(source__in=sources, petition_id__in={take.petition_id for take in takes}, created_at__gt=since)
        times: dict[Crowd, list[datetime]] = defaultdict(list)
        if sources:
            found = Signature.objects.filter(near).values_list("petition_id", "source", "role", "created_at")
            for petition_id, source, role, at in found:
                times[petition_id, source, role].append(at)
        return times

    def take(self, take: Take) -> Outcome:
        """One form."""
        page = self.ledger.find(take.petition_id)
        if page is None:
            return Outcome(Answer.UNKNOWN)
        role = SignatureRole(take.role)
        answer = decide_taking(self.ledger.describe(page), role, now=self.now)
        if answer is not Answer.ACCEPTED:
            return Outcome(answer, take.petition_id)
        if take.nonce and (take.petition_id, take.nonce) in self.nonces:
            return Outcome(Answer.ACCEPTED, take.petition_id)
        self.nonces.add((take.petition_id, take.nonce))
        earlier = self.earlier[take.petition_id, self.canonical[take.email]]
        at = find_duplicate(Signer(take.name, take.postcode), [Signer(each.name, each.postcode) for each in earlier])
        if at is None:
            self.add(page, take, role)
        else:
            self.remind(earlier[at])
        return Outcome(Answer.ACCEPTED, take.petition_id)

    def add(self, page: Page, take: Take, role: SignatureRole) -> None:
        """A new signature, pending; or marked, when its place is blocked or signs too often."""
        key = (take.petition_id, self.sources[take.ip], take.role)
        is_welcome = self.is_welcome(take, role, self.times[key])
        self.times[key].append(self.now)
        signature = Signature(
            petition=page.petition,
            role=role,
            state=SignatureState.PENDING if is_welcome else SignatureState.FRAUDULENT,
            name=take.name,
            email=take.email,
            canonical_email=self.canonical[take.email],
            postcode=take.postcode,
            country_code=take.country_code,
            wants_updates=take.wants_updates,
            language=take.language,
            ip=take.ip or None,
            source=self.sources[take.ip],
            nonce=take.nonce,
            confirm_token=secrets.token_urlsafe(TOKEN_BYTES),
            signed_token=secrets.token_urlsafe(TOKEN_BYTES),
            unsubscribe_token=secrets.token_urlsafe(TOKEN_BYTES),
            created_at=self.now,
            updated_at=self.now,
        )
        self.new.append(signature)
        self.earlier[take.petition_id, signature.canonical_email].append(signature)

    def is_welcome(self, take: Take, role: SignatureRole, times: Sequence[datetime]) -> bool:
        """Whether lists and rates let this one count."""
        guard = self.site.guard
        origin = Origin(take.ip, self.canonical[take.email], domain_of(take.email))
        listed = decide_listing(origin, guard.lists)
        if listed is not None or not take.ip:
            return listed is None or listed in ADMITTED
        burst = self.now - timedelta(seconds=guard.rates.burst_period_seconds)
        recent = Recent(sum(at > burst for at in times), len(times))
        return decide_rate(role, recent, guard.rates) in ADMITTED

    def remind(self, signature: Signature) -> None:
        """The same person again: the mail that asks to confirm once more, or the one that says it is done."""
        if signature.pk is None:
            return  # it came in this very transaction; its mail is on the way
        if signature.state == SignatureState.VALIDATED:
            sent = self.mails.tell_signed(signature)
        else:
            sent = may_mail(signature) and self.mails.ask_to_confirm(signature)
        if sent:
            self.mailed[signature.pk] = signature

    def write(self) -> None:
        """The new signatures are rows, and the mails that ask to confirm them are queued."""
        for signature in self.new:
            signature.mails_sent = int(may_mail(signature))
        Signature.objects.bulk_create(self.new)
        for signature in self.new:
            if signature.mails_sent:
                self.mails.send_link(signature)
        for count in {signature.mails_sent for signature in self.mailed.values()}:
            numbers = [number for number, each in self.mailed.items() if each.mails_sent == count]
            Signature.objects.filter(pk__in=numbers).update(mails_sent=count)


def may_mail(signature: Signature) -> bool:
    """Whether a mail goes out: to everybody on an open petition, so that nobody learns whether they are marked."""
    return signature.state == SignatureState.PENDING or (
        signature.state == SignatureState.FRAUDULENT and signature.role == SignatureRole.SIGNER
    )


def take_all(ledger: Ledger, mails: Mails, takes: Sequence[Take]) -> list[Outcome]:
    """An outcome for each form, in their order."""
    if not takes:
        return []
    ledger.count_sponsors(take.petition_id for take in takes if take.role == SignatureRole.SPONSOR)
    taker = Taker(ledger, mails, takes)
    outcomes = [taker.take(take) for take in takes]
    taker.write()
    return outcomes
