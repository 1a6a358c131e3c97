"""A rule as a `tf.Module`: its functions, compiled once for all free widths."""

from functools import partial

from learned_update.export import served_functions as served
from learned_update.export.named_tensors import named_phi, named_statistics
from learned_update.types import LayerParams, Phi, Statistics

FEATURES = "features"  # name of what the embedding signatures return


def served_module(rule, base):
    """The module that a SavedModel of a rule holds, and its signatures.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.

    Returns:
        `(module, signatures)`: a `tf.Module` with `theta` and the functions that
        `export_saved_model` lists, and the same functions as `{name: signature}`.

    Raises:
        ValueError: the rule does not fit the width of the base model's embedding.
    """
    import tensorflow as tf

    phi, statistics, x = _specs(rule, base)
    module = tf.Module(name="learned_update")
    module.theta = [variable.value for variable in rule.variables]
    module.update = _compiled(partial(served.update, rule, base), phi, x)
    module.embed = _compiled(partial(served.embed, base), phi, x)
    module.embed_frozen = _compiled(
        partial(served.embed_frozen, base), phi, statistics, x
    )
    module.statistics = _compiled(partial(served.statistics, base), phi, x)

    seed = tf.TensorSpec([], tf.int64, name="seed")
    input_dim = tf.TensorSpec([], tf.int32, name="input_dim")
    widths = tf.TensorSpec([len(base.units) + 1], tf.int32, name="widths")
    draw = partial(_init, base, phi)
    module.init = _compiled(
        lambda seed, n: draw(seed, (n, *base.units)), seed, input_dim
    )
    module.init_widths = _compiled(
        lambda seed, n: draw(seed, tf.unstack(n)), seed, widths
    )

    signatures = {
        "init": module.init,
        "init_widths": module.init_widths,
        "update": module.update,
        "embed": _compiled(_named(module.embed), phi, x),
        "embed_frozen": _compiled(_named(module.embed_frozen), phi, statistics, x),
        "statistics": module.statistics,
    }
    return module, signatures


def _compiled(function, *specs):
    """The function of arguments of these specifications, traced."""
    import tensorflow as tf

    compiled = tf.function(function, input_signature=specs, autograph=False)
    compiled.get_concrete_function()  # what does not fit is refused here
    return compiled


def _named(function):
    """The function, whose result a signature needs to have a name for."""
    return lambda *arguments: {FEATURES: function(*arguments)}


def _init(base, specs, seed, widths):
    """Draws phi, and refuses the widths that `specs` rules out."""
    import tensorflow as tf

    dtype = specs["kernel_0"].dtype
    drawn = served.init(base, dtype, seed, widths)
    return {name: tf.ensure_shape(x, specs[name].shape) for name, x in drawn.items()}


def _specs(rule, base):
    """Named phi, named statistics and x, with None for every width that is free."""
    import tensorflow as tf

    def spec(name, *shape):
        return tf.TensorSpec(shape, rule.variable_dtype, name)

    needs_width = rule.embedding_units is not None
    widths = [None] * len(base.units)
    if needs_width:
        widths[-1] = base.units[-1]
    kernels = [(None, width) for width in widths]
    biases = [(width,) for width in widths]
    state = tuple(
        {
            name: tuple({"i": None, "o": width}[axis] for axis in axes)
            for name, axes, _ in base.state
        }
        for width in widths
    )
    phi = Phi(tuple(map(LayerParams, kernels, biases, kernels)), state)
    statistics = Statistics(tuple(biases), tuple(biases))
    return (
        {name: spec(name, *shape) for name, shape in named_phi(phi).items()},
        {
            name: spec(name, *shape)
            for name, shape in named_statistics(statistics).items()
        },
        spec("x", None, None),
    )
