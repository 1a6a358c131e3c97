"""How many devices share the tasks."""

import pytest

from learned_update.training.devices.choice import choose_devices, device_count
from learned_update.training.devices.one_device import OneDevice
from learned_update.training.hosts.alone import Alone


@pytest.mark.parametrize(
    ("slots", "hosts", "possible", "expected"),
    [
        ([8], 1, range(1, 5), 4),
        ([8], 1, range(1, 4), 2),
        ([8, 12], 1, range(1, 9), 4),
        ([7], 1, range(1, 5), 1),
        ([8], 2, range(1, 9), 4),
        ([6], 3, range(1, 9), 2),
        ([8], 2, (2,), 2),
    ],
)
def test_auto_takes_the_largest_number_that_divides(slots, hosts, possible, expected):
    assert device_count("auto", slots, hosts, possible) == expected
    assert device_count(expected, slots, hosts, possible) == expected


@pytest.mark.parametrize(
    ("asked", "slots", "hosts", "possible", "message"),
    [
        (3, [8], 1, range(1, 3), "does not have.*1 to 2. Received.*devices = 3"),
        (1, [8], 2, (2,), "does not have.*'auto' or 2. Received"),
        (3, [8, 6], 1, range(1, 5), r"multiple of 3 \(3 devices\).*slots = 6, 8. Bind"),
        (2, [6], 2, range(1, 3), r"multiple of 4 \(2 hosts of 2 devices\).*slots = 6"),
        ("auto", [7], 2, range(1, 3), r"2 \(2 hosts of 1 device\).*slots = 7. Change"),
        ("all", [8], 1, range(1, 3), "'auto' or an integer.*devices = 'all'"),
        (0, [8], 1, range(1, 3), "at least 1. Received: meta_train.devices = 0"),
        (True, [8], 1, range(1, 3), "an integer.*devices = True"),
    ],
)
def test_numbers_that_cannot_be(asked, slots, hosts, possible, message):
    with pytest.raises(ValueError, match=message):
        device_count(asked, slots, hosts, possible)


def test_one_device_needs_no_sharing():
    assert isinstance(choose_devices(1, [3], Alone()), OneDevice)


def test_hosts_with_different_numbers_of_devices():
    class Unlike(Alone):
        processes = 2

        def exchange(self, value):
            return [[2], [4]]

    with pytest.raises(ValueError, match="2 on host 0, 4 on host 1. Hide"):
        choose_devices("auto", [8], Unlike())
