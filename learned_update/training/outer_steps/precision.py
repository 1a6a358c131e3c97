"""In which precision an outer step multiplies."""

from learned_update.backend.precision import PRECISIONS
from learned_update.errors import invalid


def check_precision(precision):
    """Raises `ValueError` for a name that is none of a precision, nor None."""
    if precision is not None and precision not in PRECISIONS:
        raise invalid(
            "There is no such precision of matrix products.",
            expected=f"precision as None or one of {', '.join(PRECISIONS)}",
            received=f"precision={precision!r}",
            remedy="None leaves it to the device.",
        )
