"""Matrix products with TensorFlow, in a precision."""

import contextlib

import tensorflow as tf

from learned_update.backend.precision import CURRENT


def matmul(a, b):
    """a b, in the precision that `products` has set.

    That concerns float32 tensors alone. Where a device has no products of a precision
    the operands are rounded to it, for JAX; on TensorFlow those of `"tf32"` are not.

    Args:
        a: `(..., n, k)`.
        b: `(..., k, m)`.

    Returns:
        `(..., n, m)`, float32 where a and b are.
    """
    if CURRENT.get() == "bfloat16" and a.dtype == tf.float32:
        a, b = (tf.cast(tf.cast(x, tf.bfloat16), tf.float32) for x in (a, b))
    return tf.matmul(a, b)


@contextlib.contextmanager
def products(precision):
    """What is traced inside multiplies in a precision.

    Args:
        precision: one of `precision.PRECISIONS`; None leaves it to the device, which
            on a recent GPU takes tf32. On TensorFlow whether tf32 is allowed is a
            setting of the process, and stays.
    """
    token = CURRENT.set(precision)
    if precision is not None:
        tf.config.experimental.enable_tensor_float_32_execution(precision == "tf32")
    try:
        yield
    finally:
        CURRENT.reset(token)
