"""How concentrated weights are, and where they belong."""

import numpy as np

import learned_update as lu
from learned_update.reproductions.paper.receptive_fields import (
    concentration,
    drawn,
    receptive_fields,
    unpermuted,
)


def test_concentration():
    one_weight = np.eye(10)[:, :1]
    equal_weights = np.ones((10, 1))
    normal = np.random.default_rng(0).normal(size=(100_000, 1))
    kernel = concentration(np.concatenate([one_weight, equal_weights], axis=1))
    np.testing.assert_allclose(kernel, [10, 1])
    np.testing.assert_allclose(concentration(5 * normal), [3], atol=0.1)


def test_fields_are_put_back_from_the_order_of_the_pixels():
    phi = lu.UpdateRule().base_mlp((3, 2)).init_phi(6, 0)
    kernel = np.asarray(phi.layers[0].kernel)
    x, order = np.random.default_rng(0).normal(size=(4, 6)), [3, 0, 5, 1, 4, 2]
    np.testing.assert_allclose(x @ unpermuted(phi, order), x[:, order] @ kernel)


def test_all_data_sets_and_states_are_measured(tmp_path):
    rule = lu.UpdateRule()
    rule.save(tmp_path / "initial_rule.keras")
    measured = receptive_fields(
        rule,
        "mine",
        run_dir=tmp_path,
        datasets=("digits", "glyphs/lao"),
        size=5,
        examples_per_class=4,
        steps=2,
        units=(4, 2),
    )
    states = list(dict.fromkeys(row[:2] for row in measured.rows))
    assert states == [
        ("digits 5x5", "random initialisation"),
        ("digits 5x5", "initial theta"),
        ("glyphs/lao 5x5", "random initialisation"),
        ("glyphs/lao 5x5", "initial theta"),
    ]
    assert len(measured.rows) == 4 * 4


def test_first_states_and_the_last_are_drawn():
    assert drawn([1, 2, 3]) == [1, 2, 3]
    assert drawn([1, 2, 3, 4]) == [1, 2, 3, 4]
    assert drawn([1, 2, 3, 4, 5, 6]) == [1, 2, 3, 6]
