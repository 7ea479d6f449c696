"""Public services, one folder each; what a folder's plate says is all that the rest of the house knows of it.

Law: put a folder in and its service is there, take it out and it is gone. Nothing outside a folder names it.
Next: `plates.py`, `passing.py`, `stopping.py`, and a plate, as `petitions/service.py`.
"""

from ridgeway.services.passing import ChangeNote, Concern, Facts
from ridgeway.services.plates import Kept, MenuEntry, Service, installed
from ridgeway.services.stopping import Recall

__all__ = ["ChangeNote", "Concern", "Facts", "Kept", "MenuEntry", "Recall", "Service", "installed"]
