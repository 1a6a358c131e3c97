"""Outer steps: the meta-gradient, clipping, resets, restarts, interruption."""

import gc
import json
import os
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import learned_update as lu
from learned_update.meta.trees import unstack
from learned_update.ops.input_maps import PIXEL_SCALE
from learned_update.run_metrics import read_metrics
from learned_update.training import (
    MetaTrainer,
    Schedule,
    checkpoints,
    cosine_objective,
    meta_train,
    outer_step_of,
    restore_checkpoint,
    save_checkpoint,
)
from learned_update.training.outer_steps.slots import draw_phi, spare_phi
from learned_update.training.saving.checkpoint import SLOT_FIELDS
from learned_update.training.saving.folder import write_checkpoint
from learned_update.types import SKIPPED
from tests.arithmetic import assert_same_to_rounding
from tests.training import small_run


@pytest.fixture(scope="module")
def trainer():
    """Compiled once; tests restore the theta that they change."""
    return small_run.trainer()


@pytest.fixture
def theta(trainer):
    before = trainer.rule.get_weights()
    slots = [np.array(v) for v in trainer.optimizer.variables]
    yield before
    trainer.rule.set_weights(before)
    for variable, value in zip(trainer.optimizer.variables, slots, strict=True):
        variable.assign(value)


