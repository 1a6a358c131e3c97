"""Weight-change terms and features of options, by NumPy in float64."""

import itertools

import numpy as np
import pytest
import scipy.stats
from keras import ops

import learned_update as lu
from learned_update.layers.weight_changes.terms import TERMS
from learned_update.ops import readouts
from learned_update.ops.error_signal import aligned_feedback
from learned_update.ops.unit_features import bounded_moment
from learned_update.ops.weight_change import TermInputs
from tests.reference import blocks, terms

BATCH, BELOW, ABOVE = 7, 6, 5
NAMES = (
    "winner_soft",
    "winner_hard",
    "contested",
    "decorr_square",
    "decorr_lower",
    "reconstruction",
)


@pytest.fixture(params=(4, 1024), ids=("wide", "narrow"))
def path(request, monkeypatch):
    monkeypatch.setattr(readouts, "WIDE", request.param)


@pytest.mark.usefixtures("path")
def test_terms_are_those_of_the_reference():
    rng = np.random.default_rng(0)
    kernel, feedback = rng.normal(size=(2, BELOW, ABOVE))
    lower, upper, z = (rng.normal(size=(BATCH, n)) for n in (BELOW, ABOVE, ABOVE))
    w, v = (blocks.root_mean_square_scaled(x, 1e-6, axis=0) for x in (kernel, feedback))
    lower, upper = map(blocks.centred_and_scaled, (lower, upper))
    expected = terms.further_terms(w, v, lower, upper, z, blocks.softmax)
    assert set(expected) == set(NAMES)
    inputs = TermInputs(w=w, lower=lower, upper=upper, z=z, feedback=feedback)
    for name in NAMES:
        found = TERMS[name].equation(inputs)
        np.testing.assert_allclose(found, expected[name], atol=1e-12, err_msg=name)


def test_reconstruction_by_the_kernel_is_the_subspace_rule():
    """L^T U / B - w C / sqrt(n): Hebbian, less the decorrelation and its diagonal."""
    rng = np.random.default_rng(0)
    w = blocks.root_mean_square_scaled(rng.normal(size=(BELOW, ABOVE)), 1e-6, axis=0)
    lower, upper = (
        blocks.centred_and_scaled(rng.normal(size=(BATCH, n))) for n in (BELOW, ABOVE)
    )
    inputs = TermInputs(w=w, lower=lower, upper=upper, z=None, feedback=w)
    hebbian, decorrelation, found = (
        np.asarray(TERMS[name].equation(inputs))
        for name in ("hebb_positive", "decorr_off_diagonal", "reconstruction")
    )
    diagonal = w * np.mean(upper**2, axis=0) / np.sqrt(ABOVE)
    np.testing.assert_allclose(found, hebbian - decorrelation - diagonal, atol=1e-5)


def test_less_what_varies_together_below_is_predicting_the_other_view():
    """One view of the layer below is some of its units, the other view the rest.

    The mean over all pairs of views of what makes units, seeing one, predict the other.
    """
    rng = np.random.default_rng(0)
    w = blocks.root_mean_square_scaled(rng.normal(size=(BELOW, ABOVE)), 1e-6, axis=0)
    lower = blocks.centred_and_scaled(rng.normal(size=(BATCH, BELOW)))
    predicting = []
    for shown in itertools.product((0.0, 1.0), repeat=BELOW):
        response = (lower * shown) @ w / np.sqrt(BELOW)
        predicting.append((lower * (1 - np.array(shown))).T @ response / BATCH)
    inputs = TermInputs(w=w, lower=lower, upper=None, z=None)
    found = np.asarray(TERMS["decorr_lower"].equation(inputs))
    np.testing.assert_allclose(np.mean(predicting, axis=0), found / 4, atol=1e-12)


def test_two_orders_whiten_better_than_one():
    """What the terms are for: w less half of one, plus 3/8 of the other."""
    rng = np.random.default_rng(0)
    mixing = np.eye(ABOVE) + 0.15 * rng.normal(size=(ABOVE, ABOVE))
    u = blocks.centred_and_scaled(rng.normal(size=(4000, ABOVE)) @ mixing)
    w = np.eye(ABOVE)
    inputs = TermInputs(w=w, lower=None, upper=u, z=None)
    first = np.asarray(TERMS["decorr_off_diagonal"].equation(inputs)) * ABOVE**0.5
    second = np.asarray(TERMS["decorr_square"].equation(inputs)) * ABOVE
    left = []
    for change in (0 * w, -first / 2, -first / 2 + 3 * second / 8):
        whitened = u @ (w + change)
        correlation = np.corrcoef(whitened.T)
        left.append(np.abs(correlation - np.eye(ABOVE)).max())
    assert left[2] < left[1] < left[0]


@pytest.mark.parametrize("order", [3, 4, 5, 6])
def test_moments_are_those_of_scipy(order):
    x = np.random.default_rng(0).gamma(2.0, size=(50, 4)) + 3.0
    power = scipy.stats.moment(scipy.stats.zscore(x), order)
    expected = {3: 0, 4: 3, 5: 0, 6: 15}[order]
    spread = {3: 15, 4: 105 - 9, 5: 945, 6: 10395 - 225}[order] ** 0.5
    moment = (power - expected) / spread
    found = np.asarray(bounded_moment(ops.convert_to_tensor(x), order))
    np.testing.assert_allclose(found, moment / (1 + np.abs(moment)), atol=1e-5)
    far = np.zeros((1000, 1))
    far[0] = 1e6
    (bounded,) = np.asarray(bounded_moment(ops.convert_to_tensor(far), order))
    assert 0.85 < bounded < 1


def test_aligned_feedback_is_correlated_with_the_kernel_and_of_its_variance():
    base, plain = (
        lu.BaseMLP((400,), kernel_stddev=0.7, feedback_alignment=a) for a in (0.6, 0.0)
    )
    layer = base.draw_phi(300).layers[0]
    drawn = plain.draw_phi(300).layers[0]
    np.testing.assert_array_equal(layer.kernel, drawn.kernel)
    np.testing.assert_allclose(
        layer.feedback, 0.6 * drawn.kernel + 0.8 * drawn.feedback, atol=1e-6
    )
    bound = 5 / layer.kernel.size**0.5  # five standard errors
    correlation = np.corrcoef(layer.feedback.ravel(), layer.kernel.ravel())[0, 1]
    assert abs(correlation - 0.6) < bound
    assert abs(layer.feedback.std() / layer.kernel.std() - 1) < bound
    same = aligned_feedback(drawn.kernel, drawn.feedback, 0.0)
    np.testing.assert_array_equal(same, drawn.feedback)
    whole = lu.BaseMLP((4,), feedback_alignment=1.0).draw_phi(3).layers[0]
    np.testing.assert_array_equal(whole.kernel, whole.feedback)
    config = base.get_config()
    assert lu.BaseMLP.from_config(config).feedback_alignment == 0.6
    with pytest.raises(
        ValueError, match=r"<= 1.*feedback_alignment=1\.5.*on their own"
    ):
        lu.BaseMLP((4,), feedback_alignment=1.5)
