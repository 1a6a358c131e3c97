"""What of a base model is given out as features: its top, all layers, or the inputs."""

from keras import ops

from learned_update.checks import check_choice
from learned_update.errors import invalid

TOP, ALL, WITH_INPUT = "top", "all", "with_input"
OUTPUTS = (TOP, ALL, WITH_INPUT)


def output_features(base, phi, x, statistics=None, output=TOP):
    """Features of examples, `(batch, output_units)`.

    Args:
        base: base model.
        phi: `Phi`.
        x: inputs, `(batch, inputs)`.
        statistics: `Statistics` to normalise with; those of this batch if None.
        output: `"top"`, the embedding; `"all"`, those of every layer side by side,
            bottom to top; `"with_input"`, the embedding, then the inputs.
    """
    if output == TOP:
        return base.embed(phi, x, statistics)
    layers = base.layer_features(base.forward(phi, x, statistics).xs)
    if output == ALL:
        return ops.concatenate(layers, axis=-1)
    x = ops.convert_to_tensor(x, dtype=layers[-1].dtype)
    return ops.concatenate([layers[-1], x], axis=-1)


def output_units(base, inputs, output=TOP):
    """How many features `output_features` has, of so many inputs."""
    if output == ALL:
        return sum(base.layer_units)
    return base.embedding_units + (inputs if output == WITH_INPUT else 0)


def check_output(base, output):
    """Raises `ValueError` unless a base model has these features.

    Args:
        base: base model.
        output: one of `OUTPUTS`.
    """
    check_choice("output", output, OUTPUTS)
    if output == WITH_INPUT and getattr(base, "vocabulary", None) is not None:
        raise invalid(
            "Indices of words are no features.",
            expected="output='top' or 'all' with a vocabulary",
            received="output='with_input'",
            remedy="Put features of the texts beside those of output='top' yourself, "
            "such as counts of their words.",
        )
