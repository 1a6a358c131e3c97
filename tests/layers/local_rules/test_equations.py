"""Every local rule's equation against NumPy in float64, one example at a time.

On JAX, which has no float64 by default, the package computes in float32: its numbers
agree with the reference, and hence with those of TensorFlow, to a bound that is a
thousand times float32's unit round-off, for sums of tens of terms of one size.
"""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.layers.local_rules.contrastive import clapp, forward_forward, lpl
from learned_update.layers.local_rules.feedback import (
    blur,
    denoising,
    feedback_plasticity,
    vsml,
)
from learned_update.layers.local_rules.hebbian import (
    bcm,
    foldiak,
    oja,
    sanger,
    similarity_matching,
    soft_hebb,
)
from tests.reference import local_rules as reference

BATCH, INPUTS, UNITS = 7, 5, 4
STEP = 1e-6

SINGLE = keras.backend.backend() != "tensorflow"
DTYPE = "float32" if SINGLE else "float64"
SINGLE_TOLERANCE = 1e-4


@pytest.fixture
def rng():
    return np.random.default_rng(6)


@pytest.fixture
def x(rng):
    return rng.normal(size=(BATCH, INPUTS))


@pytest.fixture
def w(rng):
    return rng.normal(size=(INPUTS, UNITS))


def tensor(value):
    return ops.convert_to_tensor(value, dtype=DTYPE)


def close(actual, expected, rtol=1e-10):
    actual = ops.convert_to_numpy(actual)
    scale = np.abs(expected).max()
    rtol = max(rtol, SINGLE_TOLERANCE) if SINGLE else rtol
    assert scale > 0.0
    np.testing.assert_allclose(actual, expected, rtol=0.0, atol=rtol * scale)


def central_difference(function, value):
    """The gradient of a function of an array, entry by entry."""
    gradient = np.zeros_like(value)
    for place in np.ndindex(value.shape):
        up, down = value.copy(), value.copy()
        up[place] += STEP
        down[place] -= STEP
        gradient[place] = (function(up) - function(down)) / (2.0 * STEP)
    return gradient


def test_oja(x, w):
    change, y = oja.oja_change(tensor(x), tensor(w), 0.7)
    close(change, reference.oja(x, w, 0.7))
    close(y, x @ w)


def test_sanger(x, w):
    change, _ = sanger.sanger_change(tensor(x), tensor(w), 0.7)
    close(change, reference.sanger(x, w, 0.7))


def test_bcm(rng, x, w):
    threshold = np.array([0.3, 1.0, 3.0, 9.0])
    change, y = bcm.bcm_change(tensor(x), tensor(w), tensor(threshold))
    close(change, reference.bcm(x, w, threshold))
    close(y, np.maximum(x @ w, 0.0))


def test_foldiak(rng, x, w):
    lateral = -rng.uniform(size=(UNITS, UNITS))
    lateral = lateral + lateral.T
    np.fill_diagonal(lateral, 0.0)
    threshold = rng.normal(size=UNITS)
    drive = tensor(x @ w - threshold)
    y = reference.foldiak_settled(
        x, w, lateral, threshold, 3.0, foldiak.SETTLING_STEPS, foldiak.SETTLING_RATE
    )
    close(foldiak.settled(drive, tensor(lateral), 3.0), y)
    close(
        foldiak.hebbian_change(tensor(x), tensor(w), tensor(y)),
        reference.foldiak(x, w, y),
    )
    lateral *= 0.02  # some reach 0, others do not
    close(
        foldiak.anti_hebbian(tensor(lateral), tensor(y), tensor(0.4), 0.3),
        reference.foldiak_lateral(lateral, y, 0.4, 0.3),
    )


def test_similarity_matching(rng, x, w):
    root = rng.normal(size=(UNITS, UNITS))
    lateral = root @ root.T + np.eye(UNITS)
    y = similarity_matching.matched(tensor(x), tensor(w), tensor(lateral))
    change, square = reference.similarity_matching(
        x, w, lateral, similarity_matching.RIDGE
    )
    y = ops.convert_to_numpy(y)
    close(2.0 * (x.T @ y / BATCH - w), change, rtol=1e-9)
    close(y.T @ y / BATCH, square, rtol=1e-9)


