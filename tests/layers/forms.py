"""The neuron-local form with its options, small; as a program, two of its inner steps.

`python forms.py RESULT.npz`: in a process of its own the backend can be chosen.
"""

import sys

import numpy as np

import learned_update as lu
from learned_update.layers.forms import neuron_local_parts
from learned_update.layers.stepping.clock import Clock
from learned_update.layers.stepping.momentum import Momentum
from learned_update.layers.stepping.rate_map import RateMap
from learned_update.layers.unit_states.contrast import Contrast
from tests.rules_and_bases import base_and_phi, batch, leaves, perturbed

TERMS = (
    "winner_soft",
    "winner_hard",
    "contested",
    "decorr_square",
    "decorr_lower",
    "reconstruction",
)


def leaking_rate(*args, **kwargs):
    """As gin makes a class of its bindings."""
    return RateMap(*args, own_leak=True, **kwargs)


EVERYTHING = {
    "clock": Clock,
    "momentum": Momentum,
    "contrast": Contrast,
    "rate": leaking_rate,
    "moments": (3, 4),
    "more_terms": TERMS,
}


def rule_with(seed=1, **options):
    """A small rule at its initial theta."""
    parts = neuron_local_parts(channels=6, delta_channels=4, dtype="float64", **options)
    return lu.UpdateRule(**parts, seed=seed, dtype="float64")


def stepped(rule, x, steps=2, phi=None):
    """phi after some inner steps on one batch."""
    base, drawn = base_and_phi(rule)
    phi = drawn if phi is None else phi
    for _ in range(steps):
        phi = lu.inner_step(rule, base, phi, x)
    return phi


def main(path):
    phi = stepped(perturbed(rule_with(**EVERYTHING)), batch())
    np.savez(path, *leaves(phi))


if __name__ == "__main__":
    main(*sys.argv[1:])
