"""The WSDL is one that others can load: its schemas hold together, and every operation has both its messages."""

from typing import Any

from lxml import etree

from ridgeway.protocol.management import RequestKind, write_management_wsdl, write_request, write_response
from ridgeway.protocol.management.tests.cast import PROVIDER, example

SPACES = {
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
    "env": "http://schemas.xmlsoap.org/soap/envelope/",
}
ROOT: Any = etree.fromstring(write_management_wsdl("https://central.example:4002/managementservice/manage/"))


def load_schema(tmp_path) -> etree.XMLSchema:
    """The schemas of the WSDL, as files beside each other."""
    identifiers, requests = ROOT.findall("wsdl:types/xsd:schema", SPACES)
    (tmp_path / "identifiers.xsd").write_bytes(etree.tostring(identifiers))
    requests.find("xsd:import", SPACES).set("schemaLocation", "identifiers.xsd")
    (tmp_path / "requests.xsd").write_bytes(etree.tostring(requests))
    return etree.XMLSchema(file=str(tmp_path / "requests.xsd"))


def test_every_request_through_the_exchange_is_an_operation_with_its_answer():
    operations = ROOT.findall("wsdl:portType/wsdl:operation", SPACES)
    messages = {each.get("name") for each in ROOT.findall("wsdl:message", SPACES)}
    assert [each.get("name") for each in operations] == [each for each in RequestKind if each != "authCertReg"]
    for operation in operations:
        for way in ("input", "output"):
            assert operation.find(f"wsdl:{way}", SPACES).get("message").removeprefix("tns:") in messages


def test_every_message_that_we_write_fits_its_schema(tmp_path):
    schema = load_schema(tmp_path)
    for kind in RequestKind:
        soap = write_request(example(kind), provider=PROVIDER, query_id="q-1")
        for message in (soap, write_response(soap, 392)):
            body: Any = etree.fromstring(message).find("env:Body", SPACES)
            (payload,) = body
            schema.assertValid(payload)


def test_the_address_is_told():
    port = ROOT.find("wsdl:service/wsdl:port/soap:address", SPACES)
    assert port.get("location") == "https://central.example:4002/managementservice/manage/"
