"""Descriptions, however hostile: read within limits, nothing fetched or expanded, nothing changed but addresses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.protocol.exchange.values import Endpoint
from ridgeway.protocol.metadata import (
    hide_addresses,
    hide_servers,
    notation,
    read_openapi,
    read_wsdl,
    resolve_server_url,
)

DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://a.example/v1?x=1"}],
    "paths": {"/a/{b}/c": {"get": {}, "parameters": [{"in": "path", "name": "b"}]}, "/d": {"post": {}, "x-y": 1}},
}
WSDL = """<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/{soap}/"
  xmlns:x="http://x-road.eu/xsd/xroad.xsd">
<d:portType name="p"><d:operation name="a"><d:documentation><x:title>A &amp; B</x:title></d:documentation></d:operation>
</d:portType>
<d:binding name="b" type="p"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<d:operation name="a"><x:version> v1 </x:version></d:operation></d:binding>
<d:service name="s"><d:port name="p" binding="b"><s:address x:k=">" location="http://in.example/a?b&amp;c"/></d:port>
</d:service></d:definitions>"""


def test_endpoints_are_read_from_json_and_yaml_alike():
    data = json.dumps(DOCUMENT).encode()
    yaml = b"# comment\n" + data.replace(b": ", b" : ").replace(b'"openapi" :', b'"openapi":')
    found = read_openapi(data)
    assert found.endpoints == (Endpoint("GET", "/a/*/c"), Endpoint("POST", "/d"))
    assert read_openapi(b"---\n" + data).endpoints == found.endpoints
    assert read_openapi(yaml).endpoints == found.endpoints
    assert found.warnings == ()
    assert resolve_server_url(found.server_url, description_url="https://x/") == "https://a.example/v1?x=1"
    assert resolve_server_url("v2", description_url="https://a.example/b/openapi.json") == "https://a.example/b/v2"


def test_servers_lose_their_hosts_in_both_forms():
    hidden = json.loads(hide_servers(json.dumps(DOCUMENT).encode()))
    assert hidden == DOCUMENT | {"servers": [{"url": "/v1"}]}
    yaml = b"openapi: 3.0.1\nservers: # all\n- {url: 'https://a.example', x: \xc3\xb5}\n- url: /relative\npaths: {}\n"
    assert hide_servers(yaml) == yaml.replace(b"'https://a.example'", b'""').replace(
        b"url: /rel", b'url: "/rel'
    ).replace(b"ative\n", b'ative"\n')


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"openapi: 2.0",
        b"openapi: 3.2.0\npaths: {}",
        b'{"openapi": "3.0.0", "paths": []}',
        b'{"openapi": "3.0.0", "paths": {"a": {}}}',
        b'{"openapi": "3.0.0", "paths": {"/a": 1}}',
        b'{"openapi": "3.0.0", "paths": {"/\\ud800": {}}}',
        b'{"openapi": "3.0.0", "x": ' + b"[" * 150 + b"]" * 150 + b"}",
        b'{"openapi": "3.0.0", "x": ' + b"1" * 5000 + b"}",
        b"openapi: 3.0.0\nx: 2020-99-99",
        b"openapi: !!python/object:os.system 3.0.0",
        b"\xff\xfe",
        b"{" * 200_000,
        b"[" * 200_000,
        b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"a%d: &b%d [*a,*a,*a,*a]\n" % (n, n) for n in range(3)) + b"b: {",
        b"a: &a [*a]",
        b" " * (6 * 1024 * 1024),
    ],
)
def test_a_description_that_is_none_is_refused(data):
    with pytest.raises(MessageError):
        read_openapi(data)


def test_releases_and_parameters_are_read_as_x_road_reads_them():
    found = read_openapi(b"openapi: 3.0\npaths: {'/a/{b}-{c}/{d}.json': {get: {}}}")
    assert (found.version, found.endpoints) == ("3.0", (Endpoint("GET", "/a/*/*.json"),))


def test_what_is_odd_but_hinders_nothing_is_a_warning():
    found = read_openapi(
        b"openapi: 3.1.0\npaths:\n  x-own: 1\n  /empty:\n  /far: {$ref: elsewhere.yaml}\n  /{a}: {get: {}}"
    )
    assert found.endpoints == (Endpoint("GET", "/*"),)
    assert found.warnings == (
        "/far is described elsewhere ($ref), which is not followed: its methods are not known here",
        "GET /{a} does not declare its parameter 'a'",
    )


def test_servers_of_a_path_or_an_operation_lose_their_hosts_too():
    yaml = b"""openapi: 3.0.1
