"""The catalogue of an organisation behind its provider door.

    GET  /packages?q=WORDS        what is on the shelf
    GET  /packages/ID             its versions, the newest first
    GET  /packages/ID/VERSION     one of them, as a zip
    GET  /notices?package=ID      what its publisher tells those who adopted it
    POST /adoptions               what somebody runs, as a statement
    POST /proposals               what somebody changed and offers back
    POST /statements              what this organisation itself states, so that its security server signs it

Law: who calls is who the security server says, so nobody else may reach this. What is sent is kept as files, bounded
in size and number, by its own author alone, and takes effect when a person looked at it.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.packages.statement import MAX_ENVELOPE_BYTES, Kind, decode_signed, read_payload
from ridgeway.catalogue.proving.signing import STATEMENTS
from ridgeway.catalogue.serving.boxes import ADOPTIONS, NOTICES, PROPOSALS, keep, list_notices
from ridgeway.catalogue.shelves.index import find_packages, open_index
from ridgeway.catalogue.shelves.shelf import is_shelf, list_shelved, locate
from ridgeway.client import FileReply, JsonReply, ServiceApp, ServiceCall
from ridgeway.errors import AccessError, RequestError
from ridgeway.protocol.identifiers import MemberId, member_of, render_path

MAX_LISTED: Final = 100
ZIP: Final = "application/zip"


def build_catalogue(folder: Path, *, owner: MemberId, prefix: str = "", app: ServiceApp | None = None) -> ServiceApp:
    """The routes of the catalogue in `folder`, a shelf; below `prefix`, in an app that is there or in a new one."""
    app = app or ServiceApp()
    add_shelf(app, folder, prefix)
    add_boxes(app, folder, prefix)

    @app.post(f"{prefix}{STATEMENTS}", max_body_bytes=MAX_ENVELOPE_BYTES)
    async def take_statement(call: ServiceCall) -> object:
        """What this organisation states; the signed message is all that is wanted of it."""
        statement = read_payload(decode_signed(await call.read()))
        if member_of(call.caller.client) != owner or statement.by != render_path(owner):
            raise AccessError("access_denied", f"Only {render_path(owner)} states anything here, and of itself.")
        return None

    return app


def add_shelf(app: ServiceApp, folder: Path, prefix: str) -> None:
    """The routes of what is on the shelf."""

    @app.get(f"{prefix}/packages")
    def search(call: ServiceCall) -> object:
        """Packages by words."""
        require_shelf(folder)
        with open_index(folder) as index:
            found = find_packages(index, call.query.get("q", ""), limit=MAX_LISTED)
        return {"packages": [asdict(each) for each in found]}

    @app.get(f"{prefix}/packages/{{package}}")
    def show(_call: ServiceCall, package: str) -> object:
        """The versions of a package."""
        return {"package": package, "versions": [asdict(each) for each in list_known(folder, package)]}

    @app.get(f"{prefix}/packages/{{package}}/{{version}}")
    def give(_call: ServiceCall, package: str, version: str) -> object:
        """One version, as it was published."""
        if version not in {each.version for each in list_known(folder, package)}:
            return JsonReply({"code": "unknown_package", "detail": f"There is no {package} {version}."}, status=404)
        return FileReply(locate(folder, package, version), ZIP)


def list_known(folder: Path, package: str) -> list[Any]:
    """The versions of a package on the shelf.

    Raises:  RequestError(unknown_package).
    """
    require_shelf(folder)
    return list(list_shelved(folder, package))


def require_shelf(folder: Path) -> None:
    """Hold only where something was published.

    Raises:  RequestError(unknown_package).
    """
    if not is_shelf(folder):
        raise RequestError("unknown_package", "Nothing is published here yet.")


def add_boxes(app: ServiceApp, folder: Path, prefix: str) -> None:
    """The routes of what publisher and adopters tell one another."""

    @app.get(f"{prefix}/notices")
    def tell(call: ServiceCall) -> object:
        """The publisher's notices, of one package or of all."""
        return {"notices": list_notices(folder / NOTICES, call.query.get("package", ""))}

    @app.post(f"{prefix}/adoptions", max_body_bytes=MAX_ENVELOPE_BYTES)
    async def take_adoption(call: ServiceCall) -> object:
        """What the caller says that it runs."""
        return JsonReply({"kept": keep(folder / ADOPTIONS, Kind.ADOPTION, await call.read(), call.caller)}, status=201)

    @app.post(f"{prefix}/proposals", max_body_bytes=MAX_ENVELOPE_BYTES)
    async def take_proposal(call: ServiceCall) -> object:
        """What the caller changed and offers back."""
        return JsonReply({"kept": keep(folder / PROPOSALS, Kind.PROPOSAL, await call.read(), call.caller)}, status=201)
