"""Keeps the global configuration and revocation answers fresh, and hands out one snapshot of trust.

Law: a process (`run.py`) fetches and writes; everybody else reads what it wrote, through `TrustKeeper`. Nothing is
written before it is proven, and nothing held is lost because something worse came.
Read next: `fetch.py`, `ocsp.py`, `keeper.py`, `explain.py`.
"""

from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.places import TrustPlaces, places_of

__all__ = ["TrustKeeper", "TrustPlaces", "places_of"]
