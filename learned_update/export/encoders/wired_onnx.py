"""An encoder with positions as an ONNX graph: Conv, AveragePool, MatMul, Softmax."""

from typing import NamedTuple

import numpy as np

from learned_update.export.encoders.onnx_encoder import (
    NODES,
    OPSET,
    check_activation,
    onnx_package,
)
from learned_update.export.encoders.wired_encoder import emit
from learned_update.files import atomic_path
from learned_update.layers.bases.outputs import output_units
from learned_update.version import __version__

INT64 = 7  # of onnx.TensorProto
_TO_CHANNELS_FIRST, _TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


class Value(NamedTuple):
    """A tensor of the graph.

    Attributes:
        name: of it.
        units: size of its last axis, of images of their channels.
        image: whether it has the axes batch, channels, height and width.
    """

    name: str
    units: int
    image: bool = False


class OnnxEmitter:
    """Makes nodes, see `wired_encoder.emit`; images have their channels first.

    Args:
        activation: a key of `NODES`.
        dtype: of the weights.

    Attributes:
        nodes: so far.
        weights: so far.
    """

    def __init__(self, activation, dtype):
        self.steps = NODES[activation]
        self.dtype = np.dtype(dtype)
        self.nodes, self.weights = [], []

    def standardise(self, x, centre, factor, rest):
        for operator, values in (("Sub", centre), ("Mul", factor), ("Sub", rest)):
            x = self._same(operator, x, self._constant(values))
        return x

    def image(self, x, shape):
        name = self._reshaped(x, -1, *shape)
        name = self._node("Transpose", name, perm=_TO_CHANNELS_FIRST)
        return Value(name, shape[-1], image=True)

    def convolution(self, x, kernel, bias, stride, geometry):
        rows, columns = geometry
        name = self._node(
            "Conv",
            x.name,
            self._constant(kernel.transpose(3, 2, 0, 1)),
            self._constant(bias),
            strides=(stride, stride),
            pads=(rows.before, columns.before, rows.after, columns.after),
        )
        return Value(name, len(bias), image=True)

    def pool(self, x, size):
        sizes = (size, size)
        return self._same("AveragePool", x, kernel_shape=sizes, strides=sizes)

    def tokens(self, x, count):
        x = self._channels_last(x)
        units = x.units if x.image else x.units // count
        return Value(self._reshaped(x, -1, count, units), units)

    def dense(self, x, kernel, bias):
        name = self._node("MatMul", x.name, self._constant(kernel))
        name = self._node("Add", name, self._constant(bias))
        return Value(name, kernel.shape[-1])

    def lookup(self, x, kernel):
        words = self._node("Cast", x.name, to=INT64)
        name = self._node("Gather", self._constant(kernel), words, axis=0)
        return Value(name, kernel.shape[-1])

    def shifted(self, x, bias):
        return self._same("Add", x, self._constant(bias))

    def attend(self, query, key, value):
        scale = self._constant(np.asarray(query.units**-0.5, self.dtype))
        turned = self._node("Transpose", key.name, perm=(0, 2, 1))
        scores = self._node("MatMul", query.name, turned)
        scores = self._node("Mul", scores, scale)
        weights = self._node("Softmax", scores, axis=-1)
        return Value(self._node("MatMul", weights, value.name), value.units)

    def add(self, x, y):
        return self._same("Add", x, y.name)

    def activation(self, x):
        for operator, attributes in self.steps:
            x = self._same(operator, x, **attributes)
        return x

    def mean(self, x):
        axes = np.asarray((2, 3) if x.image else (1,), np.int64)
        name = self._node("ReduceMean", x.name, self._constant(axes), keepdims=0)
        return Value(name, x.units)

    def flatten(self, x):
        return Value(self._node("Flatten", self._channels_last(x).name), 0)

    def concatenate(self, parts):
        names = [part.name for part in parts]
        units = sum(part.units for part in parts)
        return Value(self._node("Concat", *names, axis=-1), units)

    def _channels_last(self, x):
        if not x.image:
            return x
        name = self._node("Transpose", x.name, perm=_TO_CHANNELS_LAST)
        return x._replace(name=name)

    def _reshaped(self, x, *shape):
        return self._node(
            "Reshape", x.name, self._constant(np.asarray(shape, np.int64))
        )

    def _same(self, operator, x, *others, **attributes):
        """A node whose result has the axes of x."""
        return x._replace(name=self._node(operator, x.name, *others, **attributes))

    def _constant(self, value):
        from onnx import numpy_helper

        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, operator, *inputs, **attributes):
        from onnx import helper

        name = f"y_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name


def write_wired_onnx(encoder, path):
    """Writes a `WiredEncoder` to an `.onnx` file, all or nothing.

    Raises:
        ValueError: the package onnx is missing, or has no such activation.
    """
    onnx = onnx_package()
    check_activation(encoder.base.activation)
    model = wired_onnx(encoder)
    onnx.checker.check_model(model, full_check=True)
    with atomic_path(path) as temporary:
        onnx.save_model(model, temporary)


def wired_onnx(encoder):
    """The `onnx.ModelProto` of a `WiredEncoder`, from `x` to `features`."""
    from onnx import helper

    base, folded = encoder
    kernel = folded.layers[0].kernel
    inputs = base.inputs(len(kernel))
    emitter = OnnxEmitter(base.activation, kernel.dtype)
    features = emit(encoder, emitter, Value("x", inputs))
    nodes = [
        *emitter.nodes,
        helper.make_node("Identity", [features.name], ["features"]),
    ]
    element = helper.np_dtype_to_tensor_dtype(kernel.dtype)
    ends = [
        helper.make_tensor_value_info(name, element, ["batch", size])
        for name, size in (
            ("x", inputs),
            ("features", output_units(base, inputs, folded.output)),
        )
    ]
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(
        helper.make_graph(nodes, "encoder", ends[:1], ends[1:], emitter.weights),
        opset_imports=opsets,
        ir_version=helper.find_min_ir_version_for(opsets),
        producer_name="learned_update",
        producer_version=__version__,
    )
