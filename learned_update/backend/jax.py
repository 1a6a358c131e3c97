"""The JAX side of `learned_update.backend`; see `tensorflow.py` for the contracts."""

import jax
import jax.numpy as jnp


def is_concrete(x):
    """Whether the values of a tensor are known now, outside compiled code."""
    return not isinstance(x, jax.core.Tracer)


def cholesky(x):
    """Lower Cholesky factor."""
    return jnp.linalg.cholesky(x)


def cos(x):
    """Cosine in the dtype of x."""
    return jnp.cos(x)


def sin(x):
    """Sine in the dtype of x."""
    return jnp.sin(x)


def mean(x, axis=None, keepdims=False):
    """Mean over axes, in the dtype of x."""
    return jnp.mean(x, axis=axis, keepdims=keepdims)


def jit(function, free=(), xla=True):
    """A compiled function; XLA is the only compiler here, and every shape compiles."""
    del free, xla
    return jax.jit(function)


def scan(step, constants, carry, xs, y_like, rematerialise=False):
    """Repeats `(constants, carry, x) -> (carry, y)` over the leading axis of `xs`."""
    del y_like
    if rematerialise:
        step = jax.checkpoint(step)
    return jax.lax.scan(lambda carry, x: step(constants, carry, x), carry, xs)


def vectorize(function):
    """Maps a function of one task over the leading `tasks` axis of its arguments."""
    return jax.vmap(function)


def value_and_grad(function):
    """`(loss, aux), gradients` of `function(x, ...) -> (loss, aux)` by its first."""
    return jax.value_and_grad(function, has_aux=True)


def apply_gradients(optimizer, gradients, variables):
    """Moves variables by one step of a Keras optimizer, whose slots are variables."""
    values, slots = optimizer.stateless_apply(
        optimizer.variables, gradients, [variable.value for variable in variables]
    )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    for variable, value in zip(optimizer.variables, slots, strict=True):
        variable.assign(value)
