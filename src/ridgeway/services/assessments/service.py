"""The plate of the self-assessments service: its name, its site, who may do what, its duties, what is kept.

Pure: the rest of the house reads this, and nothing else, of the service.
"""

from dataclasses import dataclass

from ridgeway.office.jobs.duty import Duty
from ridgeway.office.people.roles import MANAGE_PEOPLE, READ_AUDIT, Role
from ridgeway.services import Kept, MenuEntry, Service
from ridgeway.settingsfile import setting

VIEW = "assessments.view"
AUTHOR = "assessments.author"
APPROVE = "assessments.approve"
PUBLISH = "assessments.publish"
JOBS = "ridgeway.services.assessments.jobs"

VIEWER = frozenset({VIEW})
WRITER = VIEWER | {AUTHOR}
APPROVER = VIEWER | {APPROVE}
ADMINISTRATOR = WRITER | {APPROVE, PUBLISH, MANAGE_PEOPLE, READ_AUDIT}


@dataclass(frozen=True, slots=True)
class AssessmentsSettings:
    """What one deployment of the self-assessments service is told."""

    address: str = setting("http://localhost:8430", "Address of the public site, as browsers see it.")
    host: str = setting("127.0.0.1", "Address at which the public site listens.")
    port: int = setting(8430, "Port at which the public site listens.")
    organisation: str = setting("", "Who runs the public site, above its name; empty: web.organisation.")
    answers_minutes: int = setting(240, "Minutes that a person's answers stay usable in their own browser.")
    packages: str = setting("", "Packages, separated by commas, that are served from disk without any table.")
    quick_exit: str = setting("https://www.wikipedia.org/", "Where “Leave this page” leads; empty: it is not offered.")
    preview_today: str = setting("", "Day, as 2026-12-31, that pages of packages from disk take for today.")
    reloads: bool = setting(False, "Whether packages from disk are read again when they change; for authors alone.")
    sign_offs: int = setting(1, "Sign-offs by others than who wrote or added a version, before the desk puts it live.")
    smallest_count: int = setting(5, "Counts below this are not told, nor any from which one could be reckoned.")
    counts_days: int = setting(730, "Days that counts are kept.")


SERVICE = Service(
    name="assessments",
    title="Self-assessments",
    urls="ridgeway.services.assessments.urls",
    staff_urls="ridgeway.services.assessments.staff.urls",
    settings=AssessmentsSettings(),
    roles=(
        Role("viewer", "Viewer", VIEWER),
        Role("author", "Author", WRITER),
        Role("approver", "Approver", APPROVER),
        Role("administrator", "Administrator of assessments", ADMINISTRATOR),
    ),
    menu=(MenuEntry("Self-assessments", "assessments-staff:home", VIEW),),
    duties=(
        Duty("assessments.keep_dates", f"{JOBS}.keep_dates", every_seconds=60),
        Duty("assessments.forget_counts", f"{JOBS}.forget_counts", daily_at="03:40"),
    ),
    context="ridgeway.services.assessments.operating.naming.describe_site",
    middleware=("ridgeway.services.assessments.operating.reloading.Reloading",),
    kept=(Kept("Counts by day", "two years", "assessments.forget_counts"),),
    packages="ridgeway.services.assessments.passing",
    stopping="ridgeway.services.assessments.stopping",
)
