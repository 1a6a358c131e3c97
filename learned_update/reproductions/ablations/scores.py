"""What meta-trained arms are worth: accuracies on the same trials, and their runs."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from learned_update.errors import InvalidInputError
from learned_update.evaluation.results.digests import theta_digest
from learned_update.evaluation.results.intervals import crossed_interval, interval
from learned_update.progress import Progress
from learned_update.reproductions.shared.parts import Parts
from learned_update.reproductions.shared.scoring import (
    before_and_after,
    trainer_of,
    trials,
)
from learned_update.run_metrics import read_metrics
from learned_update.zoo import load_rule

LAST_STEPS = 10  # outer steps that the last meta-loss is the mean of


class Arm(NamedTuple):
    """An arm after meta-training.

    Attributes:
        seeds: of meta-training, those that gave a rule; none if all failed.
        accuracies: `{data set: (seeds, initialisations, episodes)}`.
        meta_loss: over the last outer steps, mean over the seeds; None if unknown.
        seconds: per outer step, the median of all; None if unknown.
        theta_size: numbers in theta; None if unknown.
        skipped: outer steps without a finite gradient, of all seeds.
        reasons: why seeds failed.
    """

    seeds: tuple[int, ...] = ()
    accuracies: Mapping[str, Any] = MappingProxyType({})
    meta_loss: float | None = None
    seconds: float | None = None
    theta_size: int | None = None
    skipped: int = 0
    reasons: tuple[str, ...] = ()


def score_arms(paths, failed, datasets, steps, protocol, progress=None, parts=None):
    """Scores the rules of all arms on the same trials.

    Args:
        paths: `{arm: {seed: path of a rule or run directory}}`.
        failed: `{path: why there is no rule}`.
        datasets: `Dataset`s.
        steps: inner steps.
        protocol: `Protocol`.
        progress: whether to show a bar; None shows it on a terminal.
        parts: `Parts` where scores are kept; None keeps none.

    Returns:
        `({arm: Arm}, {data set: (initialisations, episodes)})`, the latter of the
        random initialisation of the first rule.
    """
    members = {dataset.name: trials(dataset, protocol) for dataset in datasets}
    arms, random, parts = {}, {}, parts or Parts(None)
    total = sum(map(len, paths.values()))
    with Progress(total, "rules scored", enabled=progress) as bar:
        for arm, runs in paths.items():
            scores, sizes, reasons = {}, [], []
            for seed, path in runs.items():
                bar.update()
                if path in failed:
                    reasons.append(failed[path])
                    continue
                rule = load_rule(path)
                sizes.append(rule.count_params())
                known = f"{steps} steps; {protocol}; theta {theta_digest(rule)}"
                name = f"{arm} seed {seed}"
                try:
                    scores[seed] = _scores(
                        rule, members, steps, protocol, parts, name, known
                    )
                except (np.linalg.LinAlgError, InvalidInputError) as error:
                    reasons.append(f"its features cannot be read out: {error}")
            arms[arm] = _arm(scores, sizes, reasons, runs)
            if scores and not random:
                first = next(iter(scores.values()))
                random = {name: before for name, (before, _) in first.items()}
    return arms, random


def _scores(rule, members, steps, protocol, parts, name, known):
    """`{data set: (before, after)}`, each `(initialisations, episodes)`."""
    trainer = trainer_of(rule, protocol)
    scores = {}
    for dataset, group in members.items():

        def measure(group=group):
            found = before_and_after(trainer, group, steps, protocol)
            return np.stack(found).tolist(), 0

        settings = f"{dataset}; {known}; {_pixels(group)}"
        part = parts.get(f"{name} {dataset}", settings, measure)
        scores[dataset] = tuple(np.array(part.accuracies))
    return scores


def _pixels(members):
    """A hash of what trials are drawn from, so that other data are scored anew."""
    content = hashlib.sha256()
    for trial in members:
        content.update(np.ascontiguousarray(trial.train))
    return content.hexdigest()[:16]


def _arm(scores, sizes, reasons, runs):
    seeds = tuple(scores)
    names = scores[seeds[0]] if seeds else ()
    metrics = [rows for rows in (read_metrics(runs[x]) for x in seeds) if rows]
    seconds = [row["seconds"] for rows in metrics for row in rows]
    losses = [row["meta_loss"] for rows in metrics for row in rows[-LAST_STEPS:]]
    return Arm(
        seeds=seeds,
        accuracies={x: np.stack([scores[s][x][1] for s in seeds]) for x in names},
        meta_loss=float(np.mean(losses)) if losses else None,
        seconds=float(np.median(seconds)) if seconds else None,
        theta_size=sizes[0] if sizes else None,
        skipped=sum(rows[-1]["skipped"] for rows in metrics),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def estimate(scores):
    """Mean and interval over initialisations and seeds of meta-training.

    With one seed what varies are initialisations, and the interval is that of
    `interval`. All seeds are scored on the same trials, so that seeds and
    initialisations are crossed: with several, `crossed_interval` of the means over
    episodes, and over data sets, whose seeds are the same.

    Args:
        scores: `(seeds, initialisations, episodes)`, or that per data set.

    Returns:
        `Estimate`.
    """
    scores = np.asarray(scores, np.float64)
    if scores.shape[-3] == 1:
        return interval(scores[..., 0, :, :])
    means = np.mean(scores, axis=-1)  # ([data sets,] seeds, initialisations)
    return crossed_interval(np.mean(means, axis=tuple(range(means.ndim - 2))))


def paired(arm, whole):
    """What an arm is better by, on the same seeds, initialisations and episodes.

    Args:
        arm: `Arm`.
        whole: `Arm` that it is compared with.

    Returns:
        `{data set: (shared seeds, initialisations, episodes)}` of arm - whole; empty
        if they share no seed.
    """
    shared = [seed for seed in arm.seeds if seed in whole.seeds]
    if not shared:
        return {}
    rows, others = ([x.seeds.index(seed) for seed in shared] for x in (arm, whole))
    return {
        dataset: accuracies[rows] - whole.accuracies[dataset][others]
        for dataset, accuracies in arm.accuracies.items()
    }
