"""Examples as baselines take them: rows of finite numbers."""

import numpy as np

from learned_update.errors import invalid


def checked_rows(pixels, minimum=1):
    """Examples as float32.

    Args:
        pixels: `(examples, inputs)`.
        minimum: least number of examples.

    Returns:
        `(examples, inputs)` float32.

    Raises:
        ValueError: if `pixels` is no such array, has fewer rows or no columns, or
            holds NaN or infinity.
    """
    pixels = np.asarray(pixels, np.float32)
    if pixels.ndim != 2 or not pixels.shape[1]:
        raise invalid(
            "A baseline takes examples as rows.",
            expected="shape (examples, inputs)",
            received=f"shape {pixels.shape}",
            remedy="Flatten the images; a single example is `x[None]`.",
        )
    if len(pixels) < minimum:
        raise invalid(
            "There are too few examples to fit a baseline to.",
            expected=f"at least {minimum} rows",
            received=f"{len(pixels)}",
            remedy="Pass more examples.",
        )
    finite = np.isfinite(pixels)
    if not finite.all():
        raise invalid(
            "The examples of a baseline are not finite.",
            expected="finite numbers in the range of float32",
            received=f"{np.count_nonzero(~finite)} NaN or infinite of {finite.size}",
            remedy="Clean or impute the data first.",
        )
    return pixels


def fitting_rows(pixels, inputs):
    """`checked_rows` that must be as wide as those of `fit`.

    Args:
        pixels: `(examples, inputs)`.
        inputs: width that the baseline was fitted to.

    Returns:
        `(examples, inputs)` float32.

    Raises:
        ValueError: as `checked_rows`, or if the width is another.
    """
    pixels = checked_rows(pixels)
    if pixels.shape[1] != inputs:
        raise invalid(
            "The examples have another width than those the baseline was fitted to.",
            expected=f"shape (examples, {inputs})",
            received=f"shape {pixels.shape}",
            remedy="Prepare them as the examples given to `fit`, or fit anew.",
        )
    return pixels
