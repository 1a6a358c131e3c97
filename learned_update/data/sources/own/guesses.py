"""What is found where a user does not say it, and said in a warning."""

import warnings

from learned_update.errors import invalid

INFER = "infer"  # the value of an argument that is to be found


def check_yes_or_no(argument, value):
    """Raises `ValueError` unless an argument is True, False or "infer"."""
    if value is not True and value is not False and value != INFER:
        raise invalid(
            f"This is no answer to {argument}.",
            expected=f"True, False or {INFER!r}",
            received=f"{argument}={value!r}",
            remedy="Leave it out to have it found.",
        )


def say(text):
    """Warns the caller of the package of what was found, or changed."""
    warnings.warn(text, UserWarning, stacklevel=4)
