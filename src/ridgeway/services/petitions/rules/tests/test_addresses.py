import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.notices.addresses import is_address
from ridgeway.services.petitions.rules.addresses import (
    ADDRESS_LIMIT,
    USUAL_RULES,
    DomainRule,
    DomainTable,
    domain_of,
    find_address_fault,
)
from ridgeway.services.petitions.rules.faults import Wrong

USUAL = DomainTable(USUAL_RULES)
LOCALS = st.text(string.ascii_lowercase + string.digits + "._+-", min_size=1, max_size=20)
DOMAINS = st.sampled_from(["gmail.com", "googlemail.com", "example.org", "mail.a.example.org", "b.example.org"])
RULES = st.lists(
    st.builds(
        DomainRule,
        st.sampled_from(["*", "*.example.org", "*.a.example.org", "gmail.com", "googlemail.com", "example.org"]),
        st.sampled_from(["", ".", "._", "+"]),
        st.sampled_from(["", "+", "-", "+-"]),
        st.sampled_from(["", "", "gmail.com", "googlemail.com", "example.org"]),
    ),
    max_size=6,
    unique_by=lambda rule: rule.pattern,
)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "first.last@sub.example.co.uk",
        "o'brien@example.org",
        "x_1-2@xn--bcher-kva.example",
        "a@bücher.example",
    ],
)
def test_addresses_that_people_have_are_taken(address: str):
    assert find_address_fault(address) is None


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("", Wrong.MISSING),
        ("a" * 250 + "@b.example", Wrong.TOO_LONG),
        ("a" * 65 + "@b.example", Wrong.SHAPE),
        ("=a@b.example", Wrong.FORMULA),
        ("-a@b.example", Wrong.FORMULA),
        ("a+tag@b.example", Wrong.PLUS),
        ("a@b", Wrong.SHAPE),
        ("a@b.1", Wrong.SHAPE),
        ("a..b@c.example", Wrong.SHAPE),
        (".a@c.example", Wrong.SHAPE),
        ("a b@c.example", Wrong.SHAPE),
        ("a@b@c.example", Wrong.SHAPE),
        ('"a b"@c.example', Wrong.SHAPE),
        ("a@-c.example", Wrong.SHAPE),
        ("a@c..example", Wrong.SHAPE),
        ("a@[192.0.2.1]", Wrong.SHAPE),
        ("a@c.example\r\nBcc: x@d.example", Wrong.SHAPE),
        ("a@c.example\n", Wrong.SHAPE),
        ("<a@c.example>", Wrong.SHAPE),
        ("a,b@c.example", Wrong.SHAPE),
        ("ä@c.example", Wrong.SHAPE),
    ],
)
def test_what_is_no_plain_address_is_refused(address: str, wrong: Wrong):
    fault = find_address_fault(address)
    assert fault is not None
    assert fault.wrong is wrong


def test_an_extension_is_taken_where_the_site_says_so():
    assert find_address_fault("a+tag@b.example", allows_plus=True) is None


@given(
    st.text(max_size=ADDRESS_LIMIT + 10)
    | st.from_regex(r"[a-z+. ]{1,8}@[a-z.\-\x00-\x20]{1,12}\.[a-z]{2}", fullmatch=True)
)
def test_an_address_that_is_taken_can_be_mailed(text: str):
    if find_address_fault(text, allows_plus=True) is None:
        assert is_address(text)
        canonical = USUAL.canonicalise(text)
        assert find_address_fault(canonical, allows_plus=True) is None


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Suzie@Example.ORG", "suzie@example.org"),
        ("su.zie+petitions@gmail.com", "suzie@gmail.com"),
        ("suzie@googlemail.com", "suzie@gmail.com"),
        ("su.zie@example.org", "su.zie@example.org"),
        ("suzie+x@example.org", "suzie@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
    ],
)
def test_addresses_that_reach_the_same_person_have_one_spelling(typed: str, canonical: str):
    assert USUAL.canonicalise(typed) == canonical


def test_an_exact_domain_comes_before_the_nearest_parent_and_that_before_any():
    rules = (
        DomainRule("*", aliased_to="any.example"),
        DomainRule("*.example.org", aliased_to="parent.example"),
        DomainRule("*.a.example.org", aliased_to="nearest.example"),
        DomainRule("x.a.example.org", aliased_to="exact.example"),
        *(DomainRule(f"{name}.example") for name in ("any", "parent", "nearest", "exact")),
    )
    table = DomainTable(rules)
    domains = ("x.a.example.org", "y.a.example.org", "b.example.org", "example.org")
    found = [domain_of(table.canonicalise(f"a@{domain}")) for domain in domains]
    assert found == ["exact.example", "nearest.example", "parent.example", "any.example"]


def test_two_domains_that_are_the_same_as_each_other_end_somewhere():
    table = DomainTable(
        [DomainRule("a.example", aliased_to="b.example"), DomainRule("b.example", aliased_to="a.example")]
    )
    assert table.canonicalise("x@a.example").startswith("x@")


@given(LOCALS, DOMAINS, RULES)
def test_a_canonical_address_is_its_own_unless_aliases_run_in_a_circle(
    local: str, domain: str, rules: list[DomainRule]
):
    table = DomainTable(rules)
    once = table.canonicalise(f"{local}@{domain}")
    assert once.partition("@")[0]
    assert table.canonicalise(f"{local}@{domain}".upper()) == once
    if not any(rule.aliased_to for rule in rules):
        assert table.canonicalise(once) == once
