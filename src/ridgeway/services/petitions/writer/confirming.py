"""Links that were followed: pending signatures become valid, and are counted in the same transaction.

Law: a link tells nobody whether a signature counts: a marked one is answered as a good one, and stays as it is. Only a
pending signature moves, and once; a link that is followed again, or twice at the same moment, changes nothing.
Source:  `rules.signing`. Next: `ledger.py`.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from ridgeway.errors import WorldError
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.signing import is_token_of
from ridgeway.services.petitions.rules.signing import Answer, decide_confirming, is_stale
from ridgeway.services.petitions.states import GATHERING, IN_QUEUE, UNPUBLISHED, SignatureRole, SignatureState, State
from ridgeway.services.petitions.writer.ledger import Ledger, Page
from ridgeway.services.petitions.writer.mails import Mails
from ridgeway.services.petitions.writer.rows import (
    KnownSignature,
    ask_linked,
    ask_places,
    ask_places_of,
    find_creators,
    flip,
    read_linked_by_number,
    read_places,
)
from ridgeway.services.petitions.writer.site import Site
from ridgeway.services.petitions.writer.values import Confirm, ConfirmCreator, Outcome

BEFORE_THE_FIRST = timedelta(seconds=1)
"""A creator whom the first supporter confirms was there before."""


class LinkQuestions:
    """What is asked for the links of one transaction, under way."""

    def __init__(self, confirms: Sequence[Confirm], site: Site) -> None:
        wanted = {each.signature_id for each in confirms}
        self.signatures = ask_linked(wanted)
        self.places = ask_places_of(wanted if site.finds_places else ())


class Confirmer:
    """Confirms the links of one transaction, in the order in which they came."""

    def __init__(self, ledger: Ledger, mails: Mails, asked: LinkQuestions, *, creators_of: Collection[int]) -> None:
        self.ledger, self.mails, self.now = ledger, mails, ledger.now
        self.signatures = read_linked_by_number(asked.signatures)
        self.places = read_places(asked.places)
        self.creators = find_creators(creators_of)
        if ledger.site.finds_places:
            waiting = {each.postcode for each in self.creators.values() if each.state == SignatureState.PENDING}
            self.places |= read_places(ask_places(waiting))
        self.flipped: list[KnownSignature] = []

    def confirm(self, command: Confirm) -> Outcome:
        """One link of a sponsor or signer."""
        signature = self.signatures.get(command.signature_id)
        page = self.ledger.find(signature.petition_id) if signature else None
        if signature is None or page is None or not is_token_of(command.token, signature.confirm_token):
            return Outcome(Answer.UNKNOWN, page.petition.pk if page else 0)
        role = SignatureRole(signature.role)
        if signature.state == SignatureState.VALIDATED:
            if page.petition.state in UNPUBLISHED and is_stale(role, signature.validated_at, now=self.now):
                return Outcome(Answer.STALE, page.petition.pk, role)
            return accept(signature)
        answer = decide_confirming(self.ledger.describe(page), role, now=self.now)
        if answer is not Answer.ACCEPTED:
            return Outcome(answer, page.petition.pk, role)
        if signature.state == SignatureState.PENDING:
            self.confirm_creator_of(page)
            self.flip(page, signature, command.ip)
            self.tell(page, signature)
        return accept(signature)

    def confirm_creator(self, command: ConfirmCreator) -> Outcome:
        """The private link was opened."""
        page = self.ledger.find(command.petition_id)
        if page is None or not is_token_of(command.token, page.petition.sponsor_token):
            return Outcome(Answer.UNKNOWN)
        self.confirm_creator_of(page, ip=command.ip)
        return Outcome(Answer.ACCEPTED, page.petition.pk, SignatureRole.CREATOR)

    def confirm_creator_of(self, page: Page, *, ip: str = "") -> None:
        """The creator of a petition that is not public yet is confirmed, if nobody has done so before."""
        creator = self.creators.get(page.petition.pk)
        if creator is None or creator.state != SignatureState.PENDING or page.petition.state not in UNPUBLISHED:
            return
        self.flip(page, creator, ip)
        creator.validated_at = self.now - BEFORE_THE_FIRST
        self.ledger.support(page)

    def flip(self, page: Page, signature: KnownSignature, ip: str) -> None:
        """A pending signature counts."""
        signature.state = SignatureState.VALIDATED
        signature.validated_at = self.now
        signature.confirmed_ip = ip or None
        if signature.country_code == self.ledger.site.home_code:
            signature.constituency = self.places.get(signature.postcode)
        self.ledger.add(page, signature)
        self.flipped.append(signature)

    def tell(self, page: Page, signature: KnownSignature) -> None:
        """The count may have reached a line; a sponsor's is told to the creator."""
        before = page.petition.state
        self.ledger.settle(page)
        creator = self.creators.get(page.petition.pk)
        if signature.role != SignatureRole.SPONSOR or before not in GATHERING or creator is None:
            return
        if page.petition.state == State.SPONSORED:
            delayed = {"delayed": self.is_delayed()}
            self.mails.post("petitions.threshold_reached", creator, version="1", payload=delayed)
        else:
            needed = max(self.ledger.site.thresholds.moderation - page.sponsors, 0)
            payload = {"supporters": page.sponsors, "needed": needed}
            self.mails.post("petitions.supported", creator, version=str(page.sponsors), payload=payload)

    def is_delayed(self) -> bool:
        """Whether so many petitions wait for moderators that a creator should know."""
        waiting = Petition.objects.filter(state__in=sorted(IN_QUEUE), archived_at=None).count()
        return bool(waiting >= self.ledger.site.delay_threshold)

    def write(self) -> None:
        """Every flip is a row.

        Raises:  WorldError(database_error) when a row was not pending any more: then nothing of the group is written.
        """
        if len(flip(self.flipped, now=self.now).answer()) != len(self.flipped):
            raise WorldError("database_error", "Signatures were changed by somebody else meanwhile; ask again.")


def accept(signature: KnownSignature) -> Outcome:
    """The page that says thank you may be opened."""
    return Outcome(Answer.ACCEPTED, signature.petition_id, signature.role, signature.signed_token)


def confirm_all(
    ledger: Ledger, mails: Mails, confirms: Sequence[Confirm], creators: Sequence[ConfirmCreator], asked: LinkQuestions
) -> tuple[list[Outcome], list[Outcome]]:
    """An outcome for each link, those of signers and those of creators, in their order."""
    if not confirms and not creators:
        return [], []
    unpublished = [number for number, page in ledger.pages.items() if page.petition.state in UNPUBLISHED]
    confirmer = Confirmer(ledger, mails, asked, creators_of=unpublished)
    ledger.count_sponsors(unpublished)
    of_creators = [confirmer.confirm_creator(each) for each in creators]
    of_signers = [confirmer.confirm(each) for each in confirms]
    confirmer.write()
    return of_signers, of_creators