paths:
  /a:
    servers: [{url: http://in.example/a}]   # kept
    get: {servers: [{url: 'http://in.example/b'}, {url: 'http://{x}/b'}, {url: 5}, 7]}
  /b: 5
servers: [{url: "http://[bad/c"}]
"""
    hidden = yaml.replace(b"http://in.example/a", b'"/a"').replace(b"'http://in.example/b'", b'"/b"')
    hidden = hidden.replace(b"'http://{x}/b'", b'"http://{x}/b"').replace(b"http://[bad/c", b"")
    assert hide_servers(yaml) == hidden


@pytest.mark.parametrize(
    "servers",
    [
        b"[{url: &b http://in.example/v}, {url: *b}]",
        b"[{url: !!str http://in.example/v}]",
        b"\n- url: >-\n    http://in.example/v\n",
        b"\n- url: |-\n    http://in.example/v\n",
        b"[{<<: {url: http://in.example/v}}]",
        b"&s [{url: http://in.example/v, x: 2020-01-01}]\nx: *s",
    ],
)
def test_an_address_that_cannot_be_replaced_in_place_is_hidden_in_json(servers):
    hidden = hide_servers(b"openapi: 3.0.1\nservers: " + servers + b"\npaths: {}\n")
    assert b"in.example" not in hidden
    assert read_openapi(hidden).server_url == "/v"


def test_servers_that_are_none_are_left_alone():
    for servers in ("5", "[5]", '[{"url": 5}]', '{"url": "http://in.example"}', "null"):
        data = f'{{"openapi": "3.0.0", "servers": {servers}}}'.encode()
        assert json.loads(hide_servers(data)) == json.loads(data)


def test_a_document_with_too_many_values_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(notation, "MAX_VALUES", 100)
    with pytest.raises(MessageError, match="more than 100 values"):
        read_openapi(b"openapi: 3.0.0\nx: [" + b"1," * 100 + b"\n  and then: ]: no YAML")


def test_aliases_that_multiply_are_counted_as_what_they_stand_for():
    lines = [b"a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 9)]
    with pytest.raises(MessageError, match="more than"):
        read_openapi(b"openapi: 3.0.0\n" + b"\n".join(lines))


@given(st.binary(max_size=60), st.integers(0, 300), st.integers(0, 60))
def test_no_damage_to_a_description_brings_another_error(garbage, at, cut):
    whole = json.dumps(DOCUMENT).encode()
    for data in (whole[:at] + garbage + whole[at + cut :], garbage):
        try:
            read_openapi(data)
            hide_servers(data)
        except RidgewayError:
            continue


@pytest.mark.parametrize("soap", ["soap", "soap12"])
def test_a_wsdl_is_read_and_its_address_alone_is_hidden(soap):
    data = WSDL.format(soap=soap).encode()
    (service,) = read_wsdl(data)
    assert (service.code, service.version, service.title) == ("a", "v1", "A & B")
    assert service.url == "http://in.example/a?b&c"
    assert hide_addresses(data) == data.replace(b"http://in.example/a?b&amp;c", b"http://example.org/xroad-endpoint")


def test_what_stands_elsewhere_or_nowhere_is_read_as_x_road_reads_it():
    text = WSDL.format(soap="soap")
    assert read_wsdl(text.replace('binding="b"', 'binding="c"').encode()) == ()
    assert [each.url for each in read_wsdl(text.replace("location=", "place=").encode())] == [""]
    assert [each.title for each in read_wsdl(text.replace('type="p"', 'type="q"').encode())] == [None]
    assert read_wsdl(text.replace("soap/http", "soap/smtp").encode()) == ()
    overloaded = '<d:operation name="a"><d:input name="other"/></d:operation></d:portType>'
    assert len(read_wsdl(text.replace("</d:portType>", overloaded).encode())) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1257", "euc-kr", "shift_jis", "UTF-7"])
def test_an_address_is_hidden_in_every_encoding(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + WSDL.format(soap="soap")
    hidden = hide_addresses(text.encode(encoding))
    assert [each.url for each in read_wsdl(hidden)] == ["http://example.org/xroad-endpoint"]


def test_an_attribute_that_only_talks_of_a_location_stays_as_it_is():
    data = WSDL.format(soap="soap").replace('x:k=">"', """x:k=" location='a' >" x:location="b\"""").encode()
    assert hide_addresses(data) == data.replace(b"http://in.example/a?b&amp;c", b"http://example.org/xroad-endpoint")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>',
        WSDL.format(soap="soap").replace(' binding="b"', "").encode(),
        WSDL.format(soap="soap").replace("</d:portType>", '<d:operation name="a"/></d:portType>').encode(),
        WSDL.format(soap="soap").replace('<d:operation name="a"><x:v', "<d:operation><x:v").encode(),
    ],
)
def test_a_wsdl_that_is_none_is_refused(data):
    with pytest.raises(MessageError):
        read_wsdl(data)


@given(st.binary(max_size=60), st.integers(0, 900), st.integers(0, 60))
def test_no_damage_to_a_wsdl_brings_another_error(garbage, at, cut):
    whole = WSDL.format(soap="soap").encode()
    for data in (whole[:at] + garbage + whole[at + cut :], garbage):
        try:
            read_wsdl(data)
            hide_addresses(data)
        except RidgewayError:
            continue
