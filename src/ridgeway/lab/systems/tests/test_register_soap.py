"""The register over SOAP, asked by the parliament's own system: the person, and an extract attached."""

import sqlite3
from contextlib import AsyncExitStack

import msgspec
import pytest
from lxml import etree

from ridgeway.gateway.tests.pair import HOST, running_pair
from ridgeway.http import Origin, fetch, serve
from ridgeway.lab.systems.parliament import Registers, build_parliament
from ridgeway.lab.systems.register import build_register
from ridgeway.lab.systems.registersoap import NAMESPACE, WSDL
from ridgeway.protocol.exchange.tests.cast import DESK
from ridgeway.protocol.exchange.values import AccessRight, ServiceType
from ridgeway.protocol.identifiers import ServiceId

PERSON_DATA = ServiceId("LAB", "GOV", "1002", "register", "personData")
OFFER = {"code": "personData", "type": ServiceType.WSDL, "rights": (AccessRight(DESK, "personData"),)}
WSDL_ELEMENT = "{http://schemas.xmlsoap.org/wsdl/}"
XSD_ELEMENT = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture(autouse=True)
def _databases_are_closed(monkeypatch):
    """The systems keep theirs open as long as their process lives."""
    opened, connect = [], sqlite3.connect

    def remember(*place, **options):
        opened.append(connect(*place, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", remember)
    yield
    for each in opened:
        each.close()


async def ask(folder, code):
    """What the parliament's system says when it asks for `code`, and what the register noted."""
    (folder / "register").mkdir()
    register = build_register(folder / "register")

    async def behind(request, response):
        request.target = b"/soap"
        await register(request, response)

    async with AsyncExitStack() as stack:
        pair = await stack.enter_async_context(running_pair(folder, service=behind, **OFFER))
        parliament = build_parliament(
            folder / "parliament",
            door_url=f"http://{HOST}:{pair.consumer_port}",
            client=DESK,
            registers=Registers({}, PERSON_DATA),
        )
        server = await stack.enter_async_context(serve(parliament, host=HOST, port=0))
        answer = await fetch(pair.pool, "POST", (Origin(HOST, server.port), f"/ask-over-soap/{code}"), max_bytes=10_000)
        return answer.status, msgspec.json.decode(answer.body), pair.provider.messagelog.records


async def test_the_parliament_attaches_its_mandate_and_gets_an_extract(tmp_path):
    status, told, (request, response) = await ask(tmp_path, "NM000001")
    assert status == 200, told
    assert told["answer"]["code"] == "NM000001"
    assert f"familyName: {told['answer']['familyName']}" in told["attached"][0]
    assert [len(record.bodies) for record in (request, response)] == [1, 1]
    assert request.query_id == told["query_id"]


async def test_somebody_whom_the_register_does_not_know_is_a_fault(tmp_path):
    status, told, _ = await ask(tmp_path, "NM999999")
    assert (status, told["message"]) == (502, "Nobody has the code NM999999.")


def test_the_wsdl_describes_the_operation_and_its_elements():
    tree = etree.parse(str(WSDL))
    operations = [each.get("name") for each in tree.iterfind(f".//{WSDL_ELEMENT}portType/{WSDL_ELEMENT}operation")]
    assert operations == ["personData"]
    schema = tree.find(f".//{XSD_ELEMENT}schema[@targetNamespace='{NAMESPACE}']")
    assert schema is not None
    etree.XMLSchema(schema)
