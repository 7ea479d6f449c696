import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import ConfigurationSource
from ridgeway.protocol.globalconf import (
    Anchor,
    AnchorSource,
    Held,
    Location,
    PublishedPart,
    TrustedConfiguration,
    is_federation_allowed,
    list_locations,
)
from ridgeway.protocol.globalconf.directory import DirectoryPart
from ridgeway.protocol.globalconf.locations import choose_version, derive_locations, versions_to_try
from ridgeway.protocol.globalconf.tests.cast import (
    NOW,
    a_directory,
    an_instance,
    parts_of,
    private_parameters,
    signing_key,
)
from ridgeway.protocol.globalconf.trusted import file_name_of, is_older

KEY = signing_key()
ANCHOR = Anchor("LAB", (AnchorSource("http://cs/internalconf", (KEY.certificate,)),))
LOCATION = Location("http://cs/internalconf", (KEY.certificate,))
PARTS = parts_of(an_instance(), private_parameters())


def test_no_step_can_be_taken_before_the_one_above_it():
    trusted = TrustedConfiguration(ANCHOR)
    part = DirectoryPart("SHARED-PARAMETERS", "LAB", "/x", "uri", b"digest")
    for step in (trusted.list_parts, trusted.finish, lambda: trusted.accept_part(part, b"")):
        with pytest.raises(ValueError, match=r"accept"):
            step()
    directory = trusted.accept_directory(a_directory(PARTS), location=LOCATION, now=NOW)
    trusted.accept_part(directory.parts[0], PARTS[0].content)
    with pytest.raises(ValueError, match="Every part"):
        trusted.finish()


def test_a_refused_directory_leaves_nothing_of_the_former_one():
    trusted = TrustedConfiguration(ANCHOR)
    trusted.accept_directory(a_directory(PARTS), location=LOCATION, now=NOW)
    with pytest.raises(TrustError):
        trusted.accept_directory(b"", location=LOCATION, now=NOW)
    with pytest.raises(ValueError, match="before its parts"):
        trusted.list_parts()


def test_of_a_federated_instance_only_shared_parameters_are_taken():
    trusted = TrustedConfiguration(ANCHOR, only_shared=True)
    trusted.accept_directory(a_directory(PARTS), location=LOCATION, now=NOW)
    assert [part.identifier for part in trusted.list_parts()] == ["SHARED-PARAMETERS"]


def test_parts_of_other_instances_are_not_ours_to_take():
    trusted = TrustedConfiguration(ANCHOR)
    trusted.accept_directory(a_directory((*PARTS, *parts_of(an_instance("EAST")))), location=LOCATION, now=NOW)
    assert {part.instance for part in trusted.list_parts()} == {"LAB"}
    with pytest.raises(TrustError, match="global_conf_part_invalid_instance_identifier"):
        trusted.accept_directory(a_directory(parts_of(an_instance("EAST"))), location=LOCATION, now=NOW)


def test_a_part_of_another_instance_inside_is_refused():
    shared = PublishedPart(
        "SHARED-PARAMETERS", "LAB", "/V6/1/shared-params.xml", parts_of(an_instance("EAST"))[0].content
    )
    trusted = TrustedConfiguration(ANCHOR)
    directory = trusted.accept_directory(a_directory((shared,)), location=LOCATION, now=NOW)
    with pytest.raises(TrustError, match="global_conf_part_invalid_instance_identifier"):
        trusted.accept_part(directory.parts[0], shared.content)


@pytest.mark.parametrize("version", [1, 7])
def test_a_version_that_is_unknown_is_refused(version):
    with pytest.raises(TrustError, match="global_conf_get_version_failed"):
        TrustedConfiguration(ANCHOR).accept_directory(a_directory(PARTS, version=version), location=LOCATION, now=NOW)


def test_two_parts_for_one_file_are_refused():
    extra = tuple(PublishedPart(name, "LAB", f"/{name}/a.xml", b"") for name in ("ONE", "TWO"))
    trusted = TrustedConfiguration(ANCHOR)
    trusted.accept_directory(a_directory((*PARTS, *extra)), location=LOCATION, now=NOW)
    with pytest.raises(TrustError, match="twice"):
        trusted.list_parts()


@pytest.mark.parametrize(
    "location", ["/..", "/", "/a/.hidden", "/x.metadata", "/shared-params.xml", "/a b", "/" + "x" * 101, "/a\\b", ""]
)
def test_no_part_can_choose_a_file_that_is_not_its_own(location):
    with pytest.raises(TrustError, match="not allowed"):
        file_name_of(DirectoryPart("FOO", "LAB", location, "uri", b""))


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_file_name_is_never_a_path(identifier, location):
    try:
        name = file_name_of(DirectoryPart(identifier, "LAB", location, "uri", b"", file_name=location[:5]))
    except TrustError:
        return
    assert "/" not in name
    assert not name.startswith(".")


@pytest.mark.parametrize(
    ("offered", "held", "older"),
    [
        ("/V6/20260206115959999999999/s.xml", "/V2/20260206120000000000000/s.xml", True),
        ("/V2/20260206120000000000000/s.xml", "/V6/20260206120000000000000/s.xml", False),
        ("/V6/20260206120000/s.xml", "/V6/20260206120000000000001/s.xml", True),
        ("/PROXY/1770379200000/LAB/s.xml", "/PROXY/1770379200001/LAB/s.xml", True),
        ("/PROXY/1770379200002/LAB/s.xml", "/PROXY/1770379200001/LAB/s.xml", False),
        ("/PROXY/1770379200000/LAB/s.xml", "/V6/20260206120000000000000/s.xml", False),
        ("/anything/s.xml", "/V6/20260206120000000000000/s.xml", False),
        ("/s.xml", "/s.xml", False),
    ],
)
def test_only_stamps_of_one_kind_are_compared(offered, held, older):
    assert is_older(offered, held) is older


def test_held_sources_come_before_the_anchors_and_https_before_http():
    held = an_instance(sources=(ConfigurationSource("new", (b"key",), (b"other",)),))
    first, second = list_locations(ANCHOR, held)
    assert [(location.url, location.certificates) for location in first] == [
        ("https://new/internalconf", (b"key",)),
        ("http://new/internalconf", (b"key",)),
    ]
    assert [location.url for location in second] == ["https://cs/internalconf", "http://cs/internalconf"]
    expired = TrustedConfiguration(ANCHOR, held=Held(held))
    assert expired.list_locations(NOW)[0] == ()


def test_a_source_without_keys_is_no_source():
    held = an_instance(sources=(ConfigurationSource("new", (), (b"external",)),))
    assert derive_locations(held, "http://cs/internalconf") == ()
    assert len(derive_locations(held, "http://cs/externalconf?version=3")) == 2


def test_a_version_in_the_address_is_respected():
    assert list(versions_to_try("http://cs/internalconf?version=3")) == [None]
    assert list(versions_to_try("http://cs/internalconf")) == [6, 5, 4, 3, 2]
    assert choose_version("http://cs/conf?x=1", 6) == "http://cs/conf?x=1&version=6"


def test_the_own_instance_is_always_allowed_and_none_beats_all():
    assert is_federation_allowed("LAB", own="LAB", setting="none")
    assert not is_federation_allowed("EAST", own="LAB", setting="all,NONE")
    assert is_federation_allowed("EAST", own="LAB", setting=" east , west")
