"""The TensorFlow side of `learned_update.benchmarks.engines`."""

import contextlib

import tensorflow as tf

from learned_update.benchmarks.engines.tensorflow_flops import product_flops

__all__ = ["device_name", "matrix_product", "product_flops", "trace", "wait"]


def device_name():
    """Name of the device that computes."""
    devices = [
        device
        for kind in ("GPU", "TPU", "CPU")
        for device in tf.config.list_physical_devices(kind)
    ]
    details = tf.config.experimental.get_device_details(devices[0])
    return details.get("device_name", devices[0].device_type.lower())


def wait(tree):
    """Waits until the device has computed every tensor of a tree."""
    for tensor in tf.nest.flatten(tree):
        if tf.is_tensor(tensor):
            tensor.numpy()


def matrix_product(size):
    """A function of no arguments that multiplies two float32 matrices on the device."""
    a, b = (tf.random.stateless_normal((size, size), (0, i)) for i in range(2))
    return tf.function(lambda: tf.matmul(a, b), autograph=False)


@contextlib.contextmanager
def trace(folder):
    """Writes a profile of what is done inside that TensorBoard opens.

    Args:
        folder: of the files; made if needed.
    """
    tf.profiler.experimental.start(str(folder))
    try:
        yield
    finally:
        tf.profiler.experimental.stop()
