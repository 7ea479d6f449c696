"""The mails of the petitions service: who writes which, and to whom a mailing goes.

Law: a mail is written when it is sent, from what is true then; one that nobody needs any more is none. Every link is
built from the site's address in the settings. Importing this package registers its kinds. Next: `kinds.py`.
"""

from ridgeway.services.petitions.notices.kinds import KINDS

__all__ = ["KINDS"]
