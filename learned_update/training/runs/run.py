"""A meta-training run: a directory, a trainer and everything that it keeps."""

import contextlib
import pathlib
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import gin
import keras

from learned_update import backend
from learned_update.cache import cache_folder
from learned_update.data.catalogue.partitions import check_disjoint
from learned_update.errors import invalid
from learned_update.files import writing
from learned_update.layers.rule import Rule
from learned_update.progress import Progress
from learned_update.training.devices.choice import choose_devices
from learned_update.training.directory.lock import run_lock
from learned_update.training.directory.origin import origin
from learned_update.training.guards.guard import Guard
from learned_update.training.guards.guards import Guards
from learned_update.training.hosts.alone import Alone
from learned_update.training.initial_theta import start_from
from learned_update.training.runs.interruption import interruption
from learned_update.training.runs.metrics_log import MetricsLog, rows_until
from learned_update.training.runs.outer_loop import Keeping, OuterLoop
from learned_update.training.runs.resumption import resumed
from learned_update.training.runs.unlogged import Unlogged
from learned_update.training.runs.unmonitored import Unmonitored
from learned_update.training.saving.folder import (
    CHECKPOINT_FOLDER,
    KEEP_LAST,
    checkpoints,
)
from learned_update.training.schedule import Schedule
from learned_update.training.task_group import TaskGroup
from learned_update.training.theta_average import ThetaAverage
from learned_update.training.trainer import MetaTrainer
from learned_update.types import PathLike

INITIAL_RULE_FILE = "initial_rule.keras"


@gin.configurable(module="learned_update")
def meta_train(
    run_dir: PathLike,
    seed: int = 0,
    rule: Rule = gin.REQUIRED,
    groups: Sequence[TaskGroup] = gin.REQUIRED,
    outer_steps: int = gin.REQUIRED,
    optimizer: keras.optimizers.Optimizer | None = None,
    objective: Callable[..., Any] | None = None,
    schedule: Schedule | None = None,
    clip_norm: float = 0.3,
    joint_statistics: bool = True,
    groups_per_step: int | None = None,
    rematerialise: str = "steps",
    precision: str | None = None,
    devices: Any = "auto",
    checkpoint_every: int = 50,
    keep_last: int = KEEP_LAST,
    keep_every: int | None = None,
    compilation_cache: PathLike | None = None,
    guards: Guards | None = None,
    estimator: Any = None,
    held_out: Sequence[Any] = (),
    monitor: Any = None,
    tensorboard: PathLike | None = None,
    progress: bool | None = None,
    hosts: Any = None,
    initial_rule: PathLike | None = None,
    theta_average: ThetaAverage | None = None,
    until: int | None = None,
) -> Rule:
    """Meta-trains a rule in a run directory, or goes on where the run stands.

    The directory gets `metrics.jsonl`, TensorBoard `events/`, `checkpoints/`,
    `initial_rule.keras`, and `rule.keras` at every checkpoint. Ctrl-C (SIGINT) and
    SIGTERM finish the outer step under way, write a checkpoint and raise
    `KeyboardInterrupt`; a second one stops at once. One process at a time may do so.

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
        precision: of matrix products, see `MetaTrainer`.
        devices: of each host, an integer, that share the tasks of every group evenly;
            `"auto"` takes the largest number that there are and that divides the
            tasks. The run is the same, but for round-off.
        checkpoint_every: outer steps between two checkpoints, which are written
            while the next steps are done.
        keep_last: number of checkpoints that are kept, the newest.
        keep_every: checkpoints at multiples of so many outer steps are kept for good,
            for figures over meta-training; None keeps none of them.
        compilation_cache: folder that keeps what XLA compiles, so that the next start
            does not; on JAX. None takes `compiled` in the package's cache folder
            (`cache.cache_folder`), `""` keeps nothing.
        guards: `Guards` against what goes wrong without an error; the defaults if
            None.
        estimator: of the meta-gradient, such as `@persistent_es` in gin, see
            `training.estimators`; truncated backpropagation if None.
        held_out: `Dataset`s that the rule will be judged by; none of their classes may
            occur in the tasks.
        monitor: what evaluates the rule while it is trained, such as
            `held_out_monitor()`; nothing does if None. It does not change the run.
        tensorboard: whether to write events; None does so on the TensorFlow backend.
        progress: whether to show a bar; None shows it on a terminal.
        hosts: that do the run together, `Hosts`, of which the first writes; None if
            this is the only one.
        initial_rule: a name in the zoo, a `.keras` file or a run directory, whose theta
            a run begins with in place of `rule`'s own; a run that goes on has its own.
        theta_average: `theta_average()`, with which `rule.keras`, what is returned and
            what a monitor evaluates have the mean of theta over late outer steps;
            checkpoints have both. Theta as it is if None.
        until: outer step to stop at, with a checkpoint; None for the end of the run.

    Returns:
        The trained `UpdateRule`.

    Raises:
        ValueError: a setting makes no sense, `initial_rule` is of another
            architecture, a class is both trained on and held
            out, the gradient stays not finite, or the directory holds a run of another
            configuration, one without a whole checkpoint, or one that is at work.
        KeyboardInterrupt: `Stopped`, after a signal or `until`, with everything so far
            on disk.
        OSError: the directory cannot be written or read; what was written is whole.
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
    with writing(run_dir):
        run_dir.mkdir(parents=True, exist_ok=True)
    rule = rule(seed=seed)
    if initial_rule is not None and not checkpoints(run_dir / CHECKPOINT_FOLDER):
        start_from(rule, initial_rule)
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
        precision=precision,
        guards=guards,
        estimator=estimator,
        theta_average=theta_average,
        devices=choose_devices(devices, [group.slots for group in groups], hosts),
    )
    with run_lock(run_dir) if hosts.first else contextlib.nullcontext():
        if hosts.first and not (run_dir / INITIAL_RULE_FILE).exists():
            rule.save(run_dir / INITIAL_RULE_FILE)
        state = resumed(run_dir, trainer, hosts)
        if not hosts.first:
            monitor, progress = Unmonitored(), False
        kept = trainer.rule_to_keep()
        watch = monitor.start(run_dir, kept, state.outer_step, outer_steps)
        rows = rows_until(run_dir, state.outer_step)
        guard = Guard(trainer.guards, trainer.clip_norm, rows)
        if tensorboard is None:
            tensorboard = keras.backend.backend() == "tensorflow"
        with (
            MetricsLog(
                run_dir,
                state.outer_step,
                tensorboard,
                origin(seed, initial_rule, theta_average),
            )
            if hosts.first
            else Unlogged() as log,
            Progress(
                outer_steps, "outer steps", initial=state.outer_step, enabled=progress
            ) as bar,
            interruption() as interrupted,
        ):
            OuterLoop(
                trainer=trainer,
                run_dir=run_dir,
                outer_steps=outer_steps,
                keeping=Keeping(checkpoint_every, keep_last, keep_every),
                hosts=hosts,
                log=log,
                watch=watch,
                bar=bar,
                interrupted=interrupted,
                guard=guard,
                until=until,
            )(state)
    return trainer.rule_to_keep()


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
