"""Accuracy on validation tasks alone, of a rule that is being chosen."""

import json
from typing import Any, NamedTuple

import keras
import numpy as np
import threadpoolctl

from learned_update.data import load, load_all
from learned_update.data.catalogue.partitions import part_of
from learned_update.errors import invalid
from learned_update.evaluation.held_out.trials import domain_scores, draw_domains
from learned_update.meta import BaseTrainer
from learned_update.zoo import load_rule

VALIDATION = "meta_validation"
OTHER_SPLIT = {"cifar10": "test"}  # meta-training has the split `train`
EXAMPLES = 100  # per class, at most


def validation_datasets(names, size=None, channels=None):
    """`Dataset`s that choices may be made on.

    Args:
        names: of data sets, or of groups of them, for validation: such as
            `glyphs/meta_validation`; `cifar10` stands for its split `test`.
        size: height and width of images.
        channels: 1 for grey, 3 for colour.

    Raises:
        ValueError: one is for meta-training or for the final test, or as `load`.
    """
    datasets = []
    for name in names:
        if name in OTHER_SPLIT:
            datasets.append(load(name, size, channels, OTHER_SPLIT[name]))
            continue
        if part_of(name) != VALIDATION and not name.endswith(f"/{VALIDATION}"):
            raise invalid(
                f"{name} is not for validation.",
                expected=f"names such as glyphs/{VALIDATION}, or cifar10 for its test "
                "part",
                received=f"{name}, for {part_of(name) or 'no part in particular'}",
                remedy="What a rule is tested on has no say in how it is trained.",
            )
        datasets += load_all([name], size, channels)
    return datasets


class ValidationScore(NamedTuple):
    """Mean accuracy of a rule over data sets, initialisations of phi and episodes.

    Attributes:
        domains: as `draw_domains` gives them.
        steps: inner steps.
        protocol: `Protocol`.
        trainers: `BaseTrainer`s by the rules' configurations, compiled once.
    """

    domains: dict[str, Any]
    steps: int
    protocol: Any
    trainers: dict[str, Any]

    def __call__(self, source):
        """Accuracy of a rule, by name or path: 0 to 1."""
        rule = load_rule(source)
        config = json.dumps(keras.saving.serialize_keras_object(rule), sort_keys=True)
        if config not in self.trainers:
            base = rule.base_mlp(self.protocol.units)
            self.trainers[config] = BaseTrainer(rule, base, self.protocol.average)
        trainer = self.trainers[config]
        trainer.rule.set_weights(rule.get_weights())
        with threadpoolctl.threadpool_limits(1):  # of small decompositions
            scores = [
                domain_scores(trainer, sets, self.steps, self.protocol)
                for sets in self.domains.values()
            ]
        return float(np.mean([np.mean(each) for each in scores]))


def validation_score(datasets, steps, protocol):
    """A `ValidationScore` on trials that are drawn once; domains count alike."""
    domains = draw_domains(datasets, protocol, EXAMPLES)
    return ValidationScore(domains, steps, protocol, {})