def test_soft_hebb(x, w):
    close(
        soft_hebb.soft_hebb_change(tensor(x), tensor(w), 1.5),
        reference.soft_hebb(x, w, 1.5),
    )


def test_lpl_descends_the_published_objectives(rng, x, w):
    other = x + rng.normal(size=x.shape)
    outputs = [np.maximum(view @ w, 0.0) for view in (x, other)]
    frozen = [(z.mean(axis=0), outputs[1 - place]) for place, z in enumerate(outputs)]
    gradient = central_difference(
        lambda w: reference.lpl_loss(x, other, w, frozen, 1.3, 0.8), w
    )
    change = lpl.lpl_change(tensor(x), tensor(other), tensor(w), 1.3, 0.8)
    close(change, -gradient, rtol=1e-6)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_clapp(rng, x, w, sign):
    context = x + 0.3 * rng.normal(size=x.shape)
    prediction = rng.normal(size=(UNITS, UNITS))
    changes = clapp.clapp_change(
        tensor(x), tensor(context), tensor(w), tensor(prediction), sign
    )
    expected = reference.clapp(x, context, w, prediction, sign)
    for change, other in zip(changes, expected, strict=True):
        close(change, other)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_forward_forward_climbs_the_log_probability(x, w, sign):
    threshold = 3.0
    gradient = central_difference(
        lambda w: reference.log_probability(x, w, threshold, sign), w
    )
    change = forward_forward.goodness_change(tensor(x), tensor(w), threshold, sign)
    close(change, gradient, rtol=1e-7)


def test_feedback_plasticity(rng, x, w):
    v = rng.normal(size=w.shape)
    change, _ = feedback_plasticity.reconstruction_change(
        tensor(x), tensor(w), tensor(v)
    )
    close(change, reference.feedback_plasticity(x, w, v))


def test_blur(rng, w):
    below = rng.normal(size=(2, BATCH, INPUTS))
    above = rng.normal(size=(2, BATCH, UNITS))
    genome = rng.normal(size=(2, 2))
    close(
        blur.synapse_change(tensor(below), tensor(above), tensor(genome)),
        reference.blur_synapse(below, above, genome),
    )
    close(
        blur.backward_state(tensor(above), tensor(w), tensor(genome[0])),
        reference.blur_backward(above, w, genome[0]),
    )


def test_vsml(rng):
    features = rng.normal(size=(INPUTS, UNITS, 6))
    first, second = rng.normal(size=(6, 3)), rng.normal(size=(3, 2))
    skip = rng.normal(size=(6, 2))
    close(
        vsml.synapse_step(*map(tensor, (features, first, second, skip))),
        reference.vsml_step(features, first, second, skip),
    )


def test_denoising(rng, x):
    widths = (INPUTS, UNITS, 3)
    parameters = [
        [rng.normal(size=(a, b)), rng.normal(size=(a, b)), rng.normal(size=b)]
        for a, b in itertools.pairwise(widths)
    ]
    corrupted = x * (rng.uniform(size=x.shape) < 0.7)
    tensors = keras.tree.map_structure(tensor, parameters)
    loss = denoising.reconstruction_loss(tensors, tensor(x), tensor(corrupted))
    assert float(loss) == pytest.approx(
        reference.reconstruction_loss(parameters, x, corrupted),
        rel=SINGLE_TOLERANCE if SINGLE else 1e-12,
    )
    gradients = denoising.denoising_gradients(tensors, tensor(x), tensor(corrupted))
    for level, part in np.ndindex(2, 3):

        def loss_of(value, level=level, part=part):
            changed = [list(layer) for layer in parameters]
            changed[level][part] = value
            return reference.reconstruction_loss(changed, x, corrupted)

        expected = central_difference(loss_of, parameters[level][part])
        close(gradients[level][part], expected, rtol=1e-6)
