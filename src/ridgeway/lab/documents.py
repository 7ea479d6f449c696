"""The documents of the lab's central server and security servers, written from the country's plan.

Law: they are the documents that an operator would write, in the same form, and are applied by the same commands.
"""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from ridgeway.lab.country import MEMBER_CLASS, Country, Offer, Organisation

FI_PROFILE = "ee.ria.xroad.common.certificateprofile.impl.FiVRKCertificateProfileInfoProvider"


def render_yaml(content: Any) -> str:
    """A document as YAML."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    text = StringIO()
    yaml.dump(content, text)
    return str(text.getvalue())


def render_central_document(country: Country, *, certificates: dict[str, str]) -> str:
    """The instance: members, servers and authorities. `certificates` maps a name to a PEM."""
    return render_yaml(
        {
            "instance": country.instance,
            "address": country.central_url.removeprefix("http://"),
            "member_classes": {MEMBER_CLASS: "Government"},
            "members": [
                {"class": MEMBER_CLASS, "code": each.member_code, "name": each.name, "subsystems": [each.subsystem]}
                for each in country.organisations
            ],
            "security_servers": [
                {
                    "owner": f"{MEMBER_CLASS}/{each.member_code}",
                    "code": each.server_code,
                    "address": each.host,
                    "authentication_certificates": [certificates[each.key]],
                    "clients": [f"{MEMBER_CLASS}/{each.member_code}/{each.subsystem}"],
                }
                for each in country.organisations
            ],
            "certification_services": [
                {
                    "name": f"{country.instance} lab CA",
                    "profile": FI_PROFILE,
                    "certificate": certificates["root"],
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
    )


def render_server_document(country: Country, organisation: Organisation) -> str:
    """One security server: its subsystem, and what it offers to whom."""
    client = {
        "id": f"{MEMBER_CLASS}/{organisation.member_code}/{organisation.subsystem}",
        "name": organisation.name,
        "connection": "http",
        "services": [describe_offer(country, organisation, offer) for offer in organisation.offers],
    }
    return render_yaml(
        {
            "instance": country.instance,
            "server": {"owner": f"{MEMBER_CLASS}/{organisation.member_code}", "code": organisation.server_code},
            "timestamping_services": [f"{country.tsa_url}/tsa"],
            "clients": [client],
        }
    )


def describe_offer(country: Country, organisation: Organisation, offer: Offer) -> dict[str, Any]:
    """One service."""
    system = country.system_url(organisation)
    return {
        "code": offer.code,
        "type": "openapi" if offer.openapi else "rest",
        "url": f"{system}{offer.path}",
        "description_url": f"{system}/openapi.json" if offer.openapi else "",
        "timeout_seconds": offer.timeout_seconds,
        "access": [{"subject": f"{MEMBER_CLASS}/{caller}"} for caller in offer.callers],
    }
