import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf import (
    PartMetadata,
    folder_of,
    read_configuration_files,
    read_folder,
    read_part_metadata,
    write_fetch_interval,
    write_monitoring,
    write_next_update,
    write_part_metadata,
    write_private_parameters,
    write_shared_parameters,
)
from ridgeway.protocol.globalconf.tests.cast import LATER, NOW, OWNER, an_instance, private_parameters
from ridgeway.protocol.globalconf.xml import first_der_element


def folder_files(*instances: str, expires_at=LATER, version: int = 6) -> dict[str, bytes]:
    files = {"instance-identifier": b"LAB\n", "LAB/private-params.xml": write_private_parameters(private_parameters())}
    for instance in ("LAB", *instances):
        metadata = PartMetadata("SHARED-PARAMETERS", instance, expires_at, version)
        files[f"{folder_of(instance)}/shared-params.xml"] = write_shared_parameters(an_instance(instance), version)
        files[f"{folder_of(instance)}/shared-params.xml.metadata"] = write_part_metadata(metadata)
    return files


def test_a_folder_reads_into_the_trust_it_states():
    snapshot = read_configuration_files(
        folder_files("EAST")
        | {
            "LAB/monitoring-params.xml": write_monitoring(OWNER),
            "LAB/nextupdate-params.xml": write_next_update(False),
            "LAB/fetchinterval-params.xml": write_fetch_interval(77),
            "files": b"of a central server",
            "LAB/other.xml": b"of nobody's concern",
        }
    )
    assert (snapshot.own_instance, set(snapshot.instances)) == ("LAB", {"LAB", "EAST"})
    assert (snapshot.monitoring_client, snapshot.verify_next_update) == (OWNER, False)
    assert (snapshot.ocsp_fetch_interval_seconds, snapshot.timestamping_interval_seconds) == (77, 60)
    assert snapshot.management.registration_certificate == b"pin"
    assert snapshot.own.expires_at == LATER


def test_instances_of_different_versions_lie_side_by_side():
    files = folder_files() | {
        path: data for path, data in folder_files("EAST", version=2).items() if path.startswith("EAST")
    }
    snapshot = read_configuration_files(files)
    assert {name: trust.version for name, trust in snapshot.instances.items()} == {"LAB": 6, "EAST": 2}


def test_an_expired_federated_instance_is_left_out_and_an_expired_own_one_is_refused():
    files = folder_files() | {
        path: data for path, data in folder_files("EAST", expires_at=NOW).items() if path.startswith("EAST")
    }
    assert set(read_configuration_files(files, check_expiry=True, now=NOW).instances) == {"LAB"}
    with pytest.raises(TrustError, match="global_conf_outdated"):
        read_configuration_files(files, check_expiry=True, now=LATER)
    assert set(read_configuration_files(files).instances) == {"LAB", "EAST"}


def test_a_federated_instance_that_cannot_be_read_is_left_out_and_its_fault_kept():
    reading = read_folder(folder_files("EAST") | {"EAST/shared-params.xml": b"yyy"})
    assert set(reading.instances) == {"LAB"}
    assert reading.faults["EAST"].code == "malformed_global_conf"


def test_the_folder_of_one_instance_cannot_speak_for_another():
    files = folder_files("EAST")
    files["EAST/shared-params.xml"] = files["LAB/shared-params.xml"]
    assert "LAB" in read_folder(files).faults["EAST"].detail


def test_what_has_not_changed_is_taken_over_with_its_new_expiry():
    first = read_folder(folder_files("EAST"))
    later = folder_files("EAST", expires_at=LATER + timedelta(minutes=1))
    later["EAST/shared-params.xml"] = later["EAST/shared-params.xml"].replace(b"Shop &amp; S", b"Shop and S")

    second = read_folder(later, previous=first)

    assert second.instances["LAB"].members is first.instances["LAB"].members
    assert second.instances["LAB"].expires_at == LATER + timedelta(minutes=1)
    assert second.instances["EAST"].members != first.instances["EAST"].members
    assert second.instances == read_folder(later).instances


@pytest.mark.parametrize("identifier", [None, b"", b"  \n", b"..", b"a\x00b", b"x" * 300])
def test_a_folder_that_names_no_instance_is_malformed(identifier):
    files = folder_files()
    files.pop("instance-identifier")
    if identifier is not None:
        files["instance-identifier"] = identifier
    with pytest.raises(TrustError, match="malformed_global_conf"):
        read_configuration_files(files)


@pytest.mark.parametrize(
    "name", ["monitoring-params.xml", "nextupdate-params.xml", "fetchinterval-params.xml", "private-params.xml"]
)
def test_an_optional_part_that_cannot_be_read_leaves_the_careful_default_and_a_fault(name):
    reading = read_folder(folder_files() | {f"LAB/{name}": b"<conf/>"})
    assert name in reading.faults
    assert (reading.verify_next_update, reading.ocsp_fetch_interval_seconds) == (True, 1200)
    assert reading.monitoring_client is None


@pytest.mark.parametrize("instance", ["A/B", "Ä ö", "a+b", "50%", "it's"])
def test_an_instances_folder_is_never_a_path(instance):
    folder = folder_of(instance)
    assert "/" not in folder
    assert set(read_configuration_files(folder_files(instance)).instances) == {"LAB", instance}


@pytest.mark.parametrize("instance", ["", ".", "..", "a\nb", " a"])
def test_what_cannot_be_a_folder_is_refused(instance):
    with pytest.raises(TrustError):
        folder_of(instance)


def test_metadata_reads_back_the_same():
    metadata = PartMetadata("MONITORING", "LÄB", LATER + timedelta(days=1), 5, "m.xml", "/V5/1/m.xml")
    assert read_part_metadata(write_part_metadata(metadata)) == metadata
    assert read_part_metadata(None).version == 2
    assert read_part_metadata(b'{"configurationVersion":"3"}').expires_at is None


@given(
    st.one_of(
        st.binary(max_size=100),
        st.recursive(
            st.none() | st.text(),
            lambda s: (
                st.lists(s) | st.dictionaries(st.sampled_from(["expirationDate", "configurationVersion", "x"]), s)
            ),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_metadata_that_is_none_is_read_or_refused(data):
    try:
        read_part_metadata(data)
    except TrustError:
        return


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "instance-identifier",
                "LAB/shared-params.xml",
                "LAB/shared-params.xml.metadata",
                "%2F/shared-params.xml",
                "../shared-params.xml",
                "LAB/private-params.xml",
            ]
        ),
        st.binary(max_size=20),
    )
)
def test_any_files_are_read_or_refused(files):
    with pytest.raises(TrustError):
        read_configuration_files(files)


def test_pem_under_base64_is_undone_and_trailing_bytes_after_a_certificate_dropped():
    der = b"\x30\x03\x02\x01\x05"
    pem = (
        b"-----BEGIN TRUSTED CERTIFICATE-----\n"
        + base64.b64encode(der + b"aux")
        + b"\n-----END TRUSTED CERTIFICATE-----\n"
    )
    document = folder_files()
    document["LAB/shared-params.xml"] = document["LAB/shared-params.xml"].replace(
        b"<cert>" + base64.b64encode(b"tsa") + b"</cert>", b"<cert>" + base64.b64encode(pem) + b"</cert>"
    )
    assert read_configuration_files(document).own.timestamping_services[0].certificate == der


@given(st.binary(max_size=40))
def test_the_first_element_is_always_a_beginning(data):
    assert data.startswith(first_der_element(data))
