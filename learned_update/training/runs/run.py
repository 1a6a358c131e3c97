"""A meta-training run: a directory, a trainer and everything that it keeps."""

import pathlib
from numbers import Integral

import gin
import keras
from absl import logging

from learned_update import backend
from learned_update.cache import cache_folder
from learned_update.data.catalogue.partitions import check_disjoint
from learned_update.errors import invalid
from learned_update.progress import Progress
from learned_update.training.devices.choice import choose_devices
from learned_update.training.hosts.alone import Alone
from learned_update.training.runs.ahead import DrawsAhead
from learned_update.training.runs.checkpoint import (
    checkpoint_arrays,
    checkpoints,
    restore_checkpoint,
    write_checkpoint,
)
from learned_update.training.runs.interruption import interruption
from learned_update.training.runs.late_metrics import LateMetrics
from learned_update.training.runs.metrics_log import MetricsLog
from learned_update.training.runs.unlogged import Unlogged
from learned_update.training.runs.unmonitored import Unmonitored
from learned_update.training.trainer import MetaTrainer

RULE_FILE = "rule.keras"
INITIAL_RULE_FILE = "initial_rule.keras"
CHECKPOINT_FOLDER = "checkpoints"


@gin.configurable(module="learned_update")
def meta_train(
    run_dir,
    seed=0,
    rule=gin.REQUIRED,
    groups=gin.REQUIRED,
    outer_steps=gin.REQUIRED,
    optimizer=None,
    objective=None,
    schedule=None,
    clip_norm=0.3,
    joint_statistics=True,
    groups_per_step=None,
    rematerialise="steps",
    devices="auto",
    checkpoint_every=50,
    keep_every=None,
    compilation_cache=None,
    held_out=(),
    monitor=None,
    tensorboard=None,
    progress=None,
    hosts=None,
):
    """Meta-trains a rule in a run directory, or goes on where the run stands.

    The directory gets `metrics.jsonl`, TensorBoard `events/`, `checkpoints/`,
    `initial_rule.keras`, and `rule.keras` at every checkpoint. Ctrl-C finishes the
    outer step under way, writes a checkpoint and raises `KeyboardInterrupt`.

    Args:
        run_dir: folder of the run; made if needed.
        seed: of the initial theta and of everything that is drawn.
        rule: function of `seed` that makes an `UpdateRule`.
        groups: `TaskGroup`s.
        outer_steps: of the whole run.
        optimizer: Keras optimizer of theta; Adam at 3e-3 if None.
        objective: as `meta_objective`; the cosine distance if None.
        schedule: `Schedule` of the lengths of truncations and unrolls.
        clip_norm: bound of the norm of one task's gradient.
        joint_statistics: whether support and query are embedded as one batch, as the
            authors did, or both with the batch statistics of the support.
        groups_per_step: groups that an outer step visits in turn; all if None.
        rematerialise: what the gradient computes again to save memory, see
            `MetaTrainer`.
        devices: of each host, an integer, that share the tasks of every group evenly;
            `"auto"` takes the largest number that there are and that divides the
            tasks. The run is the same, but for round-off.
        checkpoint_every: outer steps between two checkpoints, of which the newest
            three are kept.
        keep_every: checkpoints at multiples of so many outer steps are kept for good,
            for figures over meta-training; None keeps none of them.
        compilation_cache: folder that keeps what XLA compiles, so that the next start
            does not; on JAX. None takes `compiled` in the package's cache folder
            (`cache.cache_folder`), `""` keeps nothing.
        held_out: `Dataset`s that the rule will be judged by; none of their classes may
            occur in the tasks.
        monitor: what evaluates the rule while it is trained, such as
            `held_out_monitor()`; nothing does if None. It does not change the run.
        tensorboard: whether to write events; None does so on the TensorFlow backend.
        progress: whether to show a bar; None shows it on a terminal.
        hosts: that do the run together, `Hosts`, of which the first writes; None if
            this is the only one.

    Returns:
        The trained `UpdateRule`.

    Raises:
        ValueError: a setting makes no sense, a class is both trained on and held
            out, or the directory holds a run of another
            configuration or a corrupt checkpoint.
        KeyboardInterrupt: after Ctrl-C, with everything so far on disk.
    """
    _check_integers(outer_steps, seed)
    groups = tuple(groups)
    hosts = hosts or Alone()
    monitor = Unmonitored() if monitor is None else monitor
    for group in groups:
        check_disjoint(group.tasks.datasets, (*held_out, *monitor.datasets))
    if compilation_cache is None:
        compilation_cache = cache_folder() / "compiled"
    if compilation_cache:
        backend.keep_compiled(compilation_cache)
    run_dir = pathlib.Path(run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    rule = rule(seed=seed)
    trainer = MetaTrainer(
        rule,
        groups,
        optimizer=optimizer,
        objective=objective,
        schedule=schedule,
        clip_norm=clip_norm,
        joint_statistics=joint_statistics,
        groups_per_step=groups_per_step,
        seed=seed,
        rematerialise=rematerialise,
        devices=choose_devices(devices, [group.slots for group in groups], hosts),
    )
    if hosts.first and not (run_dir / INITIAL_RULE_FILE).exists():
        rule.save(run_dir / INITIAL_RULE_FILE)
    state = _resumed(run_dir, trainer, hosts)
    if not hosts.first:
        monitor, progress = Unmonitored(), False
    watch = monitor.start(run_dir, rule, state.outer_step, outer_steps)
    if tensorboard is None:
        tensorboard = keras.backend.backend() == "tensorflow"
    with (
        MetricsLog(run_dir, state.outer_step, tensorboard)
        if hosts.first
        else Unlogged() as log,
        Progress(
            outer_steps, "outer steps", initial=state.outer_step, enabled=progress
        ) as bar,
        interruption() as interrupted,
    ):
        if watch.due(state.outer_step):
            _evaluate(watch, state.outer_step, log)
        (stopping,) = hosts.any(interrupted.is_set())
        _check_interrupted(stopping, run_dir, state.outer_step, outer_steps)
        late = LateMetrics(log.write, watch.observe, bar)
        with DrawsAhead(trainer, state, outer_steps) as ahead:
            while state.outer_step < outer_steps:
                state, metrics = trainer.step(state, ahead.take(state))
                late.add(metrics)
                last = state.outer_step == outer_steps
                due, stopping = hosts.any(
                    watch.due(state.outer_step), interrupted.is_set()
                )
                if due or last or stopping or state.outer_step % checkpoint_every == 0:
                    late.read_all()
                    arrays = checkpoint_arrays(trainer, state)
                    if hosts.first:
                        write_checkpoint(
                            run_dir / CHECKPOINT_FOLDER, arrays, keep_every=keep_every
                        )
                        rule.save(run_dir / RULE_FILE)
                    logging.info("outer step %d: %s", state.outer_step, dict(metrics))
                    if due and not stopping:
                        _evaluate(watch, state.outer_step, log)
                    (stopping,) = hosts.any(interrupted.is_set())
                    _check_interrupted(stopping, run_dir, state.outer_step, outer_steps)
                    late.restart_clock()
    return rule


def _evaluate(watch, outer_step, log):
    """Evaluates theta as it is now; TensorBoard shows it too."""
    scores = watch.evaluate(outer_step)
    scalars = {f"held_out_accuracy/{x.domain}": x.accuracy for x in scores}
    log.write_events(outer_step, scalars)


def _check_interrupted(stopping, run_dir, outer_step, outer_steps):
    """Raises `KeyboardInterrupt` if Ctrl-C was pressed; there must be a checkpoint."""
    if stopping:
        raise KeyboardInterrupt(
            f"Stopped after outer step {outer_step} of {outer_steps}; everything so "
            f"far is in {run_dir}. The same command goes on."
        )


def _check_integers(outer_steps, seed):
    if not isinstance(outer_steps, Integral) or outer_steps < 1:
        raise invalid(
            "A run needs at least one outer step.",
            expected="outer_steps >= 1, an integer",
            received=f"outer_steps={outer_steps!r}",
            remedy="The quickstart does a few hundred.",
        )
    if not isinstance(seed, Integral) or seed < 0:
        raise invalid(
            "Nothing can be drawn with this seed.",
            expected="seed >= 0, an integer",
            received=f"seed={seed!r}",
            remedy="Pass another one.",
        )


def _resumed(run_dir, trainer, hosts):
    """The newest state in the directory, or the initial one."""
    saved = checkpoints(run_dir / CHECKPOINT_FOLDER)
    newest = hosts.exchange(saved[-1].name if saved else "none")
    if len({*newest}) > 1:
        raise invalid(
            "The hosts of a run do not see the same checkpoints.",
            expected=f"{newest[0]} as the newest of {run_dir}, as process 0 sees it",
            received=", ".join(f"{x} by process {i}" for i, x in enumerate(newest)),
            remedy="Put the run directory on a file system that all hosts share.",
        )
    if not saved:
        return trainer.initial_state()
    state = restore_checkpoint(saved[-1], trainer)
    logging.info("Resuming %s after outer step %d.", run_dir, state.outer_step)
    return state
