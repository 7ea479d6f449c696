"""What the accounts have to do by the clock. Pure."""

from ridgeway.office.jobs.duty import Duty

DUTIES = (Duty("people.forget", "ridgeway.office.people.retention.forget_sessions", daily_at="03:20"),)
