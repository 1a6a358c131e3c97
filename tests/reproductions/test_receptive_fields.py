"""How concentrated weights are, and which rules are shown."""

import numpy as np

import learned_update as lu
from learned_update.reproductions.receptive_fields import _thetas, concentration


def test_concentration():
    one_weight = np.eye(10)[:, :1]
    equal_weights = np.ones((10, 1))
    normal = np.random.default_rng(0).normal(size=(100_000, 1))
    kernel = concentration(np.concatenate([one_weight, equal_weights], axis=1))
    np.testing.assert_allclose(kernel, [10, 1])
    np.testing.assert_allclose(concentration(5 * normal), [3], atol=0.1)


def test_checkpoints_of_a_run_are_shown_in_order(tmp_path):
    rule = lu.UpdateRule()
    rule.save(tmp_path / "initial_rule.keras")
    (tmp_path / "checkpoints").mkdir()
    for step in (20, 5):
        theta = {
            f"theta/{i:03d}": np.full(v.shape, float(step), "float32")
            for i, v in enumerate(rule.trainable_variables)
        }
        np.savez(tmp_path / "checkpoints" / f"outer_step_{step:08d}.npz", **theta)
    found = list(_thetas(rule, "mine", tmp_path))
    titles = [title for title, _ in found]
    assert titles == ["initial theta", "outer step 5", "outer step 20"]
    assert all((value == 20).all() for value in found[-1][1])
    assert [title for title, _ in _thetas(rule, "mine", None)] == ["mine"]
