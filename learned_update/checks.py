"""Early checks of what users pass in: shapes always, values where they are known."""

import numbers

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.errors import invalid


def is_integer(value):
    """Whether this is a whole number, of Python or NumPy; booleans are none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def check_units(units):
    """Raises `ValueError` unless these can be widths of layers, bottom to top."""
    if (
        not isinstance(units, list | tuple | range | np.ndarray)
        or np.ndim(units) != 1
        or not len(units)
        or not all(is_integer(width) and width >= 1 for width in units)
    ):
        raise invalid(
            "A base model needs at least one layer of at least one unit.",
            expected="units as a non-empty sequence of integers >= 1",
            received=f"units={units!r}",
            remedy="Pass, for example, units=(128, 128, 32).",
        )


def check_image_shape(shape):
    """Raises `ValueError` unless this is a height, a width and channels."""
    if (
        not isinstance(shape, list | tuple)
        or len(shape) != 3
        or not all(is_integer(size) and size >= 1 for size in shape)
    ):
        raise invalid(
            "This is no shape of an image.",
            expected="image_shape=(height, width, channels), integers >= 1",
            received=f"image_shape={shape!r}",
            remedy="Pass, for example, image_shape=(28, 28, 1).",
        )


def check_choice(name, value, choices):
    """Raises `ValueError` unless the value is one of some."""
    if value not in choices:
        raise invalid(
            f"There is no such {name}.",
            expected=f"one of {', '.join(map(repr, choices))}",
            received=f"{name}={value!r}",
            remedy=f"Take {choices[0]!r} if in doubt.",
        )


def check_phi(phi, layers):
    """Raises `ValueError` unless phi has that many layers that fit together."""
    if len(phi.layers) != layers:
        raise invalid(
            "phi has another number of layers than the base model.",
            expected=f"{layers} layers, one per entry of units",
            received=f"{len(phi.layers)} layers",
            remedy="Draw phi with base.init_phi.",
        )
    width = phi.layers[0].kernel.shape[0]
    for level, layer in enumerate(phi.layers):
        shape = tuple(layer.kernel.shape)
        if None not in shape and (
            shape[0] != width
            or tuple(layer.bias.shape) != shape[1:]
            or tuple(layer.feedback.shape) != shape
        ):
            raise invalid(
                f"The parameters of layer {level} of phi do not fit together.",
                expected=f"kernel ({width}, units), bias (units,), feedback "
                f"({width}, units)",
                received=f"kernel {shape}, bias {tuple(layer.bias.shape)}, feedback "
                f"{tuple(layer.feedback.shape)}",
                remedy="Draw phi with base.init_phi.",
            )
        width = shape[1]


def check_kernels(phi, shapes):
    """Raises `ValueError` unless phi has kernels of these `(inputs, units)`.

    A size of None is not checked.
    """
    if len(phi.layers) != len(shapes):
        raise invalid(
            "phi has another number of layers than the base model.",
            expected=f"{len(shapes)} layers, one per kernel",
            received=f"{len(phi.layers)} layers",
            remedy="Draw phi with base.init_phi.",
        )
    for level, (layer, shape) in enumerate(zip(phi.layers, shapes, strict=True)):
        kernel = tuple(layer.kernel.shape)
        differ = any(
            None not in pair and pair[0] != pair[1]
            for pair in zip(kernel, shape, strict=True)
        )
        if differ or tuple(layer.feedback.shape) != kernel:
            raise invalid(
                f"The parameters of layer {level} of phi do not fit the base model.",
                expected=f"kernel and feedback {tuple(shape)}",
                received=f"kernel {kernel}, feedback {tuple(layer.feedback.shape)}",
                remedy="Draw phi with base.init_phi.",
            )


def check_finite_batch(x, minimum_rows, ranks):
    """Raises `ValueError` unless x is finite, of some rank and of enough rows."""
    if len(x.shape) not in ranks:
        shapes = {2: "(batch, inputs)", 4: "(batch, height, width, channels)"}
        raise invalid(
            "x does not fit the base model.",
            expected=f"shape {' or '.join(shapes[rank] for rank in ranks)}",
            received=f"shape {tuple(x.shape)}",
            remedy="Reshape the examples.",
        )
    _check_rows(x, minimum_rows)
    if backend.is_concrete(x):
        check_finite(x, "x")


def check_concrete_ids(x, vocabulary):
    """Raises `ValueError` unless x, where it is known, holds indices of words."""
    if not backend.is_concrete(x):
        return
    ids = ops.convert_to_numpy(x)
    if (ids != np.round(ids)).any() or ids.min() < 0 or ids.max() >= vocabulary:
        raise invalid(
            "These are no words of the vocabulary.",
            expected=f"whole numbers from 0 to {vocabulary - 1}",
            received=f"numbers from {ids.min():g} to {ids.max():g}",
            remedy="Make them with `word_ids(texts, vocabulary)`, or leave out "
            "`vocabulary` where inputs are numbers.",
        )


def check_inputs(x, phi, minimum_rows):
    """Raises `ValueError` unless x is a finite `(batch, inputs)` that fits phi."""
    inputs = phi.layers[0].kernel.shape[0]
    if len(x.shape) != 2 or (None not in (x.shape[1], inputs) and x.shape[1] != inputs):
        raise invalid(
            "x does not fit the first layer of phi.",
            expected=f"shape (batch, {inputs})",
            received=f"shape {tuple(x.shape)}",
            remedy="Flatten the examples, or draw phi with "
            "base.init_phi(input_dim=x.shape[1]).",
        )
    _check_rows(x, minimum_rows)
    if backend.is_concrete(x):
        check_finite(x, "x")


def _check_rows(x, minimum_rows):
    if x.shape[0] is not None and x.shape[0] < minimum_rows:
        raise invalid(
            "A batch of one row has no batch statistics.",
            expected=f"at least {minimum_rows} rows",
            received=f"{x.shape[0]}",
            remedy="Pass more rows, or embed with statistics=base.statistics(phi, "
            "x_reference).",
        )


def check_finite(x, name):
    """Raises `ValueError` if x holds NaN or infinity."""
    finite = np.isfinite(ops.convert_to_numpy(x))
    if not finite.all():
        raise invalid(
            f"{name} holds values that are not finite.",
            expected="finite numbers",
            received=f"{int((~finite).sum())} NaN or infinite of {finite.size}",
            remedy="Clean or impute the data first.",
        )


def check_variance(x):
    """Raises `ValueError` if all rows of x are equal: there is nothing to learn from.

    Silent where the values of x are not known yet (inside compiled code).
    """
    if backend.is_concrete(x) and not np.ptp(ops.convert_to_numpy(x), axis=0).any():
        raise invalid(
            "All rows of x are equal, so every batch statistic is degenerate.",
            expected="a batch in which at least one input varies",
            received=f"{x.shape[0]} rows of zero variance",
            remedy="Pass a batch of different examples.",
        )
