from dataclasses import replace

import pytest

from ridgeway.protocol.certificates.snapshot import OcspResponder, TimestampingService
from ridgeway.protocol.globalconf.tests.cast import an_instance
from ridgeway.settings import CostStrategy
from ridgeway.trust.costs import choose_responders, choose_stampers

COSTS = {"u1": "UNDEFINED", "p1": "PAID", "f1": "FREE", "p2": "PAID", "u2": "UNDEFINED", "f2": "FREE"}
RESPONDERS = tuple(OcspResponder(url, cost_type=cost) for url, cost in COSTS.items())
STAMPERS = tuple(TimestampingService(url, url, b"certificate", cost) for url, cost in COSTS.items())
WANTED = {
    "none": "u1 p1 f1 p2 u2 f2",
    "only_free": "f1 f2",
    "free_first": "f1 f2 p1 p2 u1 u2",
    "only_paid": "p1 p2",
    "paid_first": "p1 p2 f1 f2 u1 u2",
}


@pytest.mark.parametrize("strategy", CostStrategy)
def test_each_strategy_asks_by_cost_and_keeps_the_order_of_equals(strategy):
    instance = replace(an_instance(), timestamping_services=STAMPERS)
    wanted = tuple(WANTED[strategy].split())
    assert choose_responders(RESPONDERS, instance=instance, strategy=strategy) == wanted
    assert choose_stampers(COSTS, instance=instance, strategy=strategy) == wanted


@pytest.mark.parametrize("strategy", CostStrategy)
def test_a_configuration_before_version_6_says_nothing_of_costs_so_all_are_asked(strategy):
    instance = an_instance(version=5)
    assert choose_responders(RESPONDERS, instance=instance, strategy=strategy) == tuple(COSTS)
    assert choose_stampers(COSTS, instance=instance, strategy=strategy) == tuple(COSTS)


def test_a_chosen_authority_that_the_configuration_does_not_name_costs_nobody_knows_what():
    instance = replace(an_instance(), timestamping_services=STAMPERS)
    choose = ("stranger", "p1")
    assert choose_stampers(choose, instance=instance, strategy=CostStrategy.FREE_FIRST) == ("p1", "stranger")
    assert choose_stampers(choose, instance=instance, strategy=CostStrategy.ONLY_FREE) == ()
