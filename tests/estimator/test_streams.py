"""`partial_fit`: rows in several calls."""

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from learned_update.estimator import LearnedUpdateEncoder, fitted
from learned_update.types import Statistics
from tests.arithmetic import assert_same_to_rounding
from tests.rules_and_bases import assert_trees_close


def standardised(encoder, rows):
    return ((rows - encoder.mean_) / encoder.scale_).astype("float32")


def test_pooled_moments_are_those_of_all_rows():
    rows = np.random.default_rng(0).normal(size=(30, 4)) * [1, 2, 3, 4] + 5
    parts = [
        Statistics((part.mean(axis=0),), (part.var(axis=0),))
        for part in (rows[:12], rows[12:])
    ]
    both = fitted.pooled(*parts, share=18 / 30)
    np.testing.assert_allclose(both.means[0], rows.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(both.variances[0], rows.var(axis=0), rtol=1e-12)


def test_the_first_call_begins_and_the_next_goes_on(encoder, rows):
    encoder.partial_fit(rows[:70])
    assert (encoder.n_steps_, encoder.n_samples_seen_) == (2, 70)
    fit = clone(encoder).set_params(steps=2, average=False).fit(rows[:70])
    assert_trees_close(encoder.phi_, fit.phi_, atol=0)
    assert_trees_close(encoder.statistics_, fit.statistics_, atol=0)

    before = encoder.statistics_
    encoder.partial_fit(rows[70:90])
    assert (encoder.n_steps_, encoder.n_samples_seen_) == (3, 90)
    np.testing.assert_allclose(encoder.mean_, rows[:90].mean(axis=0))
    np.testing.assert_allclose(encoder.scale_, rows[:90].std(axis=0))

    def pooled(phi, x):
        of_call = fitted.arrays(encoder.base_.statistics(phi, x))
        return fitted.pooled(before, of_call, share=20 / 90)

    x = standardised(encoder, rows[70:90])
    assert_same_to_rounding(encoder.statistics_, pooled, encoder.phi_, x)


def test_old_statistics_fade(encoder, rows, monkeypatch):
    monkeypatch.setattr(fitted, "MEMORY_ROWS", 0)
    encoder.partial_fit(rows[:100]).partial_fit(rows[100:200])
    x = standardised(encoder, rows[100:200])
    assert_same_to_rounding(
        encoder.statistics_, encoder.base_.statistics, encoder.phi_, x
    )


def test_fit_starts_over(encoder, rows):
    fit = clone(encoder).fit(rows)
    encoder.partial_fit(rows).fit(rows)
    assert_trees_close(encoder.phi_, fit.phi_, atol=0)
    assert (encoder.n_steps_, encoder.n_samples_seen_) == (6, 300)


def _accuracy(encoder, images, labels):
    """Of a read-out of 200 labels on all other rows."""
    features = encoder.transform(images)
    readout = LogisticRegression(max_iter=1000).fit(features[:200], labels[:200])
    return readout.score(features[200:], labels[200:])


def test_a_stream_is_as_good_as_one_fit(rule):
    images, labels = load_digits(return_X_y=True)
    settings = {"units": (32, 24), "batch_size": 64, "standardise": False}
    stream = LearnedUpdateEncoder(rule, random_state=0, **settings)
    fit = clone(stream).set_params(steps=112).fit(images)
    for _ in range(4):
        for start in range(0, 1792, 256):
            stream.partial_fit(images[start : start + 256])
    assert stream.n_steps_ == fit.n_steps_
    untrained = clone(stream).set_params(steps=0).fit(images)
    accuracy = _accuracy(fit, images, labels)
    assert accuracy > _accuracy(untrained, images, labels) + 0.1
    assert _accuracy(stream, images, labels) > accuracy - 0.04
