"""What a machine finds in an assessment before anybody sees it. Pure.

Findings about a package (`checking.py`), all its paths by classes of answers (`walking.py`), who gets another result by
a new version (`differing.py`), what would have changed a result (`counterfactual.py`), and drawings (`drawing.py`).
Read next: `classes.py`, then `walking.py`.
"""

from ridgeway.services.assessments.checks.checking import Report, check_package, report_on
from ridgeway.services.assessments.checks.codes import CODES
from ridgeway.services.assessments.checks.findings import Finding, Severity
from ridgeway.services.assessments.checks.walking import Walk, walk_paths

__all__ = ["CODES", "Finding", "Report", "Severity", "Walk", "check_package", "report_on", "walk_paths"]
