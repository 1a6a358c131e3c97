"""All learners on one interface: a table of methods by properties, without traces."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.few_shot import METHODS, few_shot_learner, load_learner
from learned_update.few_shot.episodes.episode import Episode
from tests.few_shot.small import (
    FLOAT64,
    SHOTS,
    WAYS,
    eager,
    episode,
    episodes,
    float64,
    learner,
)

RULES = ("rule-ridge", "rule-prototypical")
TRAINED = [
    name
    for name in METHODS
    if name not in (*RULES, "nearest-neighbour", "from-scratch")
]


@functools.cache
def made(method):
    return learner(method)


@functools.cache
def predicted(method):
    return eager(made(method), episode())


@pytest.mark.parametrize("method", METHODS)
def test_probabilities_of_any_shots(method):
    for found, drawn in (
        (predicted(method), episode()),
        (eager(made(method), episode(shots=1)), episode(shots=1)),
    ):
        assert found.shape == (len(drawn.query_x), WAYS)
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
        assert (found >= 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_any_ways_or_a_clear_error(method):
    drawn = episode(ways=4)
    if not made(method).fixed_ways:
        assert eager(made(method), drawn).shape == (len(drawn.query_x), 4)
        return
    message = (
        rf"A {method} learner predicts as many classes as it was meta-trained with\. "
        r"Expected: a support of 3 classes\. Received: 4 classes\. Meta-train on"
    )
    with pytest.raises(ValueError, match=message):
        made(method).predict(drawn.support_x, drawn.support_y, drawn.query_x)


def shaken(one):
    """A theta in which nothing is 0, as it is after some training."""
    rng = np.random.default_rng(7)
    return keras.tree.map_structure(
        lambda a: a + rng.normal(0, 0.3, a.shape).astype("float32"), one.theta()
    )


NO_RULES = [name for name in METHODS if name not in RULES]


def exactly(method, drawn):
    """Probabilities in float64, at a theta in which nothing is 0."""
    one = made(method)
    return eager(one, Episode(*float64(tuple(drawn))), float64(shaken(one)))


@FLOAT64
@pytest.mark.parametrize("method", NO_RULES)
def test_order_of_the_support(method):
    drawn = episode()
    order = np.roll(np.arange(WAYS * SHOTS), 1)
    moved = drawn._replace(
        support_x=drawn.support_x[order], support_y=drawn.support_y[order]
    )
    change = np.abs(exactly(method, moved) - exactly(method, drawn)).max()
    assert change > 1e-5 if made(method).ordered else change < 1e-9


@FLOAT64
@pytest.mark.parametrize("method", NO_RULES)
def test_other_queries_do_not_change_what_is_said_of_one(method):
    drawn = episode()
    alone = drawn._replace(query_x=drawn.query_x[:1], query_y=drawn.query_y[:1])
    found, together = (exactly(method, each) for each in (alone, drawn))
    np.testing.assert_allclose(found, together[:1], atol=1e-9)


@FLOAT64
@pytest.mark.parametrize("method", RULES)
def test_order_of_what_a_rule_is_read_out_by(method):
    rng = np.random.default_rng(8)
    support, query = rng.normal(size=(6, 4)), rng.normal(size=(3, 4))
    membership, order = np.eye(2)[[0, 1, 1, 0, 1, 0]], np.roll(np.arange(6), 1)
    one = made(method)
    found = one.read_out(*float64((support[order], membership[order], query)))
    expected = one.read_out(*float64((support, membership, query)))
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("method", TRAINED)
def test_meta_gradient_is_of_theta_and_not_zero(method):
    one = made(method)
    drawn = Episode(*map(ops.convert_to_tensor, episode()))
    loss, gradient = one.meta_gradient(shaken(one), drawn)
    assert np.isfinite(float(loss))
    flat = [ops.convert_to_numpy(g) for g in keras.tree.flatten(gradient)]
    shapes = [tuple(v.shape) for v in one.trainable_variables]
    assert [g.shape for g in flat] == shapes
    assert all(np.isfinite(g).all() for g in flat)
    assert sum(np.abs(g).max() > 0 for g in flat) > 0.8 * len(flat)


@pytest.mark.parametrize("method", METHODS)
def test_files(method, tmp_path):
    path = tmp_path / "learner.keras"
    made(method).save(path)
    loaded = load_learner(path, method)
    assert type(loaded) is METHODS[method]
    assert loaded.get_config() == made(method).get_config()
    for one, other in zip(loaded.weights, made(method).weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_file_of_another_learner_or_of_none(tmp_path):
    path = tmp_path / "learner.keras"
    made("prototypical").save(path)
    with pytest.raises(
        ValueError, match=r"another method\. Expected: maml\. Received: p"
    ):
        load_learner(path, "maml")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ValueError, match="holds no few-shot learner that can be"):
        load_learner(path)
    with pytest.raises(FileNotFoundError, match=r"no few-shot learner.*few-shot train"):
        load_learner(tmp_path / "absent.keras")
    made("rule-ridge").rule.save(path)
    with pytest.raises(ValueError, match="Received: a UpdateRule"):
        load_learner(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: few_shot_learner("protypical"),
            "no few-shot learner 'protypical'. Expected: one of prototypical, matching",
        ),
        (
            lambda: few_shot_learner("maml", distance="cosine"),
            "The maml learner has no setting 'distance'. Expected: some of embedding",
        ),
        (lambda: few_shot_learner("prototypical", distance="l1"), "no distance 'l1'"),
        (lambda: few_shot_learner("prototypical", statistics="b"), "no batch statis"),
        (lambda: few_shot_learner("rule-ridge"), "needs a rule.*--rule"),
        (
            lambda: few_shot_learner("prototypical").predict([], [], []),
            "has learned nothing yet",
        ),
    ],
)
def test_wrong_methods_and_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y, q: (x[:, :2], y, q), r"The support does not fit.*\(6, 2, 4, 1\)"),
        (lambda x, y, q: (x, y[:3], q), "teaches nothing.*labels of shape"),
        (lambda x, y, q: (x, 0 * y, q), "teaches nothing.*1 classes"),
        (lambda x, y, q: (x, y, q[:0]), "The query does not fit"),
        (lambda x, y, q: (x, y, q * np.nan), "The query is not finite"),
    ],
)
def test_wrong_episodes(change, message):
    drawn = episode()
    with pytest.raises(ValueError, match=message):
        made("prototypical").predict(
            *change(drawn.support_x, drawn.support_y, drawn.query_x)
        )


def test_labels_of_any_kind_are_in_ascending_order():
    one, drawn = made("prototypical"), episode()
    names = np.array(["b", "c", "a"])[drawn.support_y]
    found = one.predict(drawn.support_x, names, np.uint8(255 * drawn.query_x))
    np.testing.assert_allclose(found[:, [1, 2, 0]], predicted("prototypical"), atol=0.1)


def test_other_episodes_need_another_learner():
    with pytest.raises(ValueError, match="was made for other episodes.*'ways': 3"):
        made("maml").fit(episodes(ways=2), steps=1)


def test_fast_weights_do_not_hide_at_first_what_slow_ones_see():
    one = made("meta-networks")
    features = ops.ones((WAYS, one.embedding.features))
    found = one._fast_representation(one.theta(), features, ops.eye(WAYS))
    np.testing.assert_array_equal(found, np.zeros(found.shape))


def test_only_keras_files_are_written(tmp_path):
    with pytest.raises(ValueError, match=r"saved as a Keras file.*learner\.npz"):
        made("prototypical").save(tmp_path / "learner.npz")
    with pytest.raises(ValueError, match="has learned nothing yet"):
        few_shot_learner("maml").save(tmp_path / "learner.keras")
