"""Tasks shared out over devices of one or several hosts, with JAX.

See `tensorflow_devices.py` for the contracts.
"""

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from learned_update.backend.layout import Averaged, Gathered, Shared

AXIS = "tasks"


def join_hosts(addresses, process, listen_at=None):
    """Connects this process with the others, before any device is used."""
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(
        coordinator_address=addresses[0],
        num_processes=len(addresses),
        process_id=process,
        coordinator_bind_address=listen_at,
    )


def device_counts(engine=None):
    """Numbers of devices of this host that may be used."""
    del engine
    return range(1, len(jax.local_devices()) + 1)


class SeveralDevices:
    """A mesh over the tasks axis; the function of each device is its own program."""

    def __init__(self, count, engine=None, meet=None):
        del engine
        self._meet = meet
        by_host = {}
        for device in jax.devices():
            by_host.setdefault(device.process_index, []).append(device)
        devices = [x for host in sorted(by_host) for x in by_host[host][:count]]
        self.count = len(devices)
        self._mesh = Mesh(np.array(devices), (AXIS,))
        self._one_host = len(by_host) == 1
        self._whole = NamedSharding(self._mesh, PartitionSpec())
        self._gather = self._compiled(lambda tree: tree, out_shardings=self._whole)

    def place(self, tree, layout):
        """A tree of arrays, laid on the devices."""

        def placed(layout, subtree):
            sharding = NamedSharding(self._mesh, _spec(layout))
            if self._one_host:
                return jax.device_put(subtree, sharding)
            return jax.tree.map(lambda leaf: _from_host(leaf, sharding), subtree)

        return jax.tree.map(placed, layout, tree)

    def common(self, tree):
        """A tree of arrays that the descent reads, too; on every host the same."""
        return jax.tree.map(lambda leaf: _from_host(leaf, self._whole), tree)

    def gather(self, tree):
        """The tree in NumPy; all hosts must ask for it together."""
        return jax.tree.map(np.asarray, self._gather(tree))

    def copied(self, tree):
        """A tree that may be used up without the other."""
        return jax.tree.map(jax.numpy.copy, tree)

    def share_out(self, function, arguments, results):
        """A function of all tasks, of one of the tasks that a device has."""

        def on_each(*values):
            return jax.tree.map(_put_together, results, function(*values))

        return jax.shard_map(
            on_each,
            mesh=self._mesh,
            in_specs=jax.tree.map(_spec, arguments),
            out_specs=jax.tree.map(_spec, results),
            check_vma=False,
        )

    def jit(self, function, free=None, donate=()):
        """A compiled function of what lies on the devices."""
        del free
        return self._compiled(function, donate_argnums=donate)

    def moving(self, function, variables, free=None, donate=()):
        """A compiled function that moves Keras variables.

        Between two calls the variables are on the first device of this host, as
        everybody else expects them to be, and stay on the others, too.
        """
        del free
        donated = (0, *(position + 1 for position in donate))
        compiled = self._compiled(
            function, donate_argnums=donated, out_shardings=(self._whole, None)
        )
        spread = [(None, None)] * len(variables)  # as a variable has it, everywhere

        def call(*arguments):
            values = [
                everywhere if here is variable.value else self.common(variable.value)
                for variable, (here, everywhere) in zip(variables, spread, strict=True)
            ]
            values, results = compiled(values, *arguments)
            for position, (variable, value) in enumerate(
                zip(variables, values, strict=True)
            ):
                variable.assign(value.addressable_data(0))
                spread[position] = variable.value, value
            return results

        return call

    def _compiled(self, function, **options):
        """A function that all hosts run only when all of them have compiled it.

        Collectives between hosts give up waiting sooner than a compilation may take.
        """
        compiled = jax.jit(function, **options)
        if self._one_host:
            return compiled
        executables = {}

        def call(*arguments):
            leaves, structure = jax.tree.flatten(arguments)
            key = structure, *((leaf.shape, leaf.dtype) for leaf in leaves)
            if key not in executables:
                executables[key] = compiled.lower(*arguments).compile()
                self._meet()
            return executables[key](*arguments)

        return call


def _spec(layout):
    if isinstance(layout, Shared):
        return PartitionSpec(*layout.axis * [None], AXIS)
    return PartitionSpec()


def _put_together(layout, tree):
    if isinstance(layout, Averaged):
        return jax.lax.pmean(tree, AXIS)
    if isinstance(layout, Gathered):
        return jax.lax.all_gather(tree, AXIS, axis=layout.axis, tiled=True)
    return tree


def _from_host(leaf, sharding):
    """An array on all devices of all hosts, of which each has the whole of it."""
    if isinstance(leaf, jax.Array) and leaf.sharding.is_equivalent_to(
        sharding, leaf.ndim
    ):
        return leaf
    leaf = np.asarray(leaf)
    return jax.make_array_from_callback(leaf.shape, sharding, lambda index: leaf[index])
