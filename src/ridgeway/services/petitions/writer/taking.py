"""Forms become signatures: new ones with a mail that asks to confirm, repeated ones with the mail that fits.

Law: what is answered depends on the petition alone, never on who has signed it. Who is blocked or signs too often gets
the same answer, and on an open petition the same mail; the signature is marked, and never counts.
Source:  `rules.signing`, `rules.duplicates`, `rules.ratelimits`. Next: `confirming.py`.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from ridgeway.services.petitions.rules.addresses import domain_of
from ridgeway.services.petitions.rules.duplicates import Signer, find_duplicate
from ridgeway.services.petitions.rules.lists import render_source
from ridgeway.services.petitions.rules.ratelimits import ADMITTED, Origin, Recent, decide_listing, decide_rate
from ridgeway.services.petitions.rules.signing import Answer, decide_taking
from ridgeway.services.petitions.states import SignatureRole, SignatureState
from ridgeway.services.petitions.writer.ledger import Ledger
from ridgeway.services.petitions.writer.mails import Mails
from ridgeway.services.petitions.writer.rows import (
    KnownSignature,
    NewSignature,
    add_signatures,
    as_parameter,
    ask_known,
    ask_recent,
    note_mails,
    read_recent,
)
from ridgeway.services.petitions.writer.site import Site
from ridgeway.services.petitions.writer.values import Outcome, Take

TOKEN_BYTES = 24
Key = tuple[int, str]
"""A petition and what tells somebody apart there."""
Crowd = tuple[int, str, str]
"""A petition, a place on the net, and as what they sign there: each role has limits of its own."""


class TakeQuestions:
    """What is asked for the forms of one transaction, under way."""

    def __init__(self, takes: Sequence[Take], site: Site, *, now: datetime) -> None:
        rates = site.guard.rates
        self.canonical = {take.email: site.guard.table.canonicalise(take.email) for take in takes}
        self.sources = {take.ip: render_source(take.ip) if take.ip else "" for take in takes}
        self.known = ask_known(
            [(take.petition_id, self.canonical[take.email], take.email, take.nonce) for take in takes]
        )
        self.recent = ask_recent(
            {(take.petition_id, self.sources[take.ip], take.role) for take in takes if take.ip},
            burst=now - timedelta(seconds=rates.burst_period_seconds),
            sustained=now - timedelta(seconds=rates.sustained_period_seconds),
            limit=max(rates.burst_rate, rates.sustained_rate, rates.sponsor_rate),
        )


class Taker:
    """Takes the forms of one transaction, in the order in which they came."""

    def __init__(self, ledger: Ledger, mails: Mails, takes: Sequence[Take], asked: TakeQuestions) -> None:
        self.ledger, self.mails, self.site, self.now = ledger, mails, ledger.site, ledger.now
        self.canonical, self.sources = asked.canonical, asked.sources
        self.earlier: dict[Key, list[KnownSignature]] = defaultdict(list)
        self.nonces: set[Key] = set()
        self.learn_earlier(takes, asked)
        self.recent = read_recent(asked.recent)
        self.coming: Counter[Crowd] = Counter()
        self.new: list[NewSignature] = []
        self.mailed: dict[int, KnownSignature] = {}

    def learn_earlier(self, takes: Sequence[Take], asked: TakeQuestions) -> None:
        """Know the signatures that the same persons have under the same petitions, and which forms were sent before.

        An address as it was typed counts too: the rules of its domain may have been others when it signed.
        """
        typed = {take.email.lower(): self.canonical[take.email] for take in takes}
        nonces = {(take.petition_id, take.nonce) for take in takes}
        for row in asked.known.answer():
            known = KnownSignature(*row)
            if known.nonce and (known.petition_id, known.nonce) in nonces:
                self.nonces.add((known.petition_id, known.nonce))
            for key in {known.canonical_email, typed.get(known.email.lower(), known.canonical_email)}:
                self.earlier[known.petition_id, key].append(known)

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
            self.add(take, role)
        else:
            self.remind(earlier[at], take.nonce)
        return Outcome(Answer.ACCEPTED, take.petition_id)

    def add(self, take: Take, role: SignatureRole) -> None:
        """A new signature, pending; or marked, when its place is blocked or signs too often."""
        state = SignatureState.PENDING if self.is_welcome(take, role) else SignatureState.FRAUDULENT
        at = as_parameter(self.now)
        signature = NewSignature(
            pk=None,
            petition_id=take.petition_id,
            role=str(role),
            state=str(state),
            name=take.name,
            email=take.email,
            canonical_email=self.canonical[take.email],
            postcode=take.postcode,
            country_code=take.country_code,
            language=take.language,
            confirm_token=secrets.token_urlsafe(TOKEN_BYTES),
            signed_token=secrets.token_urlsafe(TOKEN_BYTES),
            nonce=take.nonce,
            mails_sent=int(may_mail(state, role)),
            wants_updates=take.wants_updates,
            ip=take.ip or None,
            source=self.sources[take.ip],
            unsubscribe_token=secrets.token_urlsafe(TOKEN_BYTES),
            created_at=at,
            updated_at=at,
        )
        self.new.append(signature)
        self.earlier[take.petition_id, signature.canonical_email].append(signature)

    def is_welcome(self, take: Take, role: SignatureRole) -> bool:
        """Whether lists and rates let this one count."""
        crowd = (take.petition_id, self.sources[take.ip], take.role)
        coming, known = self.coming[crowd], self.recent.get(crowd, Recent())
        self.coming[crowd] += 1
        guard = self.site.guard
        origin = Origin(take.ip, self.canonical[take.email], domain_of(take.email))
        listed = decide_listing(origin, guard.lists)
        if listed is not None or not take.ip:
            return listed is None or listed in ADMITTED
        recent = Recent(known.in_burst + coming, known.in_sustained + coming)
        return decide_rate(role, recent, guard.rates) in ADMITTED

    def remind(self, signature: KnownSignature, nonce: str) -> None:
        """The same person again: the mail that asks to confirm once more, or the one that says it is done.

        The form is noted, so that it mails once however often it is sent. A creator is confirmed by the private link.
        """
        if signature.pk is None:
            return  # it came in this very transaction; its mail is on the way
        state, role = SignatureState(signature.state), SignatureRole(signature.role)
        if state is SignatureState.VALIDATED or role is SignatureRole.CREATOR:
            sent = self.mails.tell_signed(signature)
        else:
            sent = may_mail(state, role) and self.mails.ask_to_confirm(signature)
        if sent:
            signature.nonce = nonce or signature.nonce
            self.mailed[signature.pk] = signature

    def write(self) -> None:
        """The new signatures are rows, and the mails that ask to confirm them are queued."""
        add_signatures(self.new)
        for signature in self.new:
            if signature.mails_sent:
                self.mails.send_link(signature)
        note_mails(self.mailed.values(), now=self.now)


def may_mail(state: SignatureState, role: SignatureRole) -> bool:
    """Whether a mail goes out: to everybody on an open petition, so that nobody learns whether they are marked."""
    return state is SignatureState.PENDING or (state is SignatureState.FRAUDULENT and role is SignatureRole.SIGNER)


def take_all(ledger: Ledger, mails: Mails, takes: Sequence[Take], asked: TakeQuestions) -> list[Outcome]:
    """An outcome for each form, in their order."""
    if not takes:
        return []
    taker = Taker(ledger, mails, takes, asked)
    ledger.count_sponsors(take.petition_id for take in takes if take.role == SignatureRole.SPONSOR)
    outcomes = [taker.take(take) for take in takes]
    taker.write()
    return outcomes
