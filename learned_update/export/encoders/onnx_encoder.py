"""An encoder as an ONNX graph: Sub, Gemm, activation and Concat nodes."""

from keras import activations

from learned_update.errors import invalid
from learned_update.files import atomic_path
from learned_update.layers.bases.outputs import output_units
from learned_update.layers.bases.wired import step
from learned_update.version import __version__

OPSET = 20  # the first with Gelu; ONNX Runtime 1.17 and later

# Nodes one after another: operator and attributes, with the defaults of Keras.
NODES = {
    step: (("Relu", {}), ("Sign", {})),
    activations.linear: (),
    activations.relu: (("Relu", {}),),
    activations.leaky_relu: (("LeakyRelu", {"alpha": 0.2}),),
    activations.elu: (("Elu", {"alpha": 1.0}),),
    activations.selu: (("Selu", {}),),
    activations.celu: (("Celu", {"alpha": 1.0}),),
    activations.gelu: (("Gelu", {"approximate": "none"}),),
    activations.mish: (("Mish", {}),),
    activations.exponential: (("Exp", {}),),
    activations.tanh: (("Tanh", {}),),
    activations.sigmoid: (("Sigmoid", {}),),
    activations.hard_sigmoid: (("HardSigmoid", {"alpha": 1.0 / 6.0, "beta": 0.5}),),
    activations.hard_silu: (("HardSwish", {}),),
    activations.softplus: (("Softplus", {}),),
    activations.softsign: (("Softsign", {}),),
    activations.softmax: (("Softmax", {"axis": -1}),),
}


def write_onnx_encoder(folded, base, path):
    """Writes an encoder to an `.onnx` file, all or nothing.

    Args:
        folded: `FoldedEncoder`.
        base: `BaseMLP` whose activation ONNX has an operator for.
        path: file to write.

    Raises:
        ValueError: the package onnx is missing, or the activation is another one.
    """
    onnx = onnx_package()
    check_activation(base.activation)
    model = onnx_encoder(folded, base)
    onnx.checker.check_model(model, full_check=True)
    with atomic_path(path) as temporary:
        onnx.save_model(model, temporary)


def onnx_encoder(folded, base):
    """The `onnx.ModelProto` of an encoder, from `x` to `features`.

    Args:
        folded: `FoldedEncoder`.
        base: `BaseMLP`, whose activation is a key of the table above.
    """
    from onnx import helper, numpy_helper

    nodes, weights, x = [], [], "x"
    if folded.centre is not None:
        weights.append(numpy_helper.from_array(folded.centre, "centre"))
        nodes.append(helper.make_node("Sub", [x, "centre"], ["centred"]))
        x = "centred"
    layers, levels, centred = folded.layers, [], x
    for level, layer in enumerate(layers):
        names = {field: f"{field}_{level}" for field in layer._fields}
        for field, name in names.items():
            weights.append(numpy_helper.from_array(getattr(layer, field), name))
        nodes.append(helper.make_node("Gemm", [x, *names.values()], [f"z_{level}"]))
        x = f"z_{level}"
        for index, (operator, attributes) in enumerate(NODES[base.activation]):
            y = f"x_{level + 1}_{index}"
            nodes.append(helper.make_node(operator, [x], [y], **attributes))
            x = y
        levels.append(x)

    def standardised():
        if folded.centre is None:
            return "x"
        for field in ("factor", "rest"):
            weights.append(numpy_helper.from_array(getattr(folded, field), field))
        nodes.append(helper.make_node("Mul", [centred, "factor"], ["scaled"]))
        nodes.append(helper.make_node("Sub", ["scaled", "rest"], ["standardised"]))
        return "standardised"

    parts = folded.given_out(levels, standardised)
    if len(parts) > 1:
        nodes.append(helper.make_node("Concat", parts, ["features"], axis=-1))
    else:
        nodes.append(helper.make_node("Identity", parts, ["features"]))

    element = helper.np_dtype_to_tensor_dtype(layers[0].kernel.dtype)
    inputs = len(layers[0].kernel)
    sizes = {"x": inputs, "features": output_units(base, inputs, folded.output)}
    x, features = (
        helper.make_tensor_value_info(name, element, ["batch", size])
        for name, size in sizes.items()
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(
        helper.make_graph(nodes, "encoder", [x], [features], weights),
        opset_imports=opsets,
        ir_version=helper.find_min_ir_version_for(opsets),
        producer_name="learned_update",
        producer_version=__version__,
    )


def onnx_package():
    """The package onnx; `ValueError` where it is not installed."""
    try:
        import onnx
    except ImportError as error:
        raise invalid(
            "The package that writes ONNX files is missing.",
            expected="the package onnx",
            received=str(error),
            remedy='Install it: pip install "learned-update[onnx]".',
        ) from error
    return onnx


def check_activation(activation):
    """Raises `ValueError` unless ONNX has an operator for an activation."""
    if activation not in NODES:
        raise invalid(
            "ONNX has no operator for the encoder's activation.",
            expected=f"one of {', '.join(known.__name__ for known in NODES)}",
            received=f"{getattr(activation, '__name__', activation)}",
            remedy="Export a .keras file or a SavedModel instead.",
        )
