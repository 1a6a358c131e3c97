"""Read-outs of a rule in a situation: its features are found once for all."""

import time

import numpy as np
from keras import ops

from learned_update.evaluation.learners.episode_sets import fixed_episodes
from learned_update.few_shot import few_shot_learner
from learned_update.few_shot.learner import one_hot
from learned_update.progress import Progress


def read_out_accuracies(learners, episodes, fixed, progress=None):
    """Accuracies of learners that differ in how they read out the same features.

    Args:
        learners: fitted `RuleLearner`s of one rule and one number of inner steps.
        episodes: `EpisodeDistribution` that the set was drawn from.
        fixed: `EpisodeSet`.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        Accuracies `(learners, episodes)`, and the median seconds that all cores
        together computed for the features of an episode.
    """
    found, seconds = [], []
    with Progress(len(fixed.classes), "episodes", enabled=progress) as bar:
        for episode in fixed_episodes(fixed, episodes):
            rows = [
                part.reshape(len(part), -1)
                for part in (episode.support_x, episode.query_x)
            ]
            begun = time.process_time()
            support, query = learners[0].features(*rows)
            seconds.append(time.process_time() - begun)
            labels = ops.convert_to_tensor(episode.support_y)
            membership = one_hot(labels, episode.ways, support)
            logits = [each.read_out(support, membership, query) for each in learners]
            found.append(
                [
                    np.mean(np.argmax(each, axis=1) == episode.query_y)
                    for each in map(ops.convert_to_numpy, logits)
                ]
            )
            bar.update()
    return np.transpose(found), float(np.median(seconds))


def rule_learners(entries, made_with, episodes):
    """Learners of rows that read out a rule, ready for episodes.

    Args:
        entries: `Entry`s.
        made_with: more arguments of the learners.
        episodes: `EpisodeDistribution` of meta-testing.

    Returns:
        A list of `RuleLearner`s.
    """
    return [
        few_shot_learner(entry.method, **made_with, **entry.settings).fit(episodes)
        for entry in entries
    ]