def plain_gradients(trainer, state, steps):
    """Gradients of one truncation, task by task: no scan, no map, no clipping."""
    group, drawn = trainer.groups[0], trainer.draw(state).groups[0]
    batch = keras.tree.map_structure(np.asarray, drawn.batch)
    variables = trainer.rule.trainable_variables
    targets = np.repeat(np.eye(3, dtype="float32"), 3, axis=0)
    objective, gradients, losses = cosine_objective(), [], []
    maps = unstack(drawn.input_map, group.slots)
    for slot, phi in enumerate(unstack(drawn.fresh, group.slots)):
        offset, matrix = (np.asarray(part) for part in maps[slot])

        def images(indices, offset=offset, matrix=matrix):
            return (group.tasks.pixels[indices] * PIXEL_SCALE - offset) @ matrix

        with tf.GradientTape() as tape:
            loss = 0.0
            for step in range(steps):
                x = images(batch.inner[step, slot]).astype("float32")
                phi = lu.inner_step(trainer.rule, group.base, phi, x)
                labelled = np.concatenate(
                    [batch.support[step, slot], batch.query[step, slot]]
                )
                features = group.base.embed(phi, images(labelled).astype("float32"))
                loss += objective(features[:9], targets, features[9:], targets)[0]
            loss = loss / steps
        gradients.append(
            tape.gradient(
                loss,
                [v.value for v in variables],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
        )
        losses.append(float(loss))
    return gradients, losses


def global_norm(gradient):
    return np.sqrt(sum(np.sum(np.square(g)) for g in gradient))


def test_meta_gradient_is_the_mean_of_clipped_gradients_of_tasks():
    trainer = small_run.trainer(lu.UpdateRule(seed=1), clip_norm=0.05)
    state = trainer.initial_state()
    drawn = trainer.draw(state)
    gradients, losses = plain_gradients(trainer, state, drawn.steps)
    norms = np.array([global_norm(g) for g in gradients])
    assert (norms > trainer.clip_norm).any()
    scales = np.minimum(1, trainer.clip_norm / norms)
    clipped = [
        np.mean([s * g for s, g in zip(scales, each, strict=True)], axis=0)
        for each in zip(*gradients, strict=True)
    ]

    def of_trainer(weights, fresh):
        trainer.rule.set_weights(weights)
        begun = drawn.groups[0]._replace(fresh=fresh)
        phis = {0: trainer.initial_state().groups[0].phi}
        results = trainer._outer_step.truncations(
            phis, drawn._replace(groups={0: begun})
        )
        loss, _, norm, _ = np.asarray(results[0].figures)
        return loss, norm, list(results[0].gradient)

    assert_same_to_rounding(
        (np.array(losses), norms, clipped),
        of_trainer,
        trainer.rule.get_weights(),
        drawn.groups[0].fresh,
        steps=drawn.steps,
    )


def test_unrolls_that_go_on_get_no_fresh_phi(trainer, theta):
    state = trainer.initial_state()
    slots = {"inner_step": np.array([4, 0]), "unroll_length": np.array([50, 60])}
    state = state._replace(groups=(state.groups[0]._replace(**slots),))
    drawn = trainer.draw(state).groups[0]
    np.testing.assert_array_equal(drawn.begins, [False, True])
    expected = draw_phi(trainer.groups[0], slot=1, unroll=0)
    for fresh, leaf in zip(
        keras.tree.flatten(drawn.fresh), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_array_equal(fresh[1], leaf)
        assert not np.asarray(fresh[0]).any()
    state, metrics = trainer.step(state, trainer.draw(state))
    steps = metrics["truncation_length"]
    assert state.groups[0].inner_step.tolist() == [4 + steps, steps]


def test_slots_begin_anew_on_their_own_and_at_different_phases():
    run = small_run.trainer(
        groups=small_run.groups(slots=6),
        schedule=Schedule(truncation_lengths=(2,), unroll_lengths=(40, 200)),
    )
    lengths = run.initial_state().groups[0].unroll_length
    assert len(set(lengths.tolist())) > 3
    assert lengths.min() < 40


def with_nan(state, slot):
    """The state with one number of one slot's phi not finite."""
    inner = state.groups[0]
    leaves = [np.array(leaf) for leaf in keras.tree.flatten(inner.phi)]
    leaves[0][slot, 0, 0] = np.nan
    phi = [ops.convert_to_tensor(leaf) for leaf in leaves]
    phi = keras.tree.pack_sequence_as(inner.phi, phi)
    return state._replace(groups=(inner._replace(phi=phi),))


def test_a_broken_unroll_goes_on_from_the_spare_phi_and_begins_anew(
    trainer, theta, tmp_path
):
    state = trainer.initial_state()
    state = state._replace(  # as if all unrolls had gone on for one step
        groups=(
            state.groups[0]._replace(
                phi=trainer.draw(state).groups[0].fresh,
                inner_step=np.array([1, 1]),
                unroll_length=np.array([50, 60]),
            ),
        )
    )
    state, metrics = trainer.step(with_nan(state, slot=1))
    assert state.counts[SKIPPED] == metrics["skipped"] == 1
    assert metrics["exploded"] == metrics["rolled_back"] == 0
    for before, after in zip(theta, trainer.rule.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert int(trainer.optimizer.iterations) == 0
    np.testing.assert_array_equal(state.groups[0].broken, [False, True])
    steps = metrics["truncation_length"]
    assert state.groups[0].inner_step.tolist() == [1 + steps] * 2
    spare = spare_phi(trainer.groups[0])
    for leaf, expected in zip(
        keras.tree.flatten(state.groups[0].phi), keras.tree.flatten(spare), strict=True
    ):
        np.testing.assert_array_equal(leaf[1], expected)
        assert not np.array_equal(leaf[0], expected)

    path = save_checkpoint(tmp_path, trainer, state)
    following, metrics = trainer.step(state)
    assert metrics["skipped"] == 1
    assert metrics["resets"] == 1
    assert np.isfinite(metrics["meta_loss"])
    assert following.groups[0].unroll.tolist() == [0, 1]
    assert following.groups[0].inner_step[1] == 0
    assert int(trainer.optimizer.iterations) == 1
    moved = trainer.rule.get_weights()

    again, _ = trainer.step(restore_checkpoint(path, trainer))
    for a, b in zip(moved, trainer.rule.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for field in SLOT_FIELDS:
        np.testing.assert_array_equal(
            getattr(following.groups[0], field), getattr(again.groups[0], field)
        )


def test_restart_changes_nothing(trainer, theta, tmp_path):
    state = trainer.initial_state()
    for _ in range(2):
        state, _ = trainer.step(state)
    path = save_checkpoint(tmp_path, trainer, state)
    for _ in range(2):
        state, metrics = trainer.step(state)
    expected = trainer.rule.get_weights()
    restored = restore_checkpoint(path, trainer)
    assert restored.outer_step == 2
    for _ in range(2):
        restored, again = trainer.step(restored)
    for a, b in zip(expected, trainer.rule.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert timeless(metrics) == timeless(again)


def timeless(metrics):
    return {x: y for x, y in metrics.items() if x != "peak_memory_gb"}


def test_only_the_newest_checkpoints_are_kept(trainer, tmp_path):
    state = trainer.initial_state()
    for step in range(5):
        save_checkpoint(tmp_path, trainer, state._replace(outer_step=step), keep=2)
    assert [p.name for p in checkpoints(tmp_path)] == [
        "outer_step_00000003.npz",
        "outer_step_00000004.npz",
    ]


def test_checkpoints_for_figures_are_kept_for_good(trainer, tmp_path):
    state = trainer.initial_state()
    for step in range(10):
        state = state._replace(outer_step=step)
        save_checkpoint(tmp_path, trainer, state, keep=2, keep_every=3)
    assert [outer_step_of(p) for p in checkpoints(tmp_path)] == [0, 3, 6, 8, 9]


def test_checkpoints_of_the_best_rules_are_kept_while_they_are_the_best(tmp_path):
    for step in range(8):
        best = {2} if step < 6 else {5}
        write_checkpoint(tmp_path, {"outer_step": step}, keep=2, best=best)
        found = [outer_step_of(p) for p in checkpoints(tmp_path)]
        assert found[-2:] == [x for x in (step - 1, step) if x >= 0]
        assert found[:-2] == ([2] if 3 < step < 6 else [5] if step == 7 else [])


def test_bad_checkpoints_are_refused_and_change_nothing(trainer, theta, tmp_path):
    state = trainer.initial_state()
    path = save_checkpoint(tmp_path, trainer, state)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="cannot be read.*goes on from the one before"):
        restore_checkpoint(path, trainer)
    np.savez(tmp_path / "foreign.npz", a=np.zeros(3))
    with pytest.raises(ValueError, match="another configuration.*config.gin"):
        restore_checkpoint(tmp_path / "foreign.npz", trainer)
    with pytest.raises(ValueError, match="cannot be read"):
        restore_checkpoint(tmp_path / "missing.npz", trainer)
    other = small_run.trainer(groups=small_run.groups(units=(6,)))
    path.write_bytes(content)
    with pytest.raises(ValueError, match="another configuration.*group/0/phi/000"):
        restore_checkpoint(path, other)
    for before, after in zip(theta, trainer.rule.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def small_meta_train(run_dir, **options):
    return meta_train(
        run_dir,
        **{
            "seed": 3,
            "rule": lu.UpdateRule,
            "groups": small_run.groups(),
            "outer_steps": 3,
            "schedule": Schedule(truncation_lengths=(2,), unroll_lengths=(3, 8)),
            "checkpoint_every": 2,
            **options,
        },
    )


def test_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    whole = small_meta_train(tmp_path / "whole")
    step = MetaTrainer.step

    def interrupted_step(self, state, drawn):
        if state.outer_step == 0:
            os.kill(os.getpid(), signal.SIGINT)
        return step(self, state, drawn)

    monkeypatch.setattr(MetaTrainer, "step", interrupted_step)
    with pytest.raises(KeyboardInterrupt, match="after outer step 1 of 3"):
        small_meta_train(tmp_path / "cut")
    assert (tmp_path / "cut" / "rule.keras").is_file()
    assert len(read_metrics(tmp_path / "cut")) == 1
    monkeypatch.undo()

    resumed = small_meta_train(tmp_path / "cut")
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    losses = [
        [row["meta_loss"] for row in read_metrics(tmp_path / run)]
        for run in ("whole", "cut")
    ]
    assert losses[0] == losses[1]
    assert [row["outer_step"] for row in read_metrics(tmp_path / "cut")] == [1, 2, 3]
    loaded = lu.load_rule(tmp_path / "cut")
    for a, b in zip(loaded.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert any((tmp_path / "whole" / "events").iterdir())


def test_a_class_that_is_held_out_is_not_trained_on(tmp_path):
    held_out = small_run.images(classes=2)
    with pytest.raises(ValueError, match="prototypes.*'?0'?"):
        small_meta_train(tmp_path / "run", held_out=[held_out])
    assert not (tmp_path / "run").exists()


def test_metrics_cut_off_after_the_last_checkpoint_are_dropped(tmp_path):
    from learned_update.training import MetricsLog

    lines = [json.dumps({"outer_step": i, "meta_loss": 0.5}) for i in (1, 2, 3)]
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines) + '\n{"outer_st')
    with MetricsLog(tmp_path, outer_step=2) as log:
        log.write({"outer_step": 3, "meta_loss": 0.25})
    rows = read_metrics(tmp_path)
    assert [(r["outer_step"], r["meta_loss"]) for r in rows] == [
        (1, 0.5),
        (2, 0.5),
        (3, 0.25),
    ]


def test_events_need_a_folder_in_utf8_and_leave_no_file_open(tmp_path, recwarn):
    from learned_update.training import MetricsLog

    run_dir = tmp_path / os.fsdecode(b"run\xff")
    run_dir.mkdir()
    message = r"TensorFlow cannot write to .*run\\xff. Expected: a path in UTF-8"
    with pytest.raises(ValueError, match=message):
        MetricsLog(run_dir, tensorboard=True)
    gc.collect()
    assert [x for x in recwarn if x.category is ResourceWarning] == []
    with MetricsLog(run_dir) as log:
        log.write({"outer_step": 1})
    assert read_metrics(run_dir) == [{"outer_step": 1}]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": ()}, "at least one group"),
        ({"groups": small_run.groups(slots=0)}, "too few tasks.*slots=0"),
        (
            {"groups": [small_run.groups()[0]._replace(batch_size=1)]},
            "small batches.*batch_size=1",
        ),
        ({"rematerialise": True}, "policy of rematerialisation.*none, steps.*True"),
        ({"groups_per_step": 2}, "at least one group.*groups_per_step=2"),
        ({"schedule": Schedule((0,), (1, 2))}, "at least one inner step"),
        ({"schedule": Schedule((1,), (5, 2))}, "range of unroll lengths is empty"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small_run.trainer(**options)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outer_steps": 0}, "at least one outer step.*outer_steps=0"),
        ({"outer_steps": "3"}, "at least one outer step.*outer_steps='3'"),
        ({"outer_steps": 2.5}, "at least one outer step.*outer_steps=2.5"),
        ({"seed": -1}, "Nothing can be drawn with this seed.*seed=-1"),
        ({"seed": "7"}, "Nothing can be drawn with this seed.*seed='7'"),
    ],
)
def test_numbers_of_a_run(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        small_meta_train(tmp_path, **changes)
    assert not list(tmp_path.iterdir())
