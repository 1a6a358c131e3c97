"""FLOPs of the matrix products of a JAX program, read off its trace.

XLA's own analysis counts the body of a loop once. Here a body counts as often as it
runs. Element-wise work is not counted: it is memory traffic, and no share of a peak of
matrix products.
"""

import math

import jax
from jax.extend import core


def product_flops(function, arguments, loop_steps):
    """FLOPs of the matrix products of `function(*arguments)`; nothing is computed.

    A multiplication and an addition are two. Of a conditional the dearest branch
    counts. Of a linear solve the solution counts, and not the product it is defined by.

    Args:
        function: of trees of arrays.
        arguments: the trees, or trees of `jax.ShapeDtypeStruct`.
        loop_steps: how often a loop runs whose length is known only when it does.

    Returns:
        An integer.
    """
    return _of_jaxpr(jax.make_jaxpr(function)(*arguments).jaxpr, loop_steps)


def _of_jaxpr(jaxpr, loop_steps):
    """Of what the results are made of."""
    needed = {id(variable) for variable in jaxpr.outvars}
    flops = 0
    for equation in reversed(jaxpr.eqns):
        if needed.intersection(map(id, equation.outvars)):
            needed.update(map(id, equation.invars))
            flops += _of_equation(equation, loop_steps)
    return flops


def _of_equation(equation, loop_steps):
    name, parameters = equation.primitive.name, equation.params
    if name in _PRODUCTS:
        return _PRODUCTS[name](equation)
    if name == "cond":
        branches = parameters["branches"]
        return max(_of_jaxpr(branch.jaxpr, loop_steps) for branch in branches)
    if name == "custom_linear_solve":
        return _of_jaxpr(parameters["jaxprs"].solve.jaxpr, loop_steps)
    if name == "while":
        return loop_steps * _of_jaxpr(parameters["body_jaxpr"].jaxpr, loop_steps)
    times = parameters["length"] if name == "scan" else 1
    inside = (_of_jaxpr(x, loop_steps) for x in _jaxprs(parameters.values()))
    return times * sum(inside)


def _jaxprs(values):
    for value in values:
        if isinstance(value, core.ClosedJaxpr):
            yield value.jaxpr
        elif isinstance(value, core.Jaxpr):
            yield value


def _of_dot_general(equation):
    (contracted, _), _ = equation.params["dimension_numbers"]
    left = equation.invars[0].aval.shape
    return 2 * _size(equation.outvars[0]) * math.prod(left[i] for i in contracted)


def _of_convolution(equation):
    output_channels = equation.params["dimension_numbers"].rhs_spec[0]
    kernel = equation.invars[1].aval.shape
    per_value = math.prod(kernel) // kernel[output_channels]
    return 2 * _size(equation.outvars[0]) * per_value


def _of_triangular_solve(equation):
    matrix = equation.invars[0].aval.shape
    return _size(equation.outvars[0]) * matrix[-1]


def _of_cholesky(equation):
    return _size(equation.outvars[0]) * equation.outvars[0].aval.shape[-1] // 3


def _size(variable):
    return math.prod(variable.aval.shape)


_PRODUCTS = {
    "dot_general": _of_dot_general,
    "conv_general_dilated": _of_convolution,
    "triangular_solve": _of_triangular_solve,
    "cholesky": _of_cholesky,
}
