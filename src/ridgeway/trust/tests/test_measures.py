"""What the trust process tells Prometheus."""

from dataclasses import dataclass, field

from ridgeway.settings import Settings
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.measures import list_measures
from ridgeway.trust.reports import InstanceReport


@dataclass
class State:
    keeper: TrustKeeper
    own: InstanceReport | None = None
    said: dict[str, str] = field(default_factory=dict)


def test_before_the_first_look_nothing_is_claimed(tmp_path):
    told = {each.name: each.samples for each in list_measures(State(TrustKeeper(Settings(state_dir=tmp_path))))}
    assert told["ridgeway_globalconf_fetch_worked"] == ()
    assert told["ridgeway_globalconf_expires_timestamp_seconds"] == ()
    assert told["ridgeway_trust_faults"][0].value == 0


def test_what_goes_wrong_is_counted(tmp_path):
    state = State(TrustKeeper(Settings(state_dir=tmp_path)), said={"ocsp abc": "nobody answers"})
    told = {each.name: each.samples for each in list_measures(state)}
    assert told["ridgeway_trust_faults"][0].value == 1
