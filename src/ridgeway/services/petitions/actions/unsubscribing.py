"""Somebody wants no more mail about a petition.

Law: the signature stays and counts; only the wish for mail goes.
"""

from datetime import datetime

from ridgeway.services.petitions.models import Signature


def stop_updates(signature_id: int, *, now: datetime) -> bool:
    """No mail of a mailing goes to this signature any more; False when it wanted none before."""
    wanting = Signature.objects.filter(pk=signature_id, wants_updates=True)
    return wanting.update(wants_updates=False, updated_at=now) == 1
