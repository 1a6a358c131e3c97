"""Memory of devices with JAX; see `tensorflow_memory.py` for the contracts."""

import os

import jax

from learned_update.backend.jax import POLICIES


def kept_bytes(function, arguments, rematerialise):
    """Bytes that the gradient of `function(*arguments)` keeps, as `scan` would."""
    if rematerialise == "steps":
        return 0
    if rematerialise != "none":
        function = jax.checkpoint(function, policy=POLICIES[rematerialise])
    kept = jax.eval_shape(lambda *x: jax.vjp(function, *x)[1], *arguments)
    return sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(kept))


def memory_bytes():
    """Bytes of memory of a device; the machine's are shared out among its CPUs."""
    devices = jax.local_devices()
    statistics = devices[0].memory_stats() or {}
    of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return statistics.get("bytes_limit", of_machine // len(devices))
