"""Which states of theta a run has to show."""

import numpy as np

import learned_update as lu
from learned_update.reproductions.shared.run_thetas import run_thetas


def test_checkpoints_of_a_run_come_in_order(tmp_path):
    rule = lu.UpdateRule()
    rule.save(tmp_path / "initial_rule.keras")
    (tmp_path / "checkpoints").mkdir()
    for step in (20, 5):
        theta = {
            f"theta/{i:03d}": np.full(v.shape, float(step), "float32")
            for i, v in enumerate(rule.trainable_variables)
        }
        np.savez(tmp_path / "checkpoints" / f"outer_step_{step:08d}.npz", **theta)
    found = list(run_thetas(rule, "mine", tmp_path))
    titles = [title for title, _ in found]
    assert titles == ["initial theta", "outer step 5", "outer step 20"]
    assert all((value == 20).all() for value in found[-1][1])
    assert [title for title, _ in run_thetas(rule, "mine")] == ["mine"]
