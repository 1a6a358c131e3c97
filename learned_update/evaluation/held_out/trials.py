"""The fixed trials that a rule is watched on while it is meta-trained."""

import dataclasses
import re
import zlib

import numpy as np

from learned_update.data.dataset import check_labelled, take_rows
from learned_update.data.sampling import few_of_each
from learned_update.errors import InvalidInputError
from learned_update.evaluation import few_shot
from learned_update.evaluation.episodes.trial import draw_trial

NOTHING_RIGHT = 0.0  # accuracy of a phi whose features are not finite


def domain_of(dataset):
    """The domain of a data set: its name up to the first `/` or `:`."""
    return re.split("[/:]", dataset.name)[0]


def draw_domains(datasets, protocol, examples_per_class):
    """Draws the trials of all data sets, by domain.

    Args:
        datasets: labelled `Dataset`s.
        protocol: `Protocol`; a data set of fewer classes than `ways` takes all it has.
        examples_per_class: of a data set that are used at most.

    Returns:
        `{domain: trials}`, a tuple of `Trial`s per data set, one per initialisation.

    Raises:
        ValueError: a data set has no labels or too few examples of a class.
    """
    domains = {}
    for dataset in datasets:
        ways = min(protocol.ways, len(check_labelled(dataset).class_names))
        own = few_examples(dataset, examples_per_class, protocol.seed)
        own_protocol = dataclasses.replace(protocol, ways=ways)
        trials = tuple(
            draw_trial(own, own_protocol, number)
            for number in range(protocol.initialisations)
        )
        domains.setdefault(domain_of(dataset), []).append(trials)
    return domains


def few_examples(dataset, count, seed):
    """At most `count` examples of every class, drawn at random, in their old order."""
    kept = few_of_each(dataset.labels, count, seed)
    return take_rows(dataset, kept)


def digest(domains, *settings):
    """Eight hexadecimal digits that other trials or settings would change."""
    checksum = zlib.crc32(repr((tuple(domains), *settings)).encode())
    for sets in domains.values():
        for trial in (trial for trials in sets for trial in trials):
            episodes = trial.episodes
            for array in (trial.train, trial.test, episodes.support, episodes.query):
                checksum = zlib.crc32(np.ascontiguousarray(array), checksum)
    return f"{checksum:08x}"


def domain_scores(trainer, sets, steps, protocol):
    """Mean accuracy over the episodes of every trial of a domain, inductive.

    Trials of one input width and batch size learn side by side.

    Args:
        trainer: `BaseTrainer`, with the rule's present theta.
        sets: `Trial`s per data set, as of `draw_domains`.
        steps: inner steps, at least 1.
        protocol: `Protocol`.

    Returns:
        `(data sets, initialisations)`; `NOTHING_RIGHT` where features are not finite.
    """
    trials = [trial for members in sets for trial in members]
    alike = {}
    for index, trial in enumerate(trials):
        examples, inputs = trial.train.shape
        key = (inputs, min(protocol.batch_size, examples))
        alike.setdefault(key, []).append(index)
    scores = np.empty(len(trials))
    for indices in alike.values():
        members = [trials[index] for index in indices]
        course = few_shot.training_course(trainer, members, (steps,), protocol)
        ((_, phis),) = course
        for index, phi in zip(indices, phis, strict=True):
            scores[index] = _accuracy(trainer.base, phi, trials[index])
    return scores.reshape(len(sets), -1)


def _accuracy(base, phi, trial):
    try:
        return np.mean(few_shot.phi_accuracy(base, phi, trial))
    except InvalidInputError:  # what the read-out raises if the inner loop diverged
        return NOTHING_RIGHT
