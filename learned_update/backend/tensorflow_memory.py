"""Memory of devices with TensorFlow, and what a gradient keeps of it."""

import os

import tensorflow as tf
from tensorflow.python.client import device_lib


def kept_bytes(function, arguments, rematerialise):
    """Bytes that the gradient of `function(*arguments)` keeps, as `scan` would.

    Args:
        function: of trees of tensors; it is traced, not computed.
        arguments: trees of tensors with sizes.
        rematerialise: one of `REMATERIALISE`.

    Returns:
        An integer. Here an upper bound: of all that is computed in floats.
    """
    if rematerialise == "steps":
        return 0
    traced = tf.function(function, autograph=False).get_concrete_function(*arguments)
    return sum(
        x.dtype.size * (x.shape.num_elements() or 0)
        for operation in traced.graph.get_operations()
        for x in operation.outputs
        if x.dtype.is_floating
    )


def memory_bytes():
    """Bytes of memory of a device; the machine's are shared out among its CPUs."""
    if not tf.config.list_physical_devices("GPU"):
        of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return of_machine // len(tf.config.list_logical_devices("CPU"))
    devices = device_lib.list_local_devices()
    return next(x.memory_limit for x in devices if x.device_type == "GPU")
