"""A loop of any length whose gradient computes every step again, for JAX."""

import functools

import jax
import jax.numpy as jnp


def scan_steps(step, constants, carry, xs, y_like, length):
    """Repeats a step `length` times; the gradient keeps the carries alone.

    One compiled loop serves every length up to that of `xs`, and steps that are not
    done cost nothing in either direction.

    Args:
        step: `(constants, carry, x) -> (carry, y)`.
        constants: tree of arrays that every step sees.
        carry: tree of arrays handed from step to step.
        xs: tree of arrays with a common leading axis; data, not differentiated.
        y_like: tree of arrays of the shapes and dtypes of a step's y.
        length: steps to do, an integer scalar.

    Returns:
        `(carry, ys)`; `ys` is 0 at the steps that were not done.
    """
    return _scan(step, constants, carry, xs, y_like, length)


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _scan(step, constants, carry, xs, y_like, length):
    return _forward(step, constants, carry, xs, y_like, length)[0]


def _forward(step, constants, carry, xs, y_like, length):
    longest = len(jax.tree.leaves(xs)[0])
    carries, ys = (_buffers(tree, longest) for tree in (carry, y_like))

    def body(index, state):
        carry, carries, ys = state
        carries = _put(carries, index, carry)
        carry, y = step(constants, carry, _at(xs, index))
        return carry, carries, _put(ys, index, y)

    carry, carries, ys = jax.lax.fori_loop(0, length, body, (carry, carries, ys))
    return (carry, ys), (constants, carries, xs, length)


def _backward(step, kept, upstream):
    constants, carries, xs, length = kept
    of_carry, of_ys = upstream
    floats, rebuild = _partition(constants)

    def body(done, state):
        of_carry, of_floats = state
        index = length - 1 - done
        x = _at(xs, index)

        def differentiated(floats, carry):
            return step(rebuild(floats), carry, x)

        _, pull_back = jax.vjp(differentiated, floats, _at(carries, index))
        added, of_carry = pull_back((of_carry, _at(of_ys, index)))
        return of_carry, jax.tree.map(jnp.add, of_floats, added)

    zeros = jax.tree.map(jnp.zeros_like, floats)
    of_carry, of_floats = jax.lax.fori_loop(0, length, body, (of_carry, zeros))
    return _rejoined(constants, of_floats), of_carry, None, None, None


_scan.defvjp(_forward, _backward)


def _partition(tree):
    """The leaves of floats, and a function that puts others in their place."""
    leaves, structure = jax.tree.flatten(tree)
    places = [i for i, x in enumerate(leaves) if jnp.issubdtype(x.dtype, jnp.floating)]

    def rebuild(floats):
        replaced = dict(zip(places, floats, strict=True))
        return structure.unflatten(
            [replaced.get(i, leaf) for i, leaf in enumerate(leaves)]
        )

    return [leaves[i] for i in places], rebuild


def _rejoined(tree, of_floats):
    """A tree of cotangents; None, which is 0, for integers."""
    leaves, structure = jax.tree.flatten(tree)
    rest = iter(of_floats)
    return structure.unflatten(
        [next(rest) if jnp.issubdtype(x.dtype, jnp.floating) else None for x in leaves]
    )


def _buffers(tree, longest):
    return jax.tree.map(lambda x: jnp.zeros((longest, *x.shape), x.dtype), tree)


def _put(buffers, index, tree):
    return jax.tree.map(
        lambda buffer, x: jax.lax.dynamic_update_index_in_dim(buffer, x, index, 0),
        buffers,
        tree,
    )


def _at(tree, index):
    return jax.tree.map(
        lambda x: jax.lax.dynamic_index_in_dim(x, index, 0, keepdims=False), tree
    )
