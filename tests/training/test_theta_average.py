"""The mean of theta over late outer steps: values, restarts, what a run gives."""

import json

import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.evaluation.few_shot.run_report import averaging_in_words
from learned_update.run_metrics import read_origins
from learned_update.training import (
    ThetaAverage,
    checkpoints,
    meta_train,
    read_checkpoint,
    restore_checkpoint,
    save_checkpoint,
    theta_average,
)
from learned_update.training.theta_average import average_step
from tests.rules_and_bases import perturbed
from tests.training import small_run

OUTER_STEPS = 6
THETA = np.random.default_rng(0).normal(size=(OUTER_STEPS, 3, 2))


def running_means(average):
    """Of a course of theta, in float64."""
    values, means = [np.int32(0), THETA[0]], []
    for theta in THETA:
        values = average_step(average, values, [ops.convert_to_tensor(theta)])
        means.append(np.asarray(values[1]))
    assert int(values[0]) == OUTER_STEPS
    return means


def test_a_uniform_mean():
    means = running_means(ThetaAverage(begin=2))
    for step in range(OUTER_STEPS):
        expected = THETA[step] if step < 2 else THETA[2 : step + 1].mean(axis=0)
        np.testing.assert_allclose(means[step], expected, rtol=0, atol=1e-12)


def test_an_exponential_mean_is_uniform_while_it_is_short():
    means = running_means(ThetaAverage(begin=1, decay=0.6))
    expected = THETA[1:3].mean(axis=0)  # weights 1 and 1/2, then 0.4
    np.testing.assert_allclose(means[2], expected, atol=1e-12)
    for step in range(3, OUTER_STEPS):
        expected = 0.6 * expected + 0.4 * THETA[step]
        np.testing.assert_allclose(means[step], expected, rtol=0, atol=1e-12)


def test_a_share_of_the_run():
    assert theta_average(200) == ThetaAverage(begin=150, decay=None)
    assert theta_average(200, share=1.0, decay=0.99) == ThetaAverage(0, 0.99)
    assert theta_average(3, share=0.01) == ThetaAverage(2)
    for wrong in ({"share": 0.0}, {"share": 1.5}, {"decay": 1.0}):
        with pytest.raises(ValueError, match=r"cannot be averaged like this.*share ="):
            theta_average(100, **wrong)


def test_it_is_kept_and_goes_on_exactly(tmp_path):
    trainer = small_run.trainer(theta_average=ThetaAverage(begin=1))
    assert trainer.rule_to_keep() is not trainer.rule
    state, thetas, paths = trainer.initial_state(), [], []
    for _ in range(4):
        state, _ = trainer.step(state)
        thetas.append(trainer.rule.get_weights())
        paths.append(save_checkpoint(tmp_path, trainer, state, keep=9))
    kept = trainer.rule_to_keep().get_weights()
    for position, found in enumerate(kept):
        parts = [theta[position].astype("float64") for theta in thetas[1:]]
        np.testing.assert_allclose(found, np.mean(parts, axis=0), rtol=1e-5, atol=1e-6)
    assert any((a != b).any() for a, b in zip(kept, thetas[-1], strict=True))
    state = restore_checkpoint(paths[1], trainer)
    for _ in range(2):
        state, _ = trainer.step(state)
    again = read_checkpoint(save_checkpoint(tmp_path / "again", trainer, state))
    for name, array in read_checkpoint(paths[3]).items():
        np.testing.assert_array_equal(again[name], array, err_msg=name)
    for a, b in zip(kept, trainer.rule_to_keep().get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_checkpoint_without_it_is_of_another_configuration(tmp_path):
    plain = small_run.trainer()
    assert plain.average == []
    assert plain.rule_to_keep() is plain.rule
    path = save_checkpoint(tmp_path, plain, plain.initial_state())
    averaging = small_run.trainer(theta_average=ThetaAverage(begin=1))
    with pytest.raises(ValueError, match="another configuration.*average/000"):
        restore_checkpoint(path, averaging)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ({}, ""),
        ({"begin": 7, "decay": None}, "theta is the mean over the outer steps after 7"),
        ({"begin": 7, "decay": 0.9}, "theta is the exponential mean over the outer"),
    ],
)
def test_a_report_says_so(tmp_path, origin, words):
    said = {"origin": {"theta_average": origin} if origin else {}}
    (tmp_path / "metrics.jsonl").write_text(json.dumps(said) + "\n")
    found = averaging_in_words(tmp_path)
    assert found.startswith(words)
    assert found.endswith("; " if words else "")


def test_long_run_from_another_rule(tmp_path):
    """It starts from that rule, gives the mean, and goes on where it was cut."""
    other = perturbed(lu.UpdateRule(seed=9), scale=0.01)
    other.save(tmp_path / "other.keras")

    def run(folder, outer_steps):
        return meta_train(
            tmp_path / folder,
            seed=3,
            rule=lambda seed: lu.UpdateRule(seed=seed),
            groups=small_run.groups(),
            outer_steps=outer_steps,
            schedule=small_run.SCHEDULE,
            initial_rule=tmp_path / "other.keras",
            theta_average=ThetaAverage(begin=1),
            checkpoint_every=1,
            keep_last=9,
            progress=False,
            tensorboard=False,
        )

    whole = run("whole", 4)
    run("cut", 2)
    (tmp_path / "other.keras").unlink()  # a run that goes on has its own theta
    resumed = run("cut", 4)
    folder = tmp_path / "whole"
    thetas = [read_checkpoint(path) for path in checkpoints(folder / "checkpoints")]
    assert len(thetas) == 5
    for position, value in enumerate(other.get_weights()):
        name = f"theta/{position:03d}"
        np.testing.assert_array_equal(thetas[0][name], value)
        mean = np.mean([x[name].astype("float64") for x in thetas[2:]], axis=0)
        np.testing.assert_allclose(
            whole.get_weights()[position], mean, rtol=1e-5, atol=1e-6
        )
    for rule in (lu.load_rule(folder), resumed, lu.load_rule(tmp_path / "cut")):
        for a, b in zip(rule.get_weights(), whole.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    initial = lu.load_rule(folder / "initial_rule.keras")
    for a, b in zip(initial.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    (said,) = read_origins(folder)
    assert said["initial_rule"] == str(tmp_path / "other.keras")
    assert said["theta_average"] == {"begin": 1, "decay": None}
