"""Matrix products with JAX; see `tensorflow_products.py` for the contracts."""

import contextlib

import jax
import jax.numpy as jnp

from learned_update.backend.precision import CURRENT, PRECISIONS

EXPONENT_BITS = 8  # of float32, tf32 and bfloat16
_ALGORITHMS = {"tf32": "TF32_TF32_F32", "bfloat16": "BF16_BF16_F32"}


def matmul(a, b):
    """a b, in the precision that `products` has set."""
    precision = CURRENT.get()
    if precision in (None, "float32") or a.dtype != jnp.float32:
        return jnp.matmul(a, b)
    if jax.default_backend() != "cpu":
        return jnp.matmul(a, b, precision=_ALGORITHMS[precision])
    bits = PRECISIONS[precision]
    a, b = (jax.lax.reduce_precision(x, EXPONENT_BITS, bits) for x in (a, b))
    return jnp.matmul(a, b)


@contextlib.contextmanager
def products(precision):
    """What is traced inside multiplies in a precision."""
    token = CURRENT.set(precision)
    others = jax.default_matmul_precision("float32") if precision else None
    try:
        with others or contextlib.nullcontext():
            yield
    finally:
        CURRENT.reset(token)
