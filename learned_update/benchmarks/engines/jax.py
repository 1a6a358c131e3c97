"""The JAX side of `learned_update.benchmarks.engines`; contracts: `tensorflow.py`."""

import contextlib

import jax
import jax.numpy as jnp

from learned_update.benchmarks.engines.jax_flops import product_flops

__all__ = ["device_name", "matrix_product", "product_flops", "trace", "wait"]


def device_name():
    """Name of the device that computes."""
    return jax.devices()[0].device_kind


def wait(tree):
    """Waits until the device has computed every tensor of a tree."""
    jax.block_until_ready(tree)


def matrix_product(size):
    """A function of no arguments that multiplies two float32 matrices on the device."""
    keys = jax.random.split(jax.random.key(0))
    a, b = (jax.random.normal(key, (size, size), jnp.float32) for key in keys)
    product = jax.jit(jnp.matmul)
    return lambda: product(a, b)


@contextlib.contextmanager
def trace(folder):
    """Writes a profile of what is done inside that TensorBoard or Perfetto opens."""
    with jax.profiler.trace(str(folder), create_perfetto_trace=True):
        yield
