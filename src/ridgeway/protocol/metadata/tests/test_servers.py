"""Whatever servers a description has, and however it is written down: no host leaves, and nothing else changes."""

import copy
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ridgeway.protocol.metadata import hide_servers
from ridgeway.protocol.metadata.notation import parse_notation
from ridgeway.protocol.metadata.servers import hide, list_servers

HOST = "in.example"
TEXTS = st.text("aZ0é漢🙂'\":#,[]{}&*!%@~|>- /\\=", max_size=12)
"""What has a meaning in one of the notations; ruamel's writer makes what its reader refuses of few others."""
URLS = st.one_of(
    st.builds("https://{}:8443/{}".format, st.just(HOST), TEXTS.filter(lambda text: "{" not in text)),
    st.sampled_from(
        ["/relative", "", "//in.example/a", "http://in.example", "https://user:secret@in.example/a?key=in.example"]
    ),
)
SERVERS = st.lists(
    st.one_of(
        st.builds(lambda url, note: {"url": url, "description": note}, URLS, TEXTS),
        st.builds(lambda note, url: {"x-note": note, "url": url}, TEXTS, URLS),
        st.just({"url": None}),
        st.just({}),
    ),
    max_size=3,
)
DOCUMENTS = st.builds(
    lambda top, path, operation, title: {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1"},
        "servers": top,
        "paths": {"/a": {"servers": path, "get": {"servers": operation, "summary": title}}},
    },
    SERVERS,
    SERVERS,
    SERVERS,
    TEXTS,
)


def as_yaml(document, *, flow):
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.width = flow, 10_000
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue().encode()


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.sampled_from(["json", "block", "flow"]))
def test_no_host_leaves_and_nothing_else_changes(document, notation):
    data = json.dumps(document).encode() if notation == "json" else as_yaml(document, flow=notation == "flow")
    written = parse_notation(data).content
    expected = copy.deepcopy(written)
    for server in list_servers(expected):
        server["url"] = hide(server["url"])
    hidden = hide_servers(data)
    assert HOST.encode() not in hidden
    assert parse_notation(hidden).content == expected
    assert hide_servers(hidden) == hidden or notation == "json"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://in.example:8443/api/v1", "/api/v1"),
        ("https://in.example", ""),
        ("//in.example/x", "/x"),
        ("https://in.example//other.example/x", "/other.example/x"),
        ("/x", "/x"),
        ("x/y", "x/y"),
        ("https://in.example/x?key=1#y", "/x"),
        ("https://{host}/x", "https://{host}/x"),
        ("http://[bad/x", ""),
        ("https:in.example", ""),
        ("in.example:8080/x", ""),
    ],
)
def test_an_address_is_reduced_to_its_path(url, path):
    assert hide(url) == path
