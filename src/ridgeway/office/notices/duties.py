"""What the outbox has to do by the clock. Law: importable without Django. Next: `retention.py`."""

from ridgeway.office.jobs.duty import Duty

DUTIES = (Duty("notices.forget", "ridgeway.office.notices.retention.forget_settled", daily_at="03:10"),)
