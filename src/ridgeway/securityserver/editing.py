"""Changing one thing of the document in force: as a new version, checked whole, shown before it takes effect.

Law: it is the same way that `apply FILE` takes. What is changed so stands in the kept version, not in the operator's
file; the next `apply` shows where the file says otherwise.
"""

import copy
from collections.abc import Callable
from typing import Any

from ridgeway.errors import SettingsError
from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import find_newest
from ridgeway.securityserver.apply import APP, Proposal, propose
from ridgeway.securityserver.models import Version


def read_in_force() -> tuple[int, Any]:
    """The number of the version in force, and its document.

    Raises:  SettingsError(no_document) before the first was applied.
    """
    bring_forward(APP)
    number, content = find_newest(Version)
    if content is None:
        raise SettingsError(
            "no_document", "No document is in force.", action="Apply one: ridgeway securityserver apply FILE"
        )
    return number, content


def propose_change(change: Callable[[Any], None]) -> Proposal:
    """What the document in force would be after `change`.

    Raises:  SettingsError(malformed_document | no_document), and whatever `change` raises.
    """
    number, current = read_in_force()
    content = copy.deepcopy(current)
    change(content)
    return propose(content, number=number, current=current)


def get_client(content: Any, client_id: str) -> Any:
    """The client as the document has it.

    Raises:  SettingsError(unknown_client) that names those there are.
    """
    for client in content["clients"]:
        if client["id"] == client_id:
            return client
    known = ", ".join(client["id"] for client in content["clients"]) or "none"
    raise SettingsError("unknown_client", f"There is no client {client_id!r} here; known are {known}.")


def get_service(client: Any, full_code: str) -> Any:
    """The service as the document has it, by code or code.version.

    Raises:  SettingsError(unknown_service) that names those there are.
    """
    for service in client["services"]:
        if name_service(service) == full_code:
            return service
    known = ", ".join(map(name_service, client["services"])) or "none"
    raise SettingsError("unknown_service", f"{client['id']} has no service {full_code!r}; known are {known}.")


def name_service(service: Any) -> str:
    """The code, with the version where there is one."""
    version = service.get("version")
    return str(service["code"]) if version is None else f"{service['code']}.{version}"
