"""`ridgeway securityserver`, joined with the backup of the whole server, which the message log's commands make."""

from ridgeway.messagelog.commands import backup, restore
from ridgeway.securityserver.commands import securityserver

securityserver.add_command(backup)
securityserver.add_command(restore)

__all__ = ["securityserver"]
