"""phi and statistics as dicts of named tensors, as they cross a file's boundary.

Layers are counted from the bottom: `kernel_0`, `bias_0`, `feedback_0`, `kernel_1`, ...
and `mean_0`, `variance_0`, ... What a rule keeps of each layer has its name there:
`inner_step_0`, ...
"""

from learned_update.types import LayerParams, Phi, Statistics


def named_phi(phi):
    """phi as `{"kernel_0": ..., "bias_0": ..., "feedback_0": ..., "kernel_1": ...}`."""
    parts = [layer._asdict() for layer in phi.layers], phi.state
    return {
        f"{field}_{level}": value
        for part in parts
        for level, layer in enumerate(part)
        for field, value in layer.items()
    }


def phi_from_named(named, kept=()):
    """The `Phi` of such a dict.

    Args:
        named: mapping with the names of `named_phi`.
        kept: names of what the rule keeps of each layer.

    Returns:
        `Phi`, of as many layers as the names are for.
    """
    levels = range(len(named) // (len(LayerParams._fields) + len(kept)))

    def of_layer(fields, level):
        return {field: named[f"{field}_{level}"] for field in fields}

    return Phi(
        tuple(LayerParams(**of_layer(LayerParams._fields, x)) for x in levels),
        tuple(of_layer(kept, x) for x in levels) if kept else (),
    )


def named_statistics(statistics):
    """Statistics as `{"mean_0": ..., "variance_0": ..., "mean_1": ...}`."""
    pairs = zip(statistics.means, statistics.variances, strict=True)
    return {
        f"{field}_{level}": value
        for level, pair in enumerate(pairs)
        for field, value in zip(("mean", "variance"), pair, strict=True)
    }


def statistics_from_named(named):
    """The `Statistics` of such a dict.

    Args:
        named: mapping with the names of `named_statistics`.

    Returns:
        `Statistics`, of as many layers as there are pairs.
    """
    levels = range(len(named) // len(Statistics._fields))
    return Statistics(
        means=tuple(named[f"mean_{level}"] for level in levels),
        variances=tuple(named[f"variance_{level}"] for level in levels),
    )
