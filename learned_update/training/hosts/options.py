"""Which process of how many this is, and where process 0 listens."""

from typing import NamedTuple

from learned_update.errors import invalid


class HostOptions(NamedTuple):
    """What a command line says of the hosts of a run.

    Attributes:
        coordinator: `host:port` at which process 0 waits for the others.
        processes: how many there are.
        process: number of this one.
    """

    coordinator: str
    processes: int
    process: int

    @property
    def host(self):
        """Of the coordinator."""
        return self.coordinator.rsplit(":", 1)[0]

    @property
    def port(self):
        """Of the coordinator."""
        return int(self.coordinator.rsplit(":", 1)[1])


def host_options(coordinator, processes, process):
    """`HostOptions` that make sense; None if none is given, or there is one process.

    Args:
        coordinator: `host:port`, or None.
        processes: how many, or None.
        process: from 0, or None.

    Raises:
        ValueError: some are missing, or out of range.
    """
    given = coordinator, processes, process
    if all(option is None for option in given):
        return None
    if any(option is None for option in given):
        raise invalid(
            "A run on several hosts needs three options.",
            expected="--coordinator HOST:PORT, --processes and --process",
            received=" ".join(
                f"--{name} {option}"
                for name, option in zip(HostOptions._fields, given, strict=True)
                if option is not None
            ),
            remedy="Give all three, or none on a single host.",
        )
    if not 0 <= process < processes:
        raise invalid(
            "There is no process of this number.",
            expected=f"--process from 0 to {processes - 1}"
            if processes > 0
            else "--processes of at least 1",
            received=f"--process {process} of --processes {processes}",
            remedy="Numbers begin at 0; process 0 writes the run.",
        )
    host, colon, port = coordinator.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise invalid(
            "This is no address of process 0.",
            expected="--coordinator HOST:PORT, the port from 1 to 65535",
            received=f"--coordinator {coordinator}",
            remedy="Name the host of process 0 as the others reach it, such as "
            "node1:4321.",
        )
    return HostOptions(*given) if processes > 1 else None
