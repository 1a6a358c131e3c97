"""FLOPs of the matrix products of a TensorFlow program, read off its graph.

A body of a loop counts as often as it runs. Element-wise work is not counted.
"""

import math

import tensorflow as tf


def product_flops(function, arguments, loop_steps):
    """FLOPs of the matrix products of `function(*arguments)`; nothing is computed.

    Args:
        function: of trees of tensors.
        arguments: the trees, with values or `tf.TensorSpec`s.
        loop_steps: how often a loop runs whose length is known only when it does.

    Returns:
        An integer.
    """
    specs = tf.nest.map_structure(
        lambda x: tf.TensorSpec(x.shape, x.dtype), list(arguments)
    )
    traced = tf.function(function, autograph=False).get_concrete_function(*specs)
    return _of_graph(traced.graph, loop_steps)


def _of_graph(graph, loop_steps):
    return sum(_of_operation(op, loop_steps) for op in _needed(graph.outputs))


def _needed(outputs):
    """The operations that a graph's results are made of."""
    found, waiting = {}, [tensor.op for tensor in outputs]
    while waiting:
        op = waiting.pop()
        if op.name not in found:
            found[op.name] = op
            waiting += [tensor.op for tensor in op.inputs]
    return found.values()


def _of_operation(op, loop_steps):
    if op.type in _PRODUCTS:
        return _PRODUCTS[op.type](op)
    if op.type in ("While", "StatelessWhile"):
        name = op.get_attr("body").name
        return loop_steps * _of_graph(op.graph._get_function(name).graph, loop_steps)
    return 0


def _of_matmul(op):
    transposed = op.get_attr("transpose_a")
    return 2 * _size(op.outputs[0]) * op.inputs[0].shape[0 if transposed else 1]


def _of_batch_matmul(op):
    transposed = op.get_attr("adj_x")
    return 2 * _size(op.outputs[0]) * op.inputs[0].shape[-2 if transposed else -1]


def _of_convolution(op):
    per_value = math.prod(op.inputs[1].shape[:-1])  # height, width, inputs
    return 2 * _size(op.outputs[0]) * per_value


def _of_triangular_solve(op):
    return _size(op.outputs[0]) * op.inputs[0].shape[-1]


def _of_cholesky(op):
    return _size(op.outputs[0]) * op.outputs[0].shape[-1] // 3


def _size(tensor):
    return math.prod(tensor.shape)


_PRODUCTS = {
    "MatMul": _of_matmul,
    "BatchMatMulV2": _of_batch_matmul,
    "BatchMatMulV3": _of_batch_matmul,
    "Conv2D": _of_convolution,
    "MatrixTriangularSolve": _of_triangular_solve,
    "Cholesky": _of_cholesky,
}
