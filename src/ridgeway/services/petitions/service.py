"""The plate of the petitions service: its name, its sites, who may do what, its duties, and how long data is kept.

Pure: the rest of the house reads this, and nothing else, of the service.
"""

from dataclasses import dataclass
from pathlib import Path

from ridgeway.office.jobs.duty import Duty
from ridgeway.office.people.roles import MANAGE_PEOPLE, READ_AUDIT, Role
from ridgeway.services import Kept, MenuEntry, Service
from ridgeway.settingsfile import setting

VIEW = "petitions.view"
ANNOTATE = "petitions.annotate"
MODERATE = "petitions.moderate"
RESPOND = "petitions.respond"
DEBATE = "petitions.debate"
MAIL = "petitions.mail"
SIGNATURES = "petitions.signatures"
CONFIGURE = "petitions.configure"
REMOVE = "petitions.remove"
FRAUD = "petitions.fraud"
PARLIAMENT = "petitions.parliament"
JOBS = "ridgeway.services.petitions.jobs"

REVIEWER = frozenset({VIEW, ANNOTATE})
MODERATOR = REVIEWER | {MODERATE, RESPOND, DEBATE, MAIL, SIGNATURES}
CLERK = frozenset({VIEW, RESPOND})
SYSADMIN = MODERATOR | {CONFIGURE, REMOVE, FRAUD, PARLIAMENT, MANAGE_PEOPLE, READ_AUDIT}


@dataclass(frozen=True, slots=True)
class PetitionsSettings:
    """What one deployment of the petitions service is told; everything else staff set on its pages."""

    address: str = setting("http://localhost:8420", "Address of the public site, as browsers see it.")
    host: str = setting("127.0.0.1", "Address at which the public site listens.")
    port: int = setting(8420, "Port at which the public site listens.")
    socket: Path = setting(Path("run/petitions.sock"), "Unix socket at which the writer of signatures answers.")
    intake_host: str = setting("127.0.0.1", "Address at which the lean intake of signatures listens.")
    intake_port: int = setting(8422, "Port of the lean intake; a proxy before the site sends signatures there.")
    first_id: int = setting(700_000, "Number of the first petition.")


SERVICE = Service(
    name="petitions",
    title="Petitions",
    urls="ridgeway.services.petitions.urls",
    staff_urls="ridgeway.services.petitions.staff.urls",
    settings=PetitionsSettings(),
    roles=(
        Role("reviewer", "Reviewer", REVIEWER),
        Role("moderator", "Moderator", MODERATOR),
        Role("clerk", "Minister's clerk", CLERK),
        Role("sysadmin", "System administrator", SYSADMIN),
    ),
    menu=(
        MenuEntry("Petitions", "petitions-staff:home", VIEW),
        MenuEntry("Signatures", "petitions-staff:signatures", SIGNATURES),
        MenuEntry("Where signatures come from", "petitions-staff:fraud", FRAUD),
        MenuEntry("Withdrawing signatures", "petitions-staff:invalidations", FRAUD),
        MenuEntry("Limits on signing", "petitions-staff:limits", FRAUD),
        MenuEntry("Feedback", "petitions-staff:feedback", MAIL),
        MenuEntry("Pad", "petitions-staff:pad", ANNOTATE),
        MenuEntry("Reports", "petitions-staff:reports", MODERATE),
        MenuEntry("Settings of the site", "petitions-staff:site-settings", CONFIGURE),
        MenuEntry("Tags, topics and reasons", "petitions-staff:all-subjects", CONFIGURE),
        MenuEntry("Pages of the site", "petitions-staff:pages", CONFIGURE),
        MenuEntry("Mails and jobs", "petitions-staff:workings", CONFIGURE),
        MenuEntry("Parliaments", "petitions-staff:parliaments", PARLIAMENT),
    ),
    duties=(
        Duty("petitions.close", f"{JOBS}.close_due", every_seconds=60),
        Duty("petitions.dissolve", f"{JOBS}.dissolve", every_seconds=60),
        Duty("petitions.watch_writer", f"{JOBS}.watch_writer", every_seconds=60),
        Duty("petitions.archive", f"{JOBS}.archive", every_seconds=60),
        Duty("petitions.trending_sources", f"{JOBS}.note_trending_sources", every_seconds=3600),
        Duty("petitions.forget_drafts", f"{JOBS}.forget_drafts", every_seconds=3600),
        Duty("petitions.debated", f"{JOBS}.note_debates", daily_at="00:05"),
        Duty("petitions.extend", f"{JOBS}.extend_deadlines", daily_at="00:10"),
        Duty("petitions.check_counts", f"{JOBS}.check_counts", daily_at="02:30"),
        Duty("petitions.forget_feedback", f"{JOBS}.forget_feedback", daily_at="03:00"),
        Duty("petitions.forget_addresses", f"{JOBS}.forget_addresses", daily_at="03:10"),
        Duty("petitions.forget_pending", f"{JOBS}.forget_pending", daily_at="03:20"),
        Duty("petitions.remind", f"{JOBS}.remind", daily_at="08:00"),
        Duty("petitions.anonymise", f"{JOBS}.anonymise", daily_at="04:00"),
    ),
    kept=(
        Kept("Drafts of petitions", "a day", "petitions.forget_drafts"),
        Kept("Feedback", "a year", "petitions.forget_feedback"),
        Kept("Addresses (IP) of signatures", "six months after the signature", "petitions.forget_addresses"),
        Kept("Signatures never confirmed", "six months", "petitions.forget_pending"),
        Kept("Names and addresses of signers", "six months after the Parliament's end", "petitions.anonymise"),
    ),
    notices="ridgeway.services.petitions.notices",
    context="ridgeway.services.petitions.pages.context.describe_site",
    middleware=("ridgeway.services.petitions.middleware.Access", "ridgeway.services.petitions.middleware.Formats"),
)
