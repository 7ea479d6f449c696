"""Opening the services of the lab: their tables, their first rows, and staff whose passwords everybody knows.

Law: the same verbs that an operator has; an account that is there stays as it is.
"""

from importlib import import_module

from ridgeway.errors import RidgewayError
from ridgeway.lab.assessments import ASSESSMENT_STAFF
from ridgeway.lab.country import PARLIAMENT, Country
from ridgeway.lab.service import STAFF, Staff
from ridgeway.lab.setup import SETTINGS_FILE
from ridgeway.settings import load_settings
from ridgeway.trust.clock import read_clock
from ridgeway.web.setup import setup_django

DOER = "the lab"


def open_service(country: Country) -> None:
    """Tables, rows and staff are there."""
    setup_django(load_settings(country.folder(PARLIAMENT.key) / SETTINGS_FILE, {}), room="office")
    admin = next(staff for staff in STAFF if staff.role == "sysadmin")
    preparing = import_module("ridgeway.services.petitions.operating.preparing")
    preparing.prepare(email=admin.email, has_places=True, now=read_clock())
    for staff in STAFF:
        add_staff(staff, "petitions")
    for staff in ASSESSMENT_STAFF:
        add_staff(staff, "assessments")


def load_petitions(country: Country) -> None:
    """The sample is there."""
    setup_django(load_settings(country.folder(PARLIAMENT.key) / SETTINGS_FILE, {}), room="office")
    import_module("ridgeway.services.petitions.sample.loading").load_sample(now=read_clock())


def put_assessments_live(country: Country) -> None:
    """The sample packages are live; a version that is there already stays."""
    setup_django(load_settings(country.folder(PARLIAMENT.key) / SETTINGS_FILE, {}), room="office")
    operating = "ridgeway.services.assessments.operating"
    samples = import_module(f"{operating}.samples").list_samples()
    read = import_module(f"{operating}.reading").read_checked
    preparing = import_module(f"{operating}.preparing")
    broken = []
    for sample in samples:
        try:
            if not preparing.is_live(sample):
                preparing.put_live([read(sample)], now=read_clock())
        except RidgewayError as error:
            if error.code != "changed_version":  # an older release made this folder: what it served goes on
                broken.append(error)
    if broken:
        raise broken[0]


def add_staff(staff: Staff, service: str) -> None:
    """One member of staff has an account with the password that the lab tells."""
    actions, models = (import_module(f"ridgeway.office.people.{name}") for name in ("actions", "models"))
    by, now = actions.Doer(DOER), read_clock()
    account = models.Account.objects.filter(email=staff.email).first()
    if account is None:
        account = actions.add_account(staff.email, staff.name, [f"{service}.{staff.role}"], by=by, now=now)
    if not account.check_password(staff.password):
        actions.set_password(account, staff.password, by=by, now=now)
    if staff.totp_secret:
        add_authenticator(account, staff.totp_secret)


def add_authenticator(account: object, secret: str) -> None:
    """The account has an authenticator app with this secret, unless it has one."""
    authenticators = import_module("allauth.mfa.models").Authenticator.objects.filter(user=account, type="totp")
    if not authenticators.exists():
        import_module("allauth.mfa.totp.internal.auth").TOTP.activate(account, secret)
