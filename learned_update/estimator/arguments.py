"""Checks of what the encoder is given, before scikit-learn's."""

import numbers
import os
from collections.abc import Mapping

import numpy as np

from learned_update.checks import (
    check_choice,
    check_image_shape,
    check_units,
    is_integer,
)
from learned_update.errors import invalid
from learned_update.layers import BASE_MODELS, Rule
from learned_update.layers.bases.outputs import OUTPUTS

LARGEST_SEED = 2**32 - 1  # of NumPy's RandomState


def check_parameters(parameters):
    """Raises `ValueError` at the first parameter of a wrong type or range.

    Args:
        parameters: mapping from the names of the encoder's parameters to values.
    """
    _check_rule(parameters["rule"])
    check_units(parameters["units"])
    _check_base(parameters)
    _check_at_least("steps", parameters["steps"], 0)
    _check_at_least("batch_size", parameters["batch_size"], 2)
    for name in ("standardise", "average"):
        _check_switch(name, parameters[name])
    _check_random_state(parameters["random_state"])
    _check_verbose(parameters["verbose"])
    check_choice("output", parameters["output"], OUTPUTS)


def _check_rule(rule):
    if not isinstance(rule, Rule | str | os.PathLike):
        raise invalid(
            "This is no update rule.",
            expected="a name in the zoo, a path, or an UpdateRule",
            received=f"rule={rule!r}",
            remedy="Load one with load_rule.",
        )


def _check_base(parameters):
    kind, options = parameters["base"], parameters["base_options"]
    check_choice("base", kind, tuple(BASE_MODELS))
    if not (options is None or isinstance(options, Mapping)):
        raise invalid(
            "base_options are no arguments.",
            expected="a dict of further arguments of the base model, or None",
            received=f"base_options={options!r}",
            remedy="Pass, for example, base_options={'kernel_sizes': 5}.",
        )
    shape = parameters["image_shape"]
    if shape is not None:
        check_image_shape(shape)
        if kind == "mlp":
            raise invalid(
                "An MLP does not know of images.",
                expected="base='conv' or 'attention' with an image_shape",
                received=f"base='mlp', image_shape={shape!r}",
                remedy="Leave image_shape out, or name another base model.",
            )
    if (options or {}).get("vocabulary") is not None and parameters["standardise"]:
        raise invalid(
            "Indices of words cannot be standardised.",
            expected="standardise=False with a vocabulary",
            received="standardise=True",
            remedy="Pass standardise=False.",
        )


def _check_at_least(name, value, least):
    if not is_integer(value) or value < least:
        raise invalid(
            f"{name} is out of its range.",
            expected=f"an integer >= {least}",
            received=f"{name}={value!r}",
            remedy="Pass another value.",
        )


def _check_switch(name, value):
    if not isinstance(value, bool | np.bool_):
        raise invalid(
            f"{name} is neither on nor off.",
            expected="True or False",
            received=f"{name}={value!r}",
            remedy="Pass one of them.",
        )


def _check_random_state(random_state):
    if random_state is None or isinstance(random_state, np.random.RandomState):
        return
    if not is_integer(random_state) or not 0 <= random_state <= LARGEST_SEED:
        raise invalid(
            "random_state is no seed.",
            expected=f"an integer from 0 to {LARGEST_SEED}, a RandomState, or None",
            received=f"random_state={random_state!r}",
            remedy="Pass, for example, random_state=0.",
        )


def _check_verbose(verbose):
    if not isinstance(verbose, numbers.Integral | np.bool_) or verbose < 0:
        raise invalid(
            "verbose says neither to show progress nor to be quiet.",
            expected="0 or 1",
            received=f"verbose={verbose!r}",
            remedy="Pass one of them.",
        )


def check_unmasked(X):
    """Raises `ValueError` if rows have masked cells, whose values mean nothing."""
    if np.ma.is_masked(X):
        raise invalid(
            "X has masked cells.",
            expected="a number in every cell",
            received=f"{int(np.ma.getmaskarray(X).sum())} masked of {X.size}",
            remedy="Impute them, or take out their rows.",
        )


def check_stages(at, steps):
    """Returns numbers of steps as a tuple.

    Args:
        at: the numbers.
        steps: the largest that may be among them.

    Raises:
        ValueError: they are not increasing integers from 1 to `steps`.
    """
    at = tuple(at)
    counts = all(is_integer(step) and 1 <= step <= steps for step in at)
    if not counts or list(at) != sorted(set(at)):
        raise invalid(
            "These are no stages of a fit.",
            expected=f"increasing integers from 1 to {steps}, the steps",
            received=f"at={at!r:.80}",
            remedy="Pass, for example, at=range(10, steps, 10).",
        )
    return tuple(int(step) for step in at)
