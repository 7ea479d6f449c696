"""From a question to petitions: a facet, words, a topic, a Parliament."""

from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.listing import Listing
from ridgeway.services.petitions.queries.published import Listed, Petitions, list_archived, list_current, read_page
from ridgeway.services.petitions.queries.words import match_words


def find_matching(listing: Listing) -> Petitions:
    """Every petition that the question is about, before a facet is chosen."""
    found = list_archived() if listing.is_archive else list_current()
    if listing.words:
        found = match_words(found, listing.words)
    if listing.topic:
        found = found.filter(topics__code=listing.topic)
    if listing.parliament:
        found = found.filter(parliament__period=listing.parliament)
    return found


def find_listed(listing: Listing) -> Petitions:
    """The petitions of the chosen facet, in its order."""
    facet = listing.facets[listing.facet]
    return find_matching(listing).filter(facet.where).order_by(*facet.order)


def read_listed(listing: Listing, *, count: int | None = None) -> Listed:
    """The page that was asked for, with everything that a list says of each petition; `count` where it is known."""
    return read_page(find_listed(listing), number=listing.page, size=listing.size, count=count)


def find_by_number(listing: Listing) -> Petition | None:
    """The petition whose number was typed as the words; None where words are no number or nobody has it."""
    if not (listing.words.isascii() and listing.words.isdigit()) or len(listing.words) > 18:
        return None
    found = find_matching(Listing(is_archive=listing.is_archive))
    return found.filter(listing.facets["all"].where, pk=int(listing.words)).first()
