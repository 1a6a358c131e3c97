"""A run's processes are joined: first by a roll call, then by the engine."""

from learned_update import backend
from learned_update.training.hosts.address import is_loopback
from learned_update.training.hosts.alone import Alone
from learned_update.training.hosts.hosts import Hosts
from learned_update.training.hosts.roll_call import call_roll

PATIENCE = 300.0  # seconds to wait for all processes


def join_hosts(options, card, patience=PATIENCE):
    """Joins the processes of a run; nothing must have been computed before.

    Args:
        options: `HostOptions`, or None for a single process.
        card: what must be the same in all processes, `{name: text}`.
        patience: seconds to wait for all.

    Returns:
        `Alone` or `Hosts`, to be entered by `with`.

    Raises:
        ValueError: as `call_roll`.
    """
    if options is None:
        return Alone()
    lines, addresses = call_roll(options, card, patience)
    hosts = Hosts(options.process, options.processes, lines)
    listen_at = addresses[0] if is_loopback(options.host) else None
    hosts.engine = backend.join_hosts(addresses, options.process, listen_at)
    return hosts
