"""SOAP with the client library, through two gateways: an element there, an element back, attachments both ways."""

import asyncio

import pytest

from ridgeway.client import AsyncClient, Attachment, Client, Extras, ServiceApp, ServiceFault, SoapAnswer
from ridgeway.client.tests.test_client import load_example
from ridgeway.errors import RequestError
from ridgeway.gateway.tests.pair import HOST, running_pair
from ridgeway.http import Origin, fetch
from ridgeway.protocol.exchange.tests.cast import DESK
from ridgeway.protocol.exchange.values import AccessRight, ServiceType
from ridgeway.protocol.identifiers import RepresentedParty
from ridgeway.protocol.messages import SecurityToken

CLIENT, SERVICE = "LAB/GOV/1001/desk", "LAB/GOV/1002/register/persons"
QUESTION = b'<p:persons xmlns:p="urn:p"><p:code>7</p:code></p:persons>'
WSDL = b"<definitions/>"


def make_app(folder):
    """A register that answers over SOAP."""
    app = ServiceApp()
    file = folder / "register.wsdl"
    file.write_bytes(WSDL)
    soap = app.soap("/api", wsdl=file)

    @soap.operation("persons")
    async def persons(call):
        (code,) = call.element
        if code.text != "7":
            raise RequestError("not_found", f"Nobody has the code {code.text}.")
        body = f'<p:personsResponse xmlns:p="urn:p"><p:by>{call.caller.client}</p:by></p:personsResponse>'
        return SoapAnswer(body.encode(), tuple(reversed(call.attachments)))

    return app


def offer(folder):
    return {"service": make_app(folder), "type": ServiceType.WSDL}


async def test_an_element_and_attachments_go_there_and_come_back(tmp_path):
    async with (
        running_pair(tmp_path, **offer(tmp_path)) as pair,
        AsyncClient(f"http://{HOST}:{pair.consumer_port}", CLIENT) as client,
    ):
        first, second = Attachment(b"\x00" * 70_000, "image/png", "one"), Attachment(b"", "text/plain")
        extras = Extras(query_id="q-7", user_id="EE1", issue="i", represented_party=RepresentedParty("9", "COM"))
        reply = await client.call_soap(
            SERVICE, QUESTION, attachments=[first, second], extras=extras, security_token=SecurityToken("urn:t", "x")
        )
        assert reply.element[0].text == f"SUBSYSTEM:{CLIENT}"
        assert reply.attachments == (second, first)
        assert reply.query_id == "q-7"
        assert reply.message.represented_party == RepresentedParty("9", "COM")
        assert b'tokenType="urn:t">x<' in pair.provider.messagelog.records[0].message


async def test_a_fault_of_the_service_and_of_a_security_server_is_raised(tmp_path):
    async with (
        running_pair(tmp_path, **offer(tmp_path)) as pair,
        AsyncClient(f"http://{HOST}:{pair.consumer_port}", CLIENT) as client,
    ):
        with pytest.raises(ServiceFault, match="Nobody has the code 8"):
            await client.call_soap(SERVICE, QUESTION.replace(b"7", b"8"))
        with pytest.raises(ServiceFault) as refused:
            await client.call_soap(f"{SERVICE}/v2", QUESTION)
        assert refused.value.code == "server.serverproxy.unknown_service"


async def test_the_client_without_asyncio_does_the_same(tmp_path):
    async with running_pair(tmp_path, **offer(tmp_path)) as pair:

        def ask():
            with Client(f"http://{HOST}:{pair.consumer_port}", CLIENT) as client:
                return client.call_soap(SERVICE, QUESTION, attachments=[Attachment(b"x", content_id="a")])

        reply = await asyncio.to_thread(ask)
        assert reply.element[0].text == f"SUBSYSTEM:{CLIENT}"
        assert reply.attachments == (Attachment(b"x", content_id="a"),)


async def test_the_examples_understand_each_other(tmp_path, capsys):
    service = load_example("be_a_soap_service").app

    async def behind(request, response):
        request.target = b"/soap"
        await service(request, response)

    rights = (AccessRight(DESK, "personData"),)
    async with running_pair(tmp_path, service=behind, code="personData", rights=rights, type=ServiceType.WSDL) as pair:
        example = load_example("call_a_soap_service")
        where = (f"http://{HOST}:{pair.consumer_port}", CLIENT, "LAB/GOV/1002/register/personData")
        await asyncio.to_thread(example.main, *where)
    told = capsys.readouterr().out
    assert "Mari Maasikas" in told
    assert f"Attached: asked by SUBSYSTEM:{CLIENT}" in told
    assert "The proof is kept under query id LAB-" in told


async def test_the_wsdl_is_at_the_address_of_the_service(tmp_path):
    async with running_pair(tmp_path, **offer(tmp_path)) as pair:
        (service,) = pair.provider.server.clients.values()
        port = int(service.services["persons"].url.split(":")[2].split("/")[0])
        answer = await fetch(pair.pool, "GET", (Origin(HOST, port), "/api?wsdl"), max_bytes=1000)
        assert (answer.status, answer.body) == (200, WSDL)


@pytest.mark.parametrize("body", [b"", b"<a/>", b"\xff"])
async def test_what_is_no_soap_gets_a_fault(tmp_path, body):
    async with running_pair(tmp_path, **offer(tmp_path)) as pair:
        (service,) = pair.provider.server.clients.values()
        port = int(service.services["persons"].url.split(":")[2].split("/")[0])
        headers = [("Content-Type", "text/xml")]
        answer = await fetch(pair.pool, "POST", (Origin(HOST, port), "/api"), headers, body, max_bytes=5000)
        assert answer.status == 500
        assert b"Fault" in answer.body
