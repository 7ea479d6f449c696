"""Writing a package at the desk: a draft is begun, changed element by element, and made a version.

Law: a save names the number of the draft that its writer had before them, and is refused where another has saved
since. What is written is the author's own YAML, changed only where its meaning changed. A draft may be wrong; a
version may not.
"""

from collections.abc import Mapping

from django.db import transaction

from ridgeway.errors import SettingsError
from ridgeway.office.audit.append import append_entry
from ridgeway.office.audit.models import Entry
from ridgeway.office.documents.editing import edit_text
from ridgeway.office.documents.packages import check_files
from ridgeway.office.documents.tree import Tree
from ridgeway.services.assessments.actions.adding import add_version
from ridgeway.services.assessments.actions.doing import Doer, RefusedError, UnknownVersionError
from ridgeway.services.assessments.definition.files import SHAPE, Files, pack_files, read_archive
from ridgeway.services.assessments.definition.names import ID, SERVICE
from ridgeway.services.assessments.models import Draft, Version
from ridgeway.services.assessments.operating.reading import read_checked_archive
from ridgeway.services.assessments.operating.samples import read_starter

WRITING = ("assessments.begin_draft", "assessments.change_draft")
MAX_DRAFTS = 200
MAX_DRAFT_BYTES = 2 * 1024 * 1024


class OvertakenError(RefusedError):
    """Somebody has saved the draft since it was looked at."""


def read_draft(draft: Draft) -> Files:
    """The files of a draft."""
    return read_archive(bytes(draft.archive), draft.package)


@transaction.atomic
def begin_from_version(version_id: int, *, by: Doer) -> Draft:
    """A draft with the files of a version.

    Raises:  UnknownVersionError, RefusedError.
    """
    version = Version.objects.filter(pk=version_id).first()
    if version is None:
        raise UnknownVersionError("unknown_version", f"There is no version {version_id}.", action="Look in the list.")
    return begin(version.package, read_archive(bytes(version.archive), version.package), version, by=by)


@transaction.atomic
def begin_from_starter(package: str, starter: str, *, by: Doer) -> Draft:
    """A draft of a new package, begun from a starter.

    Raises:  RefusedError, StarterError.
    """
    if not ID.fullmatch(package) or Version.objects.filter(package=package).exists():
        raise RefusedError(
            "malformed_name",
            f"{package!r} cannot be the name of a new package.",
            action="Take small letters, digits and hyphens, and a name that no package has.",
        )
    return begin(package, Files(package, read_starter(package, starter)), None, by=by)


def begin(package: str, files: Files, version: Version | None, *, by: Doer) -> Draft:
    """The draft is in the table."""
    if Draft.objects.count() >= MAX_DRAFTS:
        raise RefusedError("too_many_drafts", "There are too many drafts.", action="Drop some first.")
    draft = Draft.objects.create(
        package=package,
        archive=pack_files(files),
        based_on=version,
        saved_at=by.now,
        saved_by=by.shown_name,
        saved_by_account_id=by.account_id,
    )
    note("begin_draft", draft, by=by)
    return draft


@transaction.atomic
def change_draft(draft: Draft, file: str, tree: Tree, *, number: int, by: Doer) -> Draft:
    """One YAML file of the draft says `tree`; its layout and remarks stay.

    Raises:  OvertakenError, RefusedError.
    """
    text = read_draft(draft).content[file].decode("utf-8-sig").replace("\r\n", "\n")
    return save_files(draft, {file: edit_text(text, tree).encode()}, number=number, by=by)


@transaction.atomic
def save_files(draft: Draft, changed: Mapping[str, bytes], *, number: int, by: Doer) -> Draft:
    """The draft has these files instead of those of the same names.

    Raises:  OvertakenError where `number` is not that of the draft; RefusedError above MAX_DRAFT_BYTES.
    """
    content = {**read_draft(draft).content, **changed}
    if sum(len(data) for data in content.values()) > MAX_DRAFT_BYTES:
        raise RefusedError("too_large", "The package would be larger than 2 megabytes.", action="Shorten it.")
    try:
        archive = pack_files(check_files(draft.package, content.items(), SHAPE))
    except SettingsError as error:
        raise RefusedError("malformed_package", error.detail, action="Name its files as the format says.") from error
    values = {"archive": archive, "saved_at": by.now, "saved_by": by.shown_name, "saved_by_account_id": by.account_id}
    if not Draft.objects.filter(pk=draft.pk, number=number).update(number=number + 1, **values):
        raise OvertakenError(
            "overtaken",
            "Somebody else has saved this draft since you opened it.",
            action="Compare what they wrote with yours, and save again.",
        )
    draft.refresh_from_db()
    note("change_draft", draft, by=by, files=sorted(changed))
    return draft


@transaction.atomic
def make_version(draft: Draft, *, by: Doer) -> Version:
    """The draft is a version, to be signed off; the draft goes on from it.

    Raises:  BrokenPackageError, or the reader's error, with every fault; RefusedError where that version is there.
    """
    checked = read_checked_archive(bytes(draft.archive), draft.package)
    version = add_version(checked, by=by, writers=find_writers(draft)).version
    Draft.objects.filter(pk=draft.pk).update(based_on=version)
    return version


def find_writers(draft: Draft) -> set[int]:
    """The accounts that ever saved the draft, as the audit log has them."""
    lines = Entry.objects.filter(act__in=WRITING, subject=f"assessment:{draft.package}", account_id__isnull=False)
    return {line.account_id for line in lines if line.details.get("draft") == draft.pk}


@transaction.atomic
def drop_draft(draft: Draft, *, by: Doer) -> None:
    """The draft is gone."""
    note("drop_draft", draft, by=by)
    draft.delete()


def note(act: str, draft: Draft, *, by: Doer, files: list[str] | None = None) -> None:
    """The audit line; within the transaction of the act."""
    append_entry(
        by.shown_name,
        f"assessments.{act}",
        f"assessment:{draft.package}",
        now=by.now,
        account_id=by.account_id,
        details={"version": str(draft), "draft": draft.pk, "files": files or [SERVICE]},
    )
