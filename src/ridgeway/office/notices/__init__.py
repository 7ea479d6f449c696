"""Mail out: an outbox in the database that sends each notice once to each recipient, whatever crashes meanwhile.

Law: a notice is a row of the transaction that caused it; what it says is rendered when it is sent, by the function that
its kind's owner registered. No address and no token is ever logged. Nothing of a service is known here.
Next: `values.py`, `posting.py`, `mailings.py`, then `outbox.py`.
"""

from ridgeway.office.notices.mailings import cancel_mailing, request_mailing
from ridgeway.office.notices.posting import post_notice
from ridgeway.office.notices.registry import register
from ridgeway.office.notices.values import Attachment, Mail, Mailing, Notice, Outcome, Priority, Recipient, State

__all__ = [
    "Attachment",
    "Mail",
    "Mailing",
    "Notice",
    "Outcome",
    "Priority",
    "Recipient",
    "State",
    "cancel_mailing",
    "post_notice",
    "register",
    "request_mailing",
]
