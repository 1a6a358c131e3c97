"""Where local rules end up: principal components, selective units, unit weights."""

import numpy as np
import pytest
from keras import ops
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

import learned_update as lu
from learned_update import backend
from learned_update.layers import local_rule
from learned_update.layers.local_rules.presynaptic import unit_examples

COMPONENTS = 3
DEGREE = np.pi / 180.0


@pytest.fixture(scope="module")
def rows():
    """Rows whose variances fall by a factor of 2, in directions of their own."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 6)) * np.sqrt(2.0 ** -np.arange(6))
    rotation, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    return (x @ rotation + 1.0).astype("float32")


def trained(rule, x, units, steps, activation=None):
    """phi of one layer after inner steps on all of x, compiled."""
    base = rule.base_mlp((units,), activation)
    theta = [ops.convert_to_tensor(value) for value in rule.trainable_variables]

    def step(phi, x):
        return lu.inner_step(rule, base, phi, x, theta=theta)

    compiled = backend.jit(step)
    phi, x = base.init_phi(x.shape[1], 1), ops.convert_to_tensor(x)
    for _ in range(steps):
        phi = compiled(phi, x)
    return phi


def weights(phi):
    """w = W / sqrt(inputs) of the only layer."""
    kernel = ops.convert_to_numpy(phi.layers[0].kernel)
    return kernel / np.sqrt(len(kernel))


def principal(rows):
    return PCA(COMPONENTS).fit(rows).components_


def test_oja_spans_the_principal_subspace(rows):
    w = weights(trained(local_rule("oja"), rows, COMPONENTS, 400))
    assert subspace_angles(w, principal(rows).T).max() < DEGREE
    np.testing.assert_allclose(w.T @ w, np.eye(COMPONENTS), atol=1e-2)


def test_sanger_finds_each_component(rows):
    w = weights(trained(local_rule("sanger"), rows, COMPONENTS, 800))
    cosines = np.abs(np.sum(principal(rows).T * w, axis=0)) / np.linalg.norm(w, axis=0)
    assert np.arccos(np.minimum(cosines, 1.0)).max() < DEGREE


def test_similarity_matching_spans_the_principal_subspace(rows):
    phi = trained(local_rule("similarity-matching"), rows, COMPONENTS, 400)
    w = weights(phi)
    assert subspace_angles(w, principal(rows).T).max() < DEGREE
    x = rows - rows.mean(axis=0)
    x /= np.sqrt(np.mean(np.sum(x**2, axis=1)))
    lateral = ops.convert_to_numpy(phi.state[0]["lateral"])
    y = x @ w @ np.linalg.inv(lateral + 1e-3 * np.eye(COMPONENTS))
    np.testing.assert_allclose(y.T @ y / len(y), lateral, atol=1e-3)


def test_feedback_plasticity_brings_feedback_to_weights(rows):
    """w - v shrinks by 1 - rate decay, whatever the data."""
    rule = local_rule("feedback-plasticity", rate=0.5, decay=0.02)
    start = rule.base_mlp((COMPONENTS,)).init_phi(rows.shape[1], 1).layers[0]
    end = trained(rule, rows, COMPONENTS, 50).layers[0]
    gap = ops.convert_to_numpy(end.kernel - end.feedback)
    first = ops.convert_to_numpy(start.kernel - start.feedback)
    np.testing.assert_allclose(gap, 0.99**50 * first, atol=1e-4)


def test_bcm_makes_units_selective():
    """On orthogonal patterns a unit ends up answering one, by 1 / its probability."""
    patterns, units = 4, 8
    x = np.eye(patterns, dtype="float32") * 2.0
    phi = trained(local_rule("bcm", rate=0.3), x, units, 1500)
    centred = x - x.mean(axis=0)
    y = np.maximum(centred / np.sqrt(np.mean(centred**2)) @ weights(phi), 0.0)
    assert (np.sum(y > 0.05 * patterns, axis=0) == 1).all()
    np.testing.assert_allclose(y.max(axis=0), patterns, rtol=0.02)
    threshold = ops.convert_to_numpy(phi.state[0]["threshold"])
    np.testing.assert_allclose(threshold, patterns, rtol=0.02)


def test_soft_hebb_normalises_weights(rows):
    """From columns of norms between 0.5 and 2 to columns of norm 1."""
    rule = local_rule("soft-hebb", rate=0.3, sharpness=5.0)
    base = rule.base_mlp((4,))
    phi = base.init_phi(rows.shape[1], 1)
    w = weights(phi)
    scale = np.array([0.5, 0.8, 1.4, 2.0], "float32") / np.linalg.norm(w, axis=0)
    layer = phi.layers[0]
    phi = phi._replace(layers=(layer._replace(kernel=layer.kernel * scale),))
    theta = [ops.convert_to_tensor(value) for value in rule.trainable_variables]
    step = backend.jit(lambda phi, x: lu.inner_step(rule, base, phi, x, theta=theta))
    for _ in range(300):
        phi = step(phi, ops.convert_to_tensor(rows))
    w = weights(phi)
    u = ops.convert_to_numpy(unit_examples(ops.convert_to_tensor(rows))) @ w
    assert u.max(axis=1).mean() > 0.5  # examples have a unit near them
    np.testing.assert_allclose(np.linalg.norm(w, axis=0), 1.0, atol=0.02)


def test_forward_forward_tells_examples_from_hybrids():
    """Goodness grows on examples, falls on what is made of two."""
    from learned_update.layers.local_rules.contrastive.forward_forward import goodness
    from learned_update.layers.local_rules.masks import band_mask, next_rows

    rng = np.random.default_rng(2)
    kinds = rng.normal(size=(4, 16))
    x = (kinds[np.arange(64) % 4] + 0.1 * rng.normal(size=(64, 16))).astype("float32")
    phi = trained(local_rule("forward-forward"), x, 12, 300)
    real = unit_examples(ops.convert_to_tensor(x))
    half = band_mask(real)
    hybrid = unit_examples(half * real + (1.0 - half) * next_rows(real))
    w = ops.convert_to_tensor(weights(phi))
    gap = goodness(4.0 * real, w) - goodness(4.0 * hybrid, w)
    assert float(ops.mean(ops.cast(gap > 0, "float32"))) > 0.9
