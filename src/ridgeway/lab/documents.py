"""The documents of the lab's central server and security servers, written from the country's plan.

Law: they are the documents that an operator would write, in the same form, and are applied by the same commands.
"""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from ridgeway.lab.country import MANAGEMENT, MEMBER_CLASS, Country, Offer, Organisation
from ridgeway.lab.setup import (
    APPLIED_FILE,
    AUTHENTICATION_FILE,
    AUTHORITIES,
    CENTRAL,
    DOCUMENT_FILE,
    find_partner_anchor,
)
from ridgeway.protocol.management import RequestKind

FI_PROFILE = "ee.ria.xroad.common.certificateprofile.impl.FiVRKCertificateProfileInfoProvider"


def render_yaml(content: Any) -> str:
    """A document as YAML."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    text = StringIO()
    yaml.dump(content, text)
    return str(text.getvalue())


def list_documents(country: Country) -> dict[str, str]:
    """The documents of the central server and of each organisation, by key."""
    authorities = country.folder(AUTHORITIES)
    certificates = {name: (authorities / f"{name}.pem").read_text() for name in ("root", "ocsp", "tsa")}
    for each in country.organisations:
        certificates[each.key] = (country.folder(each.key) / AUTHENTICATION_FILE).read_text()
    anchor = find_partner_anchor(country)
    anchors = () if anchor is None else (anchor,)
    documents = {CENTRAL: render_central_document(country, certificates=certificates, anchors=anchors)}
    for each in country.organisations:
        documents[each.key] = render_server_document(country, each, is_federated=bool(anchors))
    return documents


def write_document(country: Country, key: str, text: str) -> bool:
    """The document of a start that is under way lies ready; says whether it must be put in force.

    A document that an operator has changed since is his, and stays.
    """
    folder = country.folder(key)
    applied = folder / APPLIED_FILE
    if applied.exists() and applied.read_text("utf-8") == text:
        return False
    (folder / DOCUMENT_FILE).write_text(text, "utf-8")
    return True


def write_changed_documents(country: Country) -> tuple[str, ...]:
    """Every document that must be put in force lies ready; the keys of those are returned."""
    return tuple(key for key, text in list_documents(country).items() if write_document(country, key, text))


def render_central_document(country: Country, *, certificates: dict[str, str], anchors: tuple[str, ...] = ()) -> str:
    """The instance: members, servers and authorities.

    Shapes:  `certificates` maps a name to a PEM; `anchors` are the external anchors of federated countries.
    """
    return render_yaml(
        {
            "instance": country.instance,
            "address": country.central_url.removeprefix("http://"),
            "member_classes": {MEMBER_CLASS: "Government"},
            "management_service": {"provider": name_management(country)},
            "members": [*(describe_member(each) for each in country.organisations), describe_authority(country)],
            "security_servers": [describe_server(country, each, certificates) for each in country.organisations],
            "certification_services": [
                {
                    "name": f"{country.instance} lab CA",
                    "profile": FI_PROFILE,
                    "certificate": certificates["root"],
                    "acme_directory_url": f"{country.ca_url}/acme/directory",
                    "acme_authentication_profile_id": "auth",
                    "acme_signing_profile_id": "sign",
                    "ocsp_responders": [{"url": f"{country.ca_url}/ocsp", "certificate": certificates["ocsp"]}],
                }
            ],
            "timestamping_services": [
                {
                    "name": f"{country.instance} lab TSA",
                    "url": f"{country.tsa_url}/tsa",
                    "certificate": certificates["tsa"],
                }
            ],
        }
        | ({"trusted_anchors": list(anchors)} if anchors else {})
    )


def describe_member(organisation: Organisation) -> dict[str, Any]:
    """An organisation as a member."""
    return {
        "class": MEMBER_CLASS,
        "code": organisation.member_code,
        "name": organisation.name,
        "subsystems": [organisation.subsystem],
    }


def describe_authority(country: Country) -> dict[str, Any]:
    """The member that governs the country."""
    name = f"Central Authority of {country.instance.title()}"
    return {"class": MEMBER_CLASS, "code": country.plan.authority, "name": name, "subsystems": [MANAGEMENT]}


def name_management(country: Country) -> str:
    """The authority's subsystem that answers management requests."""
    return f"{MEMBER_CLASS}/{country.plan.authority}/{MANAGEMENT}"


def describe_server(country: Country, organisation: Organisation, certificates: dict[str, str]) -> dict[str, Any]:
    """A security server, as the central server knows it."""
    own = f"{MEMBER_CLASS}/{organisation.member_code}/{organisation.subsystem}"
    others = [name_management(country)] if organisation == country.management_server else []
    return {
        "owner": f"{MEMBER_CLASS}/{organisation.member_code}",
        "code": organisation.server_code,
        "address": organisation.host,
        "authentication_certificates": [certificates[organisation.key]],
        "clients": [own, *others],
    }


def describe_management(country: Country) -> dict[str, Any]:
    """The authority's client at the server that carries it: every management service, for owners of servers."""
    owners = "global-group:security-server-owners"
    kinds = [kind for kind in RequestKind if kind is not RequestKind.CERTIFICATE_REGISTRATION]
    return {
        "id": name_management(country),
        "name": "Management services",
        "connection": "http",
        "services": [
            {
                "code": str(kind),
                "type": "wsdl",
                "url": country.management_url,
                "description_url": f"{country.central_url}/managementservices.wsdl",
                "access": [{"subject": owners}],
            }
            for kind in kinds
        ],
    }


def render_server_document(country: Country, organisation: Organisation, *, is_federated: bool = False) -> str:
    """One security server: its subsystem, and what it offers to whom, abroad too when the country is federated."""
    client = {
        "id": f"{MEMBER_CLASS}/{organisation.member_code}/{organisation.subsystem}",
        "name": organisation.name,
        "connection": "http",
        "services": [
            describe_offer(country, organisation, offer, is_federated=is_federated) for offer in organisation.offers
        ],
    }
    others = [describe_management(country)] if organisation == country.management_server else []
    return render_yaml(
        {
            "instance": country.instance,
            "server": {"owner": f"{MEMBER_CLASS}/{organisation.member_code}", "code": organisation.server_code},
            "timestamping_services": [f"{country.tsa_url}/tsa"],
            "clients": [client, *others],
        }
    )


def describe_offer(country: Country, organisation: Organisation, offer: Offer, *, is_federated: bool) -> dict[str, Any]:
    """One service."""
    callers = [f"{MEMBER_CLASS}/{caller}" for caller in offer.callers]
    if is_federated:
        callers += [f"{country.plan.partner}:{MEMBER_CLASS}/{caller}" for caller in offer.abroad]
    return {
        "code": offer.code,
        "type": offer.kind,
        "url": f"{country.system_url(organisation)}{offer.path}",
        "description_url": country.description_url(organisation, offer),
        "timeout_seconds": offer.timeout_seconds,
        "access": [{"subject": caller} for caller in callers],
    }
