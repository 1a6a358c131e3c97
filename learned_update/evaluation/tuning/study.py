"""Successive halving with Optuna: what is kept, what is left, what goes on."""

import json
import pathlib
import time
from typing import NamedTuple

from learned_update.errors import InvalidInputError, invalid

STORAGE, NAME = "study.log", "meta-training"
SETTINGS, STEPS, SECONDS, PROBLEM = "settings", "outer steps", "seconds", "problem"


class Halving(NamedTuple):
    """How much a search may do (Jamieson and Talwalkar, 2016; Li et al., 2020).

    Every trial is scored after `shortest` outer steps. It goes on for `reduction`
    times as many if it is among the best 1/`reduction` of those that were scored so
    far, and so on up to `longest`.

    Attributes:
        trials: how many settings are tried.
        shortest: outer steps of all.
        longest: outer steps of the best.
        reduction: by what outer steps grow and trials dwindle, at least 2.
        seed: of what Optuna draws.
    """

    trials: int
    shortest: int
    longest: int
    reduction: int = 3
    seed: int = 0

    @property
    def rungs(self):
        """Outer steps after which trials are scored, increasing."""
        rungs = [self.shortest]
        while rungs[-1] * self.reduction < self.longest:
            rungs.append(rungs[-1] * self.reduction)
        return (*rungs, self.longest) if self.longest > rungs[-1] else tuple(rungs)

    def __str__(self):
        share, before, expected = 1.0, 0, 0.0
        for rung in self.rungs:
            expected += share * self.trials * (rung - before)
            share, before = share / self.reduction, rung
        return (
            f"{self.trials} trials, scored after {', '.join(map(str, self.rungs))} "
            f"outer steps: at most {self.trials * self.longest:,} outer steps in all, "
            f"about {round(expected):,} if 1 in {self.reduction} goes on each time"
        )


def check_halving(halving):
    """Raises `ValueError` for numbers that make no sense."""
    if (
        min(halving.trials, halving.shortest) < 1
        or halving.longest < halving.shortest
        or halving.reduction < 2
    ):
        raise invalid(
            "A search cannot be halved like this.",
            expected="at least 1 trial, 1 <= shortest <= longest outer steps, and a "
            "reduction of at least 2",
            received=f"trials={halving.trials}, shortest={halving.shortest}, "
            f"longest={halving.longest}, reduction={halving.reduction}",
            remedy="Leave them out for the defaults.",
        )


def search_by_halving(measure, ranges, halving, folder, conditions, say=print):
    """Tries settings until there are as many trials as asked for; goes on if stopped.

    Args:
        measure: `measure(settings, outer_steps)` gives an accuracy, 0 to 1; settings
            are a mapping from names to values as gin reads them. What it raises as
            `ValueError` is the trial's problem.
        ranges: `Range`s.
        halving: `Halving`.
        folder: where the study is kept.
        conditions: what else the accuracies depend on, text.
        say: called with a line per trial.

    Returns:
        Optuna's trials that are concluded, in their order.

    Raises:
        ValueError: Optuna is missing, the folder holds a search of other conditions, or
            a number makes no sense.
    """
    optuna = optuna_package()
    check_halving(halving)
    study = _study(optuna, ranges, halving, pathlib.Path(folder), conditions)
    _begin_again(optuna, study)
    left = halving.trials - len(concluded(optuna, study.trials))
    objective = _Objective(optuna, measure, ranges, halving)

    def tell(_, trial):
        said = trial.user_attrs.get(PROBLEM) or f"accuracy {100 * trial.value:.1f} %"
        steps = trial.user_attrs.get(STEPS, 0)
        settings = ", ".join(f"{k} = {v}" for k, v in _settings(trial).items())
        say(f"trial {trial.number}, {steps} outer steps: {said} ({settings})")

    if left > 0:
        study.optimize(
            objective, n_trials=left, catch=(InvalidInputError,), callbacks=[tell]
        )
    return concluded(optuna, study.trials)


class _Objective:
    """Scores a trial rung by rung."""

    def __init__(self, optuna, measure, ranges, halving):
        self._optuna = optuna
        self._measure, self._ranges, self._halving = measure, ranges, halving

    def __call__(self, trial):
        settings = {each.name: each.suggested(trial) for each in self._ranges}
        trial.set_user_attr(SETTINGS, settings)
        begun = time.perf_counter()
        for rung in self._halving.rungs:
            try:
                score = self._measure(settings, rung)
            except InvalidInputError as error:
                trial.set_user_attr(PROBLEM, str(error))
                raise
            trial.set_user_attr(STEPS, rung)
            trial.set_user_attr(SECONDS, time.perf_counter() - begun)
            trial.report(score, rung)
            if rung < self._halving.longest and trial.should_prune():
                raise self._optuna.TrialPruned
        return score


def optuna_package():
    """The package optuna; `ValueError` where it is not installed."""
    try:
        import optuna
    except ImportError as error:
        raise invalid(
            "The package that searches is missing.",
            expected="the package optuna",
            received=str(error),
            remedy='Install it: pip install "learned-update[tune]".',
        ) from error
    return optuna


def concluded(optuna, trials):
    """Trials that have an accuracy, or a problem for not having one."""
    ended = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    return [
        trial
        for trial in trials
        if trial.state in ended or trial.user_attrs.get(PROBLEM)
    ]


def _study(optuna, ranges, halving, folder, conditions):
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(folder / STORAGE)))
    study = optuna.create_study(
        storage=storage,
        study_name=NAME,
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.SuccessiveHalvingPruner(
            min_resource=halving.shortest, reduction_factor=halving.reduction
        ),
    )
    study.sampler = optuna.samplers.TPESampler(
        seed=halving.seed + len(study.trials),
        n_startup_trials=max(4, halving.trials // 3),
    )
    said = {
        "ranges": [[x.name, x.kind, list(x.values)] for x in ranges],
        "rungs": list(halving.rungs),
        "reduction": halving.reduction,
        "others": conditions,
    }
    before = study.user_attrs.get("conditions")
    if before is None:
        study.set_user_attr("conditions", said)
    elif before != json.loads(json.dumps(said)):
        differing = [key for key in said if before.get(key) != said[key]]
        raise invalid(
            f"{folder} holds a search of other conditions.",
            expected="; ".join(f"{key} {before.get(key)}" for key in differing),
            received="; ".join(f"{key} {said[key]}" for key in differing),
            remedy="Give the same again, or name another folder.",
        )
    return study


def _begin_again(optuna, study):
    """Queues what was under way when a search was stopped."""
    states = optuna.trial.TrialState
    done = {_key(trial) for trial in concluded(optuna, study.trials)}
    queued = {_key(trial) for trial in study.trials if trial.state == states.WAITING}
    for trial in study.get_trials():
        if trial.state == states.RUNNING:
            study.tell(trial.number, state=states.FAIL)
        if trial.state == states.WAITING or _key(trial) in done | queued:
            continue
        if trial.params:
            study.enqueue_trial(trial.params)
            queued.add(_key(trial))


def _key(trial):
    params = trial.params or trial.system_attrs.get("fixed_params", {})
    return json.dumps(params, sort_keys=True)


def _settings(trial):
    return trial.user_attrs.get(SETTINGS, {})
