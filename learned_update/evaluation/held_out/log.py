"""Held-out accuracies of a run, a line of JSON per evaluation and domain."""

import json
import os
import pathlib
from typing import NamedTuple

from learned_update.errors import invalid
from learned_update.files import atomic_path, writing

HELD_OUT_FILE = "held_out.jsonl"
BEST_FOLDER = "best"


class HeldOutScore(NamedTuple):
    """How good the rule was on one domain after some outer step.

    Attributes:
        outer_step: outer steps done.
        domain: name of the domain.
        accuracy: mean, 0 to 1.
        half_width: of its 95 % interval (see `intervals`).
        seconds: that its evaluation took.
        best: whether it was better than all before, so that the rule was kept.
        worse: whether it was worse than the best so far, beyond chance, while the
            meta-loss had improved.
        scores: mean over episodes, `[data sets][initialisations]`.
        trials: digest of the trials, which pair the scores of two evaluations.
    """

    outer_step: int
    domain: str
    accuracy: float
    half_width: float
    seconds: float
    best: bool
    worse: bool
    scores: list
    trials: str


def best_path(run_dir, domain):
    """Where the best rule of a domain is kept."""
    return pathlib.Path(run_dir) / BEST_FOLDER / f"{domain}.keras"


def best_score(scores):
    """The last of the `HeldOutScore`s of one domain whose rule was kept, or None."""
    return next((score for score in reversed(scores) if score.best), None)


def read_scores(run_dir):
    """The `HeldOutScore`s of a run; lines that were cut off are left out."""
    path = pathlib.Path(run_dir) / HELD_OUT_FILE
    scores = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            scores.append(HeldOutScore(**json.loads(line)))
        except (json.JSONDecodeError, TypeError):
            continue
    return scores


def append_scores(run_dir, scores):
    """Adds the `HeldOutScore`s of one evaluation, in one piece, which is then on disk.

    Raises:
        StorageError: the disk is full, and the like.
    """
    path = pathlib.Path(run_dir) / HELD_OUT_FILE
    with writing(path), path.open("a", encoding="utf-8") as file:
        file.write(_lines(scores))
        file.flush()
        os.fsync(file.fileno())


def resume_scores(run_dir, outer_step, domains, trials):
    """What a run goes on with: later and incomplete evaluations are dropped.

    The best rule of a domain goes with the evaluation that it comes from; the next
    evaluation is then the best so far.

    Args:
        run_dir: folder of the run.
        outer_step: that the run goes on after.
        domains: names of the domains of every evaluation.
        trials: digest of the trials.

    Returns:
        The `HeldOutScore`s kept, which the file then holds.

    Raises:
        ValueError: the file holds accuracies on other trials.
    """
    scores = read_scores(run_dir)
    _check_trials(run_dir, scores, trials)
    kept = [score for score in scores if score.outer_step <= outer_step]
    if kept:
        last = kept[-1].outer_step
        if [score.domain for score in kept if score.outer_step == last] != [*domains]:
            kept = [score for score in kept if score.outer_step < last]
    for domain in domains:
        best = best_score([score for score in scores if score.domain == domain])
        path = best_path(run_dir, domain)
        if best is not None and (best not in kept or not path.is_file()):
            path.unlink(missing_ok=True)
            kept = [
                score._replace(best=False) if score.domain == domain else score
                for score in kept
            ]
    with atomic_path(pathlib.Path(run_dir) / HELD_OUT_FILE) as temporary:
        temporary.write_text(_lines(kept), encoding="utf-8")
    return kept


def _check_trials(run_dir, scores, trials):
    foreign = {score.trials for score in scores} - {trials}
    if foreign:
        raise invalid(
            f"{pathlib.Path(run_dir) / HELD_OUT_FILE} holds accuracies on other "
            "trials, which cannot be compared.",
            expected=f"trials {trials}, of the monitor's present settings and data",
            received=f"trials {', '.join(sorted(foreign))}",
            remedy="Go on with the settings of the run (its config.gin), or move "
            f"{HELD_OUT_FILE} and {BEST_FOLDER}/ away to begin the curves anew.",
        )


def _lines(scores):
    return "".join(json.dumps(score._asdict()) + "\n" for score in scores)
