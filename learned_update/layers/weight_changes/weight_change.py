"""The layer that makes the change of one kernel of the states of its two sides."""

import difflib

import keras

from learned_update.errors import invalid
from learned_update.layers.parts import PACKAGE, deserialize_part, serialize_part
from learned_update.layers.weight_changes.readout_bank import ReadoutBank
from learned_update.layers.weight_changes.terms import LOWER, TERMS, UPPER
from learned_update.ops.normalisation import scale_by_rms, standardise
from learned_update.ops.readouts import LowRank, dense
from learned_update.ops.weight_change import TermInputs

KERNEL_EPSILON = 1e-6  # released_rule, section 5
ACTIVATION_EPSILON = 1e-6  # released_rule, section 5


@keras.saving.register_keras_serializable(PACKAGE)
class WeightChange(keras.layers.Layer):
    """Terms of a kernel and the unit states around it, merged to one change.

    Args:
        merge: layer that merges the terms.
        terms: names of the terms (`terms.TERMS`), in the order of the coefficients.
        without: names of terms to leave out: an ablation in one binding.
        rank: K of the low-rank readouts.

    Raises:
        ValueError: a name is not that of a term, or no term is left.
    """

    def __init__(self, merge, terms, without=(), rank=4, **kwargs):
        super().__init__(autocast=False, **kwargs)
        for name in (*terms, *without):
            _check_term(name)
        self.merge = merge
        self.without = tuple(without)
        self.terms = tuple(name for name in terms if name not in self.without)
        if not self.terms:
            raise invalid(
                "A weight change without terms changes nothing.",
                expected="at least one term that is not in `without`",
                received=f"terms={tuple(terms)}, without={self.without}",
                remedy="Leave at least one term in.",
            )
        self.rank = rank
        readouts = [TERMS[x].readout for x in self.terms if TERMS[x].readout]
        names = {LOWER: {}, UPPER: {}}  # ordered and without repetition
        for readout in readouts:
            names[readout.columns][readout.column_name] = True
            names[readout.rows][readout.row_name] = True
        self.lower = ReadoutBank(names[LOWER], rank, dtype=self.dtype_policy)
        self.upper = ReadoutBank(names[UPPER], rank, dtype=self.dtype_policy)

    def build(self, readout_channels):
        self.lower.build((readout_channels, None, None))
        self.upper.build((readout_channels, None, None))
        self.merge.build(self.terms)

    def call(self, kernel, below, above, spread, feedback=None, time=None):
        """The change of a kernel.

        Args:
            kernel: `(in, out)`.
            below: `SideStates` of the units below.
            above: `SideStates` of the units above.
            spread: function of readouts of the levels below, `(any, rows, units)`
                each, that gives them at the kernel's inputs, `(any, rows, in)`.
            feedback: the layer's feedback kernel, `(in, out)`, which some terms see.
            time: functions of the inner step, `(functions,)`; None without a clock.

        Returns:
            `(in, out)`.
        """
        return self._made(kernel, below, above, spread, feedback, time)["change"]

    def trace(self, kernel, below, above, spread, feedback=None, time=None):
        """The change with everything on the way: a dict of matrices and of dicts."""
        made = self._made(kernel, below, above, spread, feedback, time)
        made["readouts"] = {x: dense(y) for x, y in made["readouts"].items()}
        return made

    def _made(self, kernel, below, above, spread, feedback, time):
        """As `trace`, with readouts as `LowRank`."""
        w = scale_by_rms(kernel, KERNEL_EPSILON, axis=0)
        banks = {
            LOWER: self.lower(below.readout_input, spread=spread),
            UPPER: self.upper((above.readout_input,)),
        }
        inputs = TermInputs(
            w=w,
            lower=standardise(below.x, ACTIVATION_EPSILON),
            upper=standardise(above.x, ACTIVATION_EPSILON),
            z=above.z,
            feedback=feedback,
        )
        readouts, terms, normalised = {}, {}, {}
        for name in self.terms:
            equation, readout = TERMS[name]
            if readout is not None:
                readouts[readout.name] = LowRank(
                    banks[readout.rows][readout.row_name],
                    banks[readout.columns][readout.column_name],
                )
                inputs = inputs._replace(readout=readouts[readout.name])
            terms[name] = equation(inputs)
            normalised[name] = self.merge.normalise(terms[name])
        return {
            "readouts": readouts,
            "terms": terms,
            "normalized_terms": normalised,
            "change": self.merge(list(normalised.values()), w, time=time),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "merge": serialize_part(self.merge),
            "terms": self.terms,
            "without": self.without,
            "rank": self.rank,
        }

    @classmethod
    def from_config(cls, config):
        merge = deserialize_part(config.pop("merge"))
        return cls(merge=merge, **config)


def _check_term(name):
    if name not in TERMS:
        near = difflib.get_close_matches(name, TERMS)
        raise invalid(
            f"There is no weight-change term {name!r}.",
            expected=f"one of {', '.join(TERMS)}",
            received=repr(name),
            remedy=f"Did you mean {near[0]!r}?" if near else "Choose one of them.",
        )
