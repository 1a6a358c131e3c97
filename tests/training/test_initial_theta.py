"""A run that starts from another rule's theta."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.layers.forms import neuron_local_parts
from learned_update.layers.local_rules.by_name import local_rule
from learned_update.layers.stepping.momentum import Momentum
from learned_update.layers.weight_changes.terms import NEURON_LOCAL_TERMS, TERMS
from learned_update.training.directory.origin import origin
from learned_update.training.initial_theta import start_from
from tests.layers.forms import EVERYTHING, stepped
from tests.rules_and_bases import batch, leaves, perturbed

TERMS_WITH_READOUT = tuple(x for x in NEURON_LOCAL_TERMS if TERMS[x].readout)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "other.keras"
    perturbed(lu.UpdateRule(seed=1)).save(path)
    return path


def test_theta_is_that_of_the_other(path):
    rule = lu.UpdateRule(seed=2)
    start_from(rule, path)
    other = lu.load_rule(path).get_weights()
    for a, b in zip(rule.get_weights(), other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_name_in_the_zoo():
    rule = lu.load_rule("glyphs")
    expected = rule.get_weights()
    rule.set_weights([0 * value for value in expected])
    start_from(rule, "glyphs")
    for a, b in zip(rule.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_local_rule_starts_from_one_of_its_kind(tmp_path):
    given, rule = local_rule("oja", rate=0.3), local_rule("oja")
    given.save(tmp_path / "oja.keras")
    start_from(rule, tmp_path / "oja.keras")
    for a, b in zip(rule.get_weights(), given.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="another architecture"):
        start_from(rule, "glyphs")


def test_a_form_with_options_begins_as_the_rule_without(path):
    """Its steps are the same to the bit, with all options and those of a file."""
    other = lu.load_rule(path)
    for options in ({"more_terms": ("winner_hard", "contested")}, EVERYTHING):
        rule = lu.UpdateRule(**neuron_local_parts(**options), seed=2)
        start_from(rule, path)
        assert rule.count_params() > other.count_params()
        expected, found = (stepped(each, batch()).layers for each in (other, rule))
        for a, b in zip(leaves(expected), leaves(found), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "terms", [("lin_upper_psd", "winner"), TERMS_WITH_READOUT], ids=["two", "readouts"]
)
def test_a_rule_without_terms_begins_as_the_other_without_them(path, terms):
    """Its steps are those of the other rule, whose coefficients of these are zero."""
    other = lu.load_rule(path)
    rule = lu.UpdateRule(**neuron_local_parts(without=terms), seed=2)
    start_from(rule, path)
    assert rule.count_params() < other.count_params()
    change = other.update_network.weight_change
    coefficients = change.merge.coefficients
    kept = [term not in terms for term in change.terms]
    coefficients.assign(coefficients * np.array(kept, "float32")[:, None])
    expected, found = (stepped(each, batch()).layers for each in (other, rule))
    for a, b in zip(leaves(expected), leaves(found), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-5)


def test_terms_go_and_others_come(path):
    rule = lu.UpdateRule(
        **neuron_local_parts(without=("0_order",), more_terms=("contested",)), seed=2
    )
    start_from(rule, path)
    given = lu.load_rule(path).update_network.weight_change.merge.coefficients
    own = rule.update_network.weight_change.merge.coefficients
    np.testing.assert_array_equal(own, [*np.array(given)[1:], [0.0]])


def test_the_term_that_the_other_lacks_is_told(tmp_path):
    """A rule without Hebbian term says nothing of the coefficient of one."""
    path = tmp_path / "no_hebb.keras"
    lu.UpdateRule(**neuron_local_parts(without=("hebb_positive",))).save(path)
    with pytest.raises(ValueError, match=r"coefficients of shape \(12, 1\)"):
        start_from(lu.UpdateRule(), path)


def test_a_form_without_the_options_of_the_other_is_refused(tmp_path):
    path = tmp_path / "momentum.keras"
    lu.UpdateRule(**neuron_local_parts(momentum=Momentum)).save(path)
    with pytest.raises(
        ValueError, match=r"Expected: no further variable.*Received.*neutral_strength"
    ):
        start_from(lu.UpdateRule(), path)


def test_another_architecture_is_told_by_the_variable_that_differs(path):
    rule = lu.UpdateRule(**neuron_local_parts(rank=3))
    before = rule.get_weights()
    with pytest.raises(ValueError, match="another architecture") as caught:
        start_from(rule, path)
    said = str(caught.value)
    assert "\n" not in said
    assert f"cannot start from {path}: it is a rule of another architecture." in said
    name = "update_network/weight_change/readout_bank/weight_readout_0_bottom_kernel"
    assert f"Expected: the variable {name} of shape (28, 3), as meta_train.rule" in said
    assert f"Received: the variable {name} of shape (28, 2). Bind meta_train" in said
    for a, b in zip(rule.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_there_is_no_such_rule():
    with pytest.raises((FileNotFoundError, ValueError), match="no_such_rule"):
        start_from(lu.UpdateRule(), "no_such_rule")


def test_the_origin_says_so():
    assert origin(3, "glyphs")["initial_rule"] == "glyphs"
    assert not {"initial_rule", "theta_average"} & set(origin(3))
