"""Background work kept in the database: duties by the clock, a queue, and the sending of notices.

Law: nothing here knows what a duty does; a service's plate names its duties, and this room runs each once when it is
due. This file is importable without Django, since plates are. Next: `duty.py`, `clock.py`, `worker.py`.
"""

from ridgeway.office.jobs.duty import Duty

__all__ = ["Duty"]
