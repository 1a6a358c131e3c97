"""How many devices of a host share the tasks."""

from learned_update import backend
from learned_update.checks import is_integer
from learned_update.errors import invalid
from learned_update.training.devices.one_device import OneDevice

AUTO = "auto"


def choose_devices(asked, slots, hosts):
    """The devices that share the tasks of every group evenly.

    Args:
        asked: number of devices of each host, or `"auto"`.
        slots: tasks at a time, of every group.
        hosts: `Alone` or `Hosts`, of which all must ask together.

    Returns:
        `OneDevice` or `backend.SeveralDevices`.

    Raises:
        ValueError: as `device_count`.
    """
    on_each = hosts.exchange(list(backend.device_counts(hosts.engine)))
    possible = sorted({*on_each[0]}.intersection(*on_each))
    if not possible:
        raise invalid(
            "The hosts of a run compute with different numbers of devices.",
            expected="the same number on each",
            received=", ".join(f"{x[-1]} on host {i}" for i, x in enumerate(on_each)),
            remedy="Hide some from the process, for example with CUDA_VISIBLE_DEVICES.",
        )
    count = device_count(asked, slots, hosts.processes, possible)
    if hosts.processes * count == 1:
        return OneDevice()
    return backend.SeveralDevices(count, hosts.engine, meet=hosts.any)


def device_count(asked, slots, hosts, possible):
    """How many devices of each host share the tasks.

    Args:
        asked: a number, or `"auto"`, the largest that divides the tasks.
        slots: tasks at a time, of every group.
        hosts: number of them.
        possible: numbers of devices that there are on a host, in rising order.

    Returns:
        One of `possible`.

    Raises:
        ValueError: there are fewer devices, or they cannot share the tasks evenly.
    """
    fitting = [x for x in possible if not any(count % (hosts * x) for count in slots)]
    if asked == AUTO:
        if fitting:
            return fitting[-1]
        raise _indivisible(slots, hosts, possible[0], "Change task_group.slots, or")
    if not is_integer(asked) or asked < 1:
        raise invalid(
            "A run needs at least one device.",
            expected=f"meta_train.devices as {AUTO!r} or an integer of at least 1",
            received=f"meta_train.devices = {asked!r}",
            remedy=f"{AUTO!r} takes as many as there are and divide the tasks.",
        )
    if asked not in possible:
        raise invalid(
            "This host does not have that number of devices to compute with.",
            expected=f"meta_train.devices as {AUTO!r} or "
            + (f"1 to {possible[-1]}" if possible[0] == 1 else f"{possible[0]}"),
            received=f"meta_train.devices = {asked}",
            remedy="Hide devices from the process, or show it more, for example with "
            "CUDA_VISIBLE_DEVICES.",
        )
    if asked not in fitting:
        raise _indivisible(
            slots, hosts, asked, f"Bind meta_train.devices = {AUTO!r}, or"
        )
    return asked


def _indivisible(slots, hosts, devices, remedy):
    each = f"{devices} device{'s' * (devices > 1)}"
    return invalid(
        "The tasks cannot be shared out evenly.",
        expected=f"task_group.slots as a multiple of {hosts * devices}"
        + (f" ({hosts} hosts of {each})" if hosts > 1 else f" ({each})"),
        received="task_group.slots = " + ", ".join(str(x) for x in sorted({*slots})),
        remedy=f"{remedy} take another number of "
        + ("hosts or devices." if hosts > 1 else "devices."),
    )
