"""The JAX side of `learned_update.backend`; see `tensorflow.py` for the contracts."""

import jax
import jax.numpy as jnp
from jax.experimental.compilation_cache import compilation_cache

from learned_update.backend.jax_scan import scan_steps

POLICIES = {"steps": None, "dots": jax.checkpoint_policies.dots_saveable}
REMATERIALISE = ("none", *POLICIES)


def is_concrete(x):
    """Whether the values of a tensor are known now, outside compiled code."""
    return not isinstance(x, jax.core.Tracer)


def solve_positive(matrix, right):
    """matrix^-1 right for a symmetric positive definite matrix.

    Differentiated as the solution that it is, with the factor at hand: the derivative
    of a Cholesky factor took a quarter of a meta-gradient's time on a CPU.
    """
    factor = jax.lax.stop_gradient(jnp.linalg.cholesky(matrix))

    def solve(_, b):
        half = jax.scipy.linalg.solve_triangular(factor, b, lower=True)
        return jax.scipy.linalg.solve_triangular(factor.T, half, lower=False)

    return jax.lax.custom_linear_solve(
        lambda x: matrix @ x, right, solve, symmetric=True
    )


def cos(x):
    """Cosine in the dtype of x."""
    return jnp.cos(x)


def sin(x):
    """Sine in the dtype of x."""
    return jnp.sin(x)


def mean(x, axis=None, keepdims=False):
    """Mean over axes, in the dtype of x."""
    return jnp.mean(x, axis=axis, keepdims=keepdims)


def keep_compiled(folder):
    """Keeps what is compiled from now on in a folder, for other processes to load."""
    if jax.config.jax_compilation_cache_dir is None:
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        compilation_cache.reset_cache()  # or it goes on without a folder


def device_names():
    """Descriptions of the devices that JAX sees, as `"cpu:0"`."""
    return tuple(
        f"{device.platform}:{device.id} {device.device_kind}".lower()
        for device in jax.devices()
    )


def make_deterministic():
    """Nothing is left to do: `keras_backend.ask_for_determinism` has told XLA."""


def jit(function, free=None, xla=True, donate=()):
    """A compiled function; XLA is the only compiler here, and every shape compiles."""
    del free, xla
    return jax.jit(function, donate_argnums=donate)


def moving(function, variables, free=None, xla=True, donate=()):
    """A compiled function that moves Keras variables."""
    del free, xla
    donated = (0, *(position + 1 for position in donate))
    compiled = jax.jit(function, donate_argnums=donated)

    def call(*arguments):
        values, results = compiled([v.value for v in variables], *arguments)
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        return results

    return call


def scan(step, constants, carry, xs, y_like, rematerialise="none", length=None):
    """Repeats `(constants, carry, x) -> (carry, y)` over the leading axis of `xs`."""
    if length is not None and rematerialise == "steps":
        return scan_steps(step, constants, carry, xs, y_like, length)
    if rematerialise != "none":
        step = jax.checkpoint(step, policy=POLICIES[rematerialise])
    if length is None:
        return jax.lax.scan(lambda carry, x: step(constants, carry, x), carry, xs)

    def body(carry, index_and_x):
        index, x = index_and_x
        return jax.lax.cond(
            index < length,
            lambda carry, x: step(constants, carry, x),
            lambda carry, _: (carry, jax.tree.map(jnp.zeros_like, y_like)),
            carry,
            x,
        )

    indices = jnp.arange(len(jax.tree.leaves(xs)[0]))
    return jax.lax.scan(body, carry, (indices, xs))


def vectorize(function):
    """Maps a function of one task over the leading `tasks` axis of its arguments."""
    return jax.vmap(function)


def value_and_grad(function):
    """`(loss, aux), gradients` of `function(x, ...) -> (loss, aux)` by its first."""
    return jax.value_and_grad(function, has_aux=True)


def optimizer_step(optimizer, variables, values, gradients):
    """Values of `variables` and of an optimizer's after a step of it."""
    count = len(variables)
    theta, slots = optimizer.stateless_apply(values[count:], gradients, values[:count])
    return [*theta, *slots]


def apply_gradients(optimizer, gradients, variables):
    """Moves variables by one step of a Keras optimizer, whose slots are variables."""
    values, slots = optimizer.stateless_apply(
        optimizer.variables, gradients, [variable.value for variable in variables]
    )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    for variable, value in zip(optimizer.variables, slots, strict=True):
        variable.assign(value)
