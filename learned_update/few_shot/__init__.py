"""Few-shot learners on one interface: fit to episodes, predict by a support."""

from learned_update.few_shot.by_name import METHODS, few_shot_learner
from learned_update.few_shot.episodes.distribution import EpisodeDistribution
from learned_update.few_shot.episodes.episode import Episode
from learned_update.few_shot.learner import Learner
from learned_update.few_shot.learner_files import load_learner

__all__ = [
    "METHODS",
    "Episode",
    "EpisodeDistribution",
    "Learner",
    "few_shot_learner",
    "load_learner",
]
