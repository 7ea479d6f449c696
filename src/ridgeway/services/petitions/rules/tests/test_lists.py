from ipaddress import IPv4Network, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.addresses import USUAL_RULES, DomainTable
from ridgeway.services.petitions.rules.lists import (
    MAX_ENTRIES,
    BadLine,
    ListError,
    NetworkList,
    find_ip,
    parse_address_list,
    parse_domain_list,
    parse_network_list,
    render_source,
)

TABLE = DomainTable(USUAL_RULES)
NETWORKS = st.lists(
    st.one_of(
        st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda pair: IPv4Network(pair, strict=False)),
        st.tuples(st.ip_addresses(v=6), st.integers(0, 128)).map(lambda pair: IPv6Network(pair, strict=False)),
    ),
    max_size=5,
)


def test_a_list_has_comments_and_empty_lines():
    listed = parse_network_list("# offices\n\n192.0.2.0/24  # all of it\n2001:db8::7\n")
    assert [listed.has(ip) for ip in ("192.0.2.9", "192.0.3.9", "2001:db8::7", "2001:db8::8", "nonsense", "")] == [
        True,
        False,
        True,
        False,
        False,
        False,
    ]


def test_an_address_written_as_ipv6_is_the_one_of_ipv4():
    assert parse_network_list("192.0.2.7").has("::ffff:192.0.2.7")


def test_every_bad_line_is_named_by_its_number_with_what_would_be_right():
    with pytest.raises(ListError) as refused:
        parse_network_list("192.0.2.1\n10.0.0.1/8\n\nhouse # no address\n")
    assert [(each.number, each.text) for each in refused.value.lines] == [(2, "10.0.0.1/8"), (4, "house")]
    assert "10.0.0.0/8" in refused.value.lines[0].reason
    assert "line 4" in refused.value.detail


@pytest.mark.parametrize("entry", ["exa mple.org", "a..b", "***.org", "a**.org", "x@y@z", "", "*" * 9, "é.org"])
def test_what_is_no_domain_is_a_bad_line(entry: str):
    if entry:
        with pytest.raises(ListError, match="line 1"):
            parse_domain_list(entry)


@pytest.mark.parametrize(
    ("glob", "taken", "left"),
    [
        ("Example.org", ["example.org"], ["a.example.org", "xample.org", "exampleXorg"]),
        ("*.example.org", ["a.example.org"], ["example.org", "a.b.example.org"]),
        ("**.example.org", ["a.example.org", "a.b.example.org"], ["example.org", "notexample.org"]),
        ("mail*.example", ["mail.example", "mail7.example"], ["amail.example", "mail.a.example"]),
        ("@spam.example", ["spam.example"], ["x.spam.example"]),
        ("temp.*", ["temp.org", "temp.example"], ["temp.co.uk", "temp"]),
    ],
)
def test_a_star_is_one_label_and_two_are_several(glob: str, taken: list[str], left: list[str]):
    listed = parse_domain_list(glob)
    assert [listed.has(domain) for domain in taken] == [True] * len(taken)
    assert [listed.has(domain) for domain in left] == [False] * len(left)


def test_a_list_of_addresses_knows_every_spelling_of_a_person():
    listed = parse_address_list("Su.Zie+x@googlemail.com # again\n", TABLE)
    assert TABLE.canonicalise("suzie@gmail.com") in listed
    with pytest.raises(ListError):
        parse_address_list("suzie", TABLE)


def test_a_list_that_is_too_long_is_refused_at_its_first_line_too_many():
    with pytest.raises(ListError) as refused:
        parse_domain_list("\n".join(f"d{number}.example" for number in range(MAX_ENTRIES + 1)))
    assert refused.value.lines[0].number == MAX_ENTRIES + 1


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_its_bad_lines_are_named(text: str):
    for parse in (parse_network_list, parse_domain_list, lambda text: parse_address_list(text, TABLE)):
        bad: tuple[BadLine, ...] = ()
        try:
            parse(text)
        except ListError as error:
            bad = error.lines or (BadLine(0, "", "an error without a line"),)
        assert all(1 <= each.number <= len(text.splitlines()) for each in bad)


@given(NETWORKS, st.ip_addresses())
def test_an_address_is_on_the_list_when_a_network_holds_it(networks, ip):
    listed = NetworkList(str(network) for network in networks)
    meant = find_ip(str(ip))
    assert listed.has(str(ip)) == any(meant in network for network in networks if network.version == meant.version)


def test_one_line_of_ipv6_is_one_source_and_an_address_of_ipv4_is_one():
    assert render_source("2001:db8:1:2:3::4") == render_source("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert render_source("2001:db8:1:3::4") != render_source("2001:db8:1:2::9")
    assert render_source("::ffff:192.0.2.7") == "192.0.2.7"
    assert render_source("nonsense") == "nonsense"


@given(st.ip_addresses())
def test_a_source_is_its_own_source(ip):
    source = render_source(str(ip))
    assert render_source(source) == source
    assert ip_address(source)
