"""The processes of a run find each other: who is there, and with what configuration."""

import contextlib
import json
import socket
import time

from learned_update.errors import InvalidInputError, invalid
from learned_update.training.hosts.address import is_loopback, joined
from learned_update.training.hosts.line import Line

RETRY = 0.2  # seconds until the next try to reach process 0
GREETING = 10.0  # seconds in which who connects must say who it is


def call_roll(options, card, patience):
    """Process 0 waits for all others, compares what they are, and tells all of all.

    Args:
        options: `HostOptions`.
        card: what must be the same in all processes, `{name: text}`.
        patience: seconds to wait for all.

    Returns:
        `(lines, addresses)`: a `Line` to each of the others, from process 0, or to it;
        and `host:port` of every process for the engine to listen at.

    Raises:
        ValueError: process 0 cannot be reached, others are missing, or differ.
    """
    if options.process == 0:
        return _call(options, card, patience)
    return _answer(options, card, patience)


def _call(options, card, patience):
    host = options.host
    deadline = time.monotonic() + patience
    waiting = {}
    with contextlib.ExitStack() as on_error, _listening(options) as server:
        while len(waiting) < options.processes - 1:
            server.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                connection, (peer, *_) = server.accept()
            except TimeoutError:
                raise _missing(options, waiting, patience) from None
            on_error.callback(connection.close)
            connection.settimeout(GREETING)
            file = connection.makefile("r", encoding="utf-8")
            on_error.callback(file.close)
            hello = _hello(file)
            if hello is None:  # nobody of ours
                file.close()
                connection.close()
                continue
            refusal = _refusal(options, card, hello, waiting)
            if refusal is not None:
                for other, *_ in waiting.values():
                    _send(other, {"refused": refusal})
                _send(connection, {"refused": refusal})
                raise InvalidInputError(refusal)
            address = joined(peer, hello["port"])
            waiting[hello["process"]] = connection, file, address
        order = [waiting[process] for process in range(1, options.processes)]
        addresses = [joined(host, free_port()), *(address for *_, address in order)]
        for connection, *_ in order:
            _send(connection, {"addresses": addresses})
        on_error.pop_all()
    lines = [
        Line(connection, file, f"process {process} ({address.rsplit(':', 1)[0]})")
        for process, (connection, file, address) in enumerate(order, start=1)
    ]
    return lines, addresses


def _answer(options, card, patience):
    connection = _connected(options, patience)
    connection.settimeout(patience)
    hello = {
        "process": options.process,
        "processes": options.processes,
        "port": free_port(),
        "card": card,
    }
    file = connection.makefile("r", encoding="utf-8")
    try:
        _send(connection, hello)
        text = file.readline()
    except OSError:
        text = ""
    reply = json.loads(text) if text else None
    if reply is None or "refused" in reply:
        file.close()
        connection.close()
        if reply is None:
            raise _unreachable(options, "no answer", patience)
        raise InvalidInputError(reply["refused"])
    return [Line(connection, file, f"process 0 ({options.host})")], reply["addresses"]


def _listening(options):
    """A server at the coordinator's port; only on loopback if its host is that."""
    host = options.host.strip("[]") if is_loopback(options.host) else ""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, options.port), family=family)
    except OSError as error:
        raise invalid(
            "Process 0 cannot listen at the coordinator's port.",
            expected=f"that port {options.port} of this host is free",
            received=str(error),
            remedy="Give another port in --coordinator, the same to all processes.",
        ) from error


def _connected(options, patience):
    deadline = time.monotonic() + patience
    while True:
        try:
            address = options.host.strip("[]"), options.port
            return socket.create_connection(address, timeout=max(patience, 1))
        except OSError as error:
            if time.monotonic() > deadline:
                raise _unreachable(options, str(error), patience) from error
        time.sleep(RETRY)


def _hello(file):
    """What a process says of itself; None if it is none of ours."""
    try:
        hello = json.loads(file.readline())
        return hello if {"process", "processes", "port", "card"} <= {*hello} else None
    except (OSError, ValueError, TypeError):
        return None


def _refusal(options, card, hello, waiting):
    """Why a process cannot take part, or None."""
    process = hello["process"]
    if hello["processes"] != options.processes:
        return str(
            invalid(
                "The processes of a run do not agree on how many they are.",
                expected=f"--processes {options.processes}, as process 0 has it",
                received=f"--processes {hello['processes']} from process {process}",
                remedy="Give all the same number.",
            )
        )
    if process in waiting or process == 0:
        return str(
            invalid(
                "Two processes of a run have the same number.",
                expected=f"each of --process 0 to {options.processes - 1} once",
                received=f"--process {process} twice",
                remedy="Give each process its own number.",
            )
        )
    for name, mine in card.items():
        theirs = hello["card"].get(name)
        if theirs != mine:
            return str(
                invalid(
                    f"The processes of a run have different {name}.",
                    expected=f"{mine}, as process 0 has it",
                    received=f"{theirs} from process {process}",
                    remedy="Give the same command and the same files on all hosts.",
                )
            )
    return None


def _missing(options, waiting, patience):
    missing = sorted({*range(1, options.processes)} - {*waiting})
    return invalid(
        "Not all processes of the run have called.",
        expected=f"{options.processes} processes within {patience:g} s",
        received="nothing from process " + ", ".join(map(str, missing)),
        remedy="Start the same command there, too, with its own --process; they must "
        f"reach this host at {options.coordinator}.",
    )


def _unreachable(options, reason, patience):
    return invalid(
        f"Process 0 cannot be reached at {options.coordinator}.",
        expected=f"that it answers within {patience:g} s",
        received=reason,
        remedy="Start the same command there with --process 0, and see that this host "
        "may connect to that port.",
    )


def _send(connection, message):
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def free_port():
    """A port of this host that nobody listens at now."""
    with socket.socket() as unused:
        unused.bind(("", 0))
        return unused.getsockname()[1]
