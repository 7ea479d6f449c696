"""What runs where: written by the country that is up, read by `ridgeway lab status` and by whoever writes a test.

Law: the file is whole or absent; what it says of a process is checked against the process before it is told.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from ridgeway.lab.assessments import describe_assessments
from ridgeway.lab.country import Country, Organisation
from ridgeway.lab.parts import PURPOSES
from ridgeway.lab.service import describe_services
from ridgeway.lab.setup import ANCHOR_FILE, CENTRAL
from ridgeway.processes.supervisor import Supervisor, resident_bytes

STATUS_FILE = "status.json"


def write_status(country: Country, supervisor: Supervisor) -> None:
    """The status file says what runs now."""
    processes = [
        {"name": name, "pid": running.pid, "restarts": running.restarts, "log": str(running.part.log)}
        for name, running in supervisor.running.items()
    ]
    beside = country.state / f".{STATUS_FILE}.new"
    beside.write_bytes(msgspec.json.encode(describe(country) | {"processes": processes}))
    beside.replace(country.state / STATUS_FILE)


def describe(country: Country) -> dict[str, Any]:
    """The country's addresses and folders."""
    return {
        "instance": country.instance,
        "state": str(country.state),
        "page": country.page_url,
        "configuration_anchor": str(country.folder(CENTRAL) / ANCHOR_FILE),
        "central_server": country.central_url,
        "certification_authority": country.ca_url,
        "timestamping_authority": country.tsa_url,
        "organisations": [describe_organisation(country, each) for each in country.organisations],
        "services": [*describe_services(country), *describe_assessments(country)],
        "partner": describe(replace(country.partner, is_accompanied=False)) if country.is_accompanied else None,
    }


def describe_organisation(country: Country, organisation: Organisation) -> dict[str, Any]:
    """One organisation: who it is, its doors, its system, its folder."""
    host, ports = organisation.host, country.ports
    return {
        "key": organisation.key,
        "name": organisation.name,
        "member": "/".join(organisation.member(country.instance).codes),
        "subsystem": "/".join(organisation.client(country.instance).codes),
        "security_server": "/".join(organisation.server(country.instance).codes),
        "consumer_door": country.consumer_door(organisation),
        "peer_door": f"{host}:{ports.peer}",
        "ocsp_door": f"{host}:{ports.ocsp}",
        "information_system": country.system_url(organisation),
        "services": [offer.code for offer in organisation.offers],
        "state": str(country.folder(organisation.key)),
        "configuration_anchor": str(country.folder(organisation.key) / ANCHOR_FILE),
    }


def read_status(country: Country) -> dict[str, Any]:
    """What the file says, with the processes that are alive; `running` says whether any is."""
    file = country.state / STATUS_FILE
    told: dict[str, Any] = describe(country) | {"processes": []}
    if file.exists():
        told = msgspec.json.decode(file.read_bytes())
    for process in told["processes"]:
        alive = process["pid"] is not None and is_ours(process["pid"])
        process["running"] = alive
        process["memory_bytes"] = resident_bytes(process["pid"]) if alive else 0
        process["purpose"] = PURPOSES.get(process["name"].rpartition("/")[2], "")
    told["running"] = any(process["running"] for process in told["processes"])
    for service in told.get("services", []):
        service["ready"] = service["ready"] and told["running"]
    return told


def find_base_port(country: Country) -> int:
    """The first port of the country as it was last started; the usual one before the first start."""
    file = country.state / STATUS_FILE
    if not file.exists():
        return country.ports.base
    return int(msgspec.json.decode(file.read_bytes())["page"].rpartition(":")[2])


def is_ours(pid: int) -> bool:
    """Whether the process with this id is one of Ridgeway's."""
    try:
        return b"ridgeway.cli" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def render_status(told: dict[str, Any]) -> str:
    """The status for a person."""
    lines = [f"{told['instance']}: {'running' if told['running'] else 'not running'}, state in {told['state']}"]
    lines += render_country(told)
    if told.get("partner"):
        lines += [f"{told['partner']['instance']}, federated with it", *render_country(told["partner"])]
    for process in told["processes"]:
        state = f"pid {process['pid']}" if process["running"] else "not running"
        megabytes = process["memory_bytes"] / (1024 * 1024)
        lines.append(f"  {process['name']:<30} {state:<12} {megabytes:6.1f} MiB  {process['purpose']}")
    if not told["running"]:
        lines.append("Start it: ridgeway lab up")
    return "\n".join(lines)


def render_country(told: dict[str, Any]) -> list[str]:
    """One country's addresses and organisations, line by line."""
    lines = [
        f"  {name.replace('_', ' '):<24} {told[name]}" for name in ("page", "central_server", "certification_authority")
    ]
    lines += [
        f"  {name.replace('_', ' '):<24} {told[name]}" for name in ("timestamping_authority", "configuration_anchor")
    ]
    for each in told["organisations"]:
        lines.append(f"{each['name']} ({each['subsystem']})")
        lines += [
            f"  {name.replace('_', ' '):<24} {each[name]}"
            for name in ("security_server", "consumer_door", "peer_door", "ocsp_door", "information_system", "state")
        ]
        lines += [f"  {'services':<24} {', '.join(each['services'])}"] if each["services"] else []
    for service in told.get("services", []):
        lines.append(f"{service['name']} ({'ready' if service['ready'] else 'not ready'})")
        lines += [f"  {name:<24} {service[name]}" for name in ("site", "desk", "mail") if name in service]
        for account in service["accounts"]:
            factor = f", authenticator secret {account['totp_secret']}" if account["totp_secret"] else ""
            lines.append(f"  {account['role']:<24} {account['email']}  password: {account['password']}{factor}")
    return lines
