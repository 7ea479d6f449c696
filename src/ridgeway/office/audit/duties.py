"""What the audit log has to do by the clock. Pure."""

from ridgeway.office.jobs.duty import Duty

DUTIES = (Duty("audit.seal", "ridgeway.office.audit.sealing.seal_log", every_seconds=60),)
