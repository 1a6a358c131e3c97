"""Tasks shared out over devices of one or several hosts, with TensorFlow.

The strategies of `tf.distribute` run the truncation and put its results together.
Theta and the optimizer stay plain variables: the descent, whose inputs are then the
same for all, is done once per host, outside the replicas.
"""

import json
import os

import keras
import tensorflow as tf

from learned_update.backend.layout import Averaged, Gathered, Shared
from learned_update.backend.tensorflow import has_accelerator


def join_hosts(addresses, process, listen_at=None):
    """Connects this process with the others, before any device is used.

    Args:
        addresses: `host:port` of every process, for the engine to listen at.
        process: number of this one.
        listen_at: where process 0 of JAX listens; None takes all interfaces.

    Returns:
        What `device_counts` and `SeveralDevices` need to know of it, or None.
    """
    del listen_at
    os.environ["TF_CONFIG"] = json.dumps(
        {
            "cluster": {"worker": list(addresses)},
            "task": {"type": "worker", "index": process},
        }
    )
    return tf.distribute.MultiWorkerMirroredStrategy()


def device_counts(engine=None):
    """Numbers of devices of this host that may be used.

    Args:
        engine: what `join_hosts` returned; its strategy takes all GPUs, or one CPU.

    Returns:
        A sequence of integers in rising order.
    """
    if engine is not None:
        return (len(engine.extended.worker_devices),)
    return range(1, len(_devices()) + 1)


class SeveralDevices:
    """Devices that share the tasks of a group.

    Args:
        count: devices of this host.
        engine: what `join_hosts` returned; None if this host is the only one.
        meet: function that returns when all hosts have called it, for JAX.

    Attributes:
        count: devices of all hosts.
    """

    def __init__(self, count, engine=None, meet=None):
        del meet  # collectives of TensorFlow wait as long as it takes
        self._strategy = engine or _mirrored(_devices()[:count])
        self.count = self._strategy.num_replicas_in_sync
        self._devices = self._strategy.extended.worker_devices

    def place(self, tree, layout):
        """A tree of arrays, laid on the devices.

        Args:
            tree: of arrays; on every host the whole of it.
            layout: `Shared` or `Whole`, or a tree of them that is a prefix of `tree`.

        Returns:
            A tree for the functions made here.
        """

        def placed(layout, subtree):
            return keras.tree.map_structure(
                lambda leaf: self._laid(leaf, layout), subtree
            )

        return keras.tree.map_structure_up_to(layout, placed, layout, tree)

    def common(self, tree):
        """A tree of arrays that the descent reads, too; on every host the same.

        It stays as it is, as the descent is done outside the replicas.
        """
        return tree

    def gather(self, tree):
        """The tree in NumPy; all hosts must ask for it together.

        Args:
            tree: `Shared(0)`, laid on the devices.
        """
        gathered = self.share_out(lambda x: x, (Shared(),), Gathered())
        tree = self.jit(gathered)(tree)
        return keras.tree.map_structure(lambda leaf: leaf.numpy(), tree)

    def copied(self, tree):
        """A tree that may be used up without the other; nothing is used up here."""
        return tree

    def share_out(self, function, arguments, results):
        """A function of all tasks, of one of the tasks that a device has.

        Args:
            function: of trees of tensors.
            arguments: layouts of its arguments, `Shared` or `Whole`.
            results: layout of its results, `Shared`, `Averaged` or `Gathered`.

        Returns:
            A function of trees that lie on the devices, to be compiled.
        """
        del arguments  # it takes them as they lie
        if has_accelerator():  # XLA has no collectives of several programs
            function = tf.function(function, jit_compile=True, autograph=False)

        def on_each(*values):
            return keras.tree.map_structure_up_to(
                results, _put_together, results, function(*values)
            )

        def one_of_the_same(layout, tree):
            if isinstance(layout, Shared):
                return tree
            return keras.tree.map_structure(
                lambda leaf: self._strategy.experimental_local_results(leaf)[0], tree
            )

        def on_all(*values):
            return keras.tree.map_structure_up_to(
                results,
                one_of_the_same,
                results,
                self._strategy.run(on_each, args=values),
            )

        return on_all

    def jit(self, function, free=None, donate=()):
        """A compiled function of what lies on the devices.

        Args:
            function: as `share_out` makes it, or around it.
            free: as of `backend.jit`.
            donate: as of `backend.jit`.

        Returns:
            A function of the same arguments.
        """
        del donate
        return tf.function(function, autograph=False, reduce_retracing=bool(free))

    def moving(self, function, variables, free=None, donate=()):
        """A compiled function that moves Keras variables, as `backend.moving`.

        Args:
            function: `(values, *arguments) -> (values, results)`.
            variables: Keras variables, the same on all hosts.
            free: as of `backend.jit`.
            donate: as of `backend.jit`.

        Returns:
            A function of `arguments` that gives the results.
        """

        def moved(*arguments):
            values = [tf.convert_to_tensor(variable) for variable in variables]
            values, results = function(values, *arguments)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            return results

        return self.jit(moved, free, donate)

    def _laid(self, leaf, layout):
        parts = [leaf] * self.count
        if isinstance(layout, Shared):
            parts = tf.split(leaf, self.count, layout.axis)

        def part(context):
            replica = context.replica_id_in_sync_group
            with tf.device(self._devices[replica % len(self._devices)]):
                return tf.identity(parts[replica])

        return self._strategy.experimental_distribute_values_from_function(part)


def _put_together(layout, tree):
    replica, flat = tf.distribute.get_replica_context(), tf.nest.flatten(tree)
    if isinstance(layout, Averaged):
        flat = replica.all_reduce(tf.distribute.ReduceOp.MEAN, flat)
    elif isinstance(layout, Gathered):
        flat = [_gathered(replica, leaf, layout.axis) for leaf in flat]
    return tf.nest.pack_sequence_as(tree, flat)


def _gathered(replica, leaf, axis):
    if leaf.dtype == tf.bool:
        return tf.cast(_gathered(replica, tf.cast(leaf, tf.int32), axis), tf.bool)
    return replica.all_gather(tf.identity(leaf), axis)  # an argument has no device


def _devices():
    """Names of the devices of this host that compute: GPUs, else CPUs."""
    devices = tf.config.list_logical_devices("GPU")
    return [x.name for x in devices or tf.config.list_logical_devices("CPU")]


def _mirrored(devices):
    operations = None
    if not tf.config.list_logical_devices("GPU"):  # or it warns that it has no NCCL
        operations = tf.distribute.ReductionToOneDevice()
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=operations)
