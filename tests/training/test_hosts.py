"""The processes of a run find each other over loopback, or say why not."""

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor

import gin
import pytest

from learned_update.training.hosts.address import is_loopback, joined
from learned_update.training.hosts.alone import Alone
from learned_update.training.hosts.card import run_card
from learned_update.training.hosts.hosts import Hosts
from learned_update.training.hosts.joining import join_hosts
from learned_update.training.hosts.options import HostOptions, host_options
from learned_update.training.hosts.roll_call import call_roll
from tests.training.members import free_port

PATIENCE = 20.0
CARD = {"configurations": "a", "backends": "jax"}


def roll(*members, port=None):
    """What each of `(processes, process, card)` gets, or the exception."""
    coordinator = f"127.0.0.1:{port or free_port()}"

    def call(member):
        processes, process, card = member
        try:
            options = HostOptions(coordinator, processes, process)
            return call_roll(options, card, PATIENCE)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(members)) as threads:
        return list(threads.map(call, members))


@contextlib.contextmanager
def three_hosts():
    called = roll(*((3, process, CARD) for process in range(3)))
    lines = [line for found, _ in called for line in found]
    try:
        yield [Hosts(process, 3, called[process][0]) for process in range(3)], called
    finally:  # all, before any closes: a line that breaks ends the process
        for line in lines:
            line.end()
        for line in lines:
            line.close()


def test_all_hear_the_same_addresses_and_values():
    with three_hosts() as (hosts, called), ThreadPoolExecutor(3) as threads:
        addresses = [addresses for _, addresses in called]
        assert addresses[0] == addresses[1] == addresses[2]
        assert len({*addresses[0]}) == 3
        assert all(address.startswith("127.0.0.1:") for address in addresses[0])
        assert [host.first for host in hosts] == [True, False, False]

        values = threads.map(lambda host: host.exchange(10 + host.process), hosts)
        assert list(values) == [[10, 11, 12]] * 3
        flags = threads.map(
            lambda host: host.any(host.process == 2, False, host.first), hosts
        )
        assert list(flags) == [(True, False, True)] * 3


def test_a_stranger_at_the_port_is_sent_away():
    port = free_port()

    def stranger():
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
                break
        with connection:
            connection.sendall(b"GET / HTTP/1.1\r\n")
            return connection.recv(1)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(roll, (2, 0, CARD), port=port)
        assert threads.submit(stranger).result(PATIENCE) == b""
        (second,) = roll((2, 1, CARD), port=port)
        ((lines, addresses),) = first.result(PATIENCE)
    assert second[1] == addresses
    for line in (*lines, *second[0]):
        line.end()
    for line in (*lines, *second[0]):
        line.close()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            (2, 1, {**CARD, "configurations": "b"}),
            "different configurations. Expected: a, as process 0 has it. "
            "Received: b from process 1. Give the same command",
        ),
        (
            (2, 1, {**CARD, "backends": "tensorflow"}),
            "different backends. Expected: jax.*Received: tensorflow from process 1",
        ),
        ((3, 1, CARD), "how many they are. Expected: --processes 2.*--processes 3"),
    ],
    ids=["configuration", "backend", "processes"],
)
def test_processes_that_do_not_fit(other, message):
    found = roll((2, 0, CARD), other)
    for error in found:
        assert isinstance(error, ValueError)
        with pytest.raises(ValueError, match=message):
            raise error


def test_two_processes_of_one_number():
    found = roll((3, 0, CARD), (3, 1, CARD), (3, 1, CARD))
    for error in found:
        with pytest.raises(ValueError, match="same number.*--process 1 twice. Give"):
            raise error


def test_a_port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ValueError, match=f"cannot listen.*{port}.*another port"):
            call_roll(HostOptions(f"127.0.0.1:{port}", 2, 0), CARD, PATIENCE)


def test_a_coordinator_that_nobody_reaches():
    options = HostOptions(f"127.0.0.1:{free_port()}", 2, 1)
    message = "cannot be reached at 127.0.0.1.*within 0.3 s.*refused.*--process 0"
    with pytest.raises(ValueError, match=message):
        join_hosts(options, CARD, patience=0.3)


def test_processes_that_never_call():
    options = HostOptions(f"127.0.0.1:{free_port()}", 3, 0)
    message = "3 processes within 0.3 s. Received: nothing from process 1, 2. Start"
    with pytest.raises(ValueError, match=message):
        join_hosts(options, CARD, patience=0.3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("a:1", None, None), "three options.*Received: --coordinator a:1. Give all"),
        ((None, 2, 0), "three options.*--processes 2 --process 0"),
        (("a:1", 2, 2), "from 0 to 1. Received: --process 2 of --processes 2"),
        (("a:1", 0, 0), "--processes of at least 1"),
        (("a", 2, 0), "no address.*--coordinator a. Name the host"),
        (("a:70000", 2, 0), "port from 1 to 65535.*a:70000"),
    ],
)
def test_options_that_make_no_sense(given, message):
    with pytest.raises(ValueError, match=message):
        host_options(*given)


def test_options_of_one_process_are_none():
    assert host_options(None, None, None) is None
    assert host_options("a:1", 1, 0) is None
    assert isinstance(join_hosts(None, CARD), Alone)
    options = host_options("[::1]:80", 2, 1)
    assert (options.host, options.port) == ("[::1]", 80)


def test_the_card_tells_configurations_apart():
    gin.clear_config()
    before = run_card()
    gin.parse_config("meta_train.outer_steps = 7", skip_unknown=False)
    after = run_card()
    gin.clear_config()
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"configurations"}
    assert run_card() == before


def test_addresses():
    assert [is_loopback(x) for x in ("localhost", "127.0.0.1", "[::1]", "a")] == [
        True,
        True,
        True,
        False,
    ]
    assert joined("::1", 5) == joined("[::1]", 5) == "[::1]:5"
    assert joined("a", 5) == "a:5"
