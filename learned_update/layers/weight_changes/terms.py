"""The table of weight-change terms: name, equation and what they read out."""

from collections.abc import Callable
from typing import NamedTuple

from learned_update.ops import weight_change

LOWER, UPPER = "lower", "upper"


class Readout(NamedTuple):
    """A low-rank matrix between the units of two sides of a kernel.

    Attributes:
        name: as in the authors' checkpoint.
        rows: side whose units are the rows, `"lower"` or `"upper"`.
        columns: side whose units are the columns.
        shared: whether rows and columns are the same readout, which makes the matrix
            positive semi-definite.
    """

    name: str
    rows: str
    columns: str
    shared: bool = False

    @property
    def row_name(self):
        return self.column_name if self.shared else f"{self.name}_bottom"

    @property
    def column_name(self):
        return f"{self.name}_top"


class Term(NamedTuple):
    """A weight-change term.

    Attributes:
        equation: function of `TermInputs`.
        readout: the low-rank matrix that it needs, or None.
    """

    equation: Callable
    readout: Readout | None = None


def _across(name):
    return Readout(name, rows=LOWER, columns=UPPER)


def _within(name, side):
    return Readout(name, rows=side, columns=side)


TERMS = {
    "0_order": Term(weight_change.zeroth_order, _across("weight_readout_0")),
    "1_order": Term(weight_change.first_order, _across("weight_readout_1")),
    "rbf": Term(weight_change.radial, _across("weight_readout_rbf")),
    "lin_upper_symm": Term(
        weight_change.linear_upper, _within("lin_upper_symm", UPPER)
    ),
    "lin_upper_psd": Term(
        weight_change.linear_upper_psd,
        Readout("lin_upper_psd", rows=UPPER, columns=UPPER, shared=True),
    ),
    "lin_lower_symm": Term(
        weight_change.linear_lower, _within("lin_lower_symm", LOWER)
    ),
    "sqr_upper_symm": Term(
        weight_change.square_upper, _within("sqr_upper_symm", UPPER)
    ),
    "sqr_lower_symm": Term(
        weight_change.square_lower, _within("sqr_lower_symm", LOWER)
    ),
    "hebb": Term(weight_change.anti_hebbian),
    "hebb_positive": Term(weight_change.hebbian),
    "decorr_x": Term(weight_change.decorrelation),
    "decorr_off_diagonal": Term(weight_change.off_diagonal_decorrelation),
    "large_decay": Term(weight_change.square_decay),
    "cubic_decay": Term(weight_change.cubic_decay),
    "w_base": Term(weight_change.weight),
    "winner": Term(weight_change.winner),
    "winner_soft": Term(weight_change.soft_winner),
    "winner_hard": Term(weight_change.hard_winner),
    "contested": Term(weight_change.contested),
    "decorr_square": Term(weight_change.second_decorrelation),
    "decorr_lower": Term(weight_change.lower_decorrelation),
    "reconstruction": Term(weight_change.reconstruction),
}

RELEASED_TERMS = (  # in the order of the authors' coefficients
    "0_order",
    "1_order",
    "decorr_x",
    "hebb",
    "large_decay",
    "lin_lower_symm",
    "lin_upper_psd",
    "lin_upper_symm",
    "rbf",
    "sqr_lower_symm",
    "sqr_upper_symm",
    "w_base",
)

NEURON_LOCAL_TERMS = (
    "0_order",
    "1_order",
    "rbf",
    "lin_upper_symm",
    "lin_upper_psd",
    "lin_lower_symm",
    "sqr_upper_symm",
    "sqr_lower_symm",
    "hebb_positive",
    "decorr_off_diagonal",
    "cubic_decay",
    "winner",
)
