"""How answers travel with a person: sealed, in a cookie, a form field or a QR code.

Law: nothing that comes back is trusted before its seal is opened, and then only as far as `engine.verify_answers` goes.
Next: `sealing.py` (the seal), `keys.py` (what it is made with), `answers.py` (what is in it).
"""

from ridgeway.services.assessments.carrying.answers import Carried, Purpose, begin
from ridgeway.services.assessments.carrying.sealing import SealError, seal, unseal

__all__ = ["Carried", "Purpose", "SealError", "begin", "seal", "unseal"]
