"""What is scored, by name; one line makes a new baseline part of the table."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from learned_update.baselines import (
    Contrastive,
    DenoisingAutoencoder,
    Hebbian,
    KMeansFeatures,
    Pca,
    PrototypicalNetwork,
    RandomInitialisation,
    RawPixels,
    Supervised,
    Vae,
)
from learned_update.data import InputMapDistribution, TaskDistribution
from learned_update.errors import invalid
from learned_update.evaluation.methods.prototypical_features import PrototypicalFeatures
from learned_update.evaluation.methods.rule_features import RuleFeatures
from learned_update.evaluation.methods.tuned import TUNED
from learned_update.layers.bases.outputs import TOP


class Setting(NamedTuple):
    """What a method is made for.

    Attributes:
        base: `BaseMLP`, of which the widths count.
        seed: of everything that the method draws.
        image_shape: `(height, width, channels)` of what the rows of pixels show.
        features: as many as the base model gives, or as there are rows.
        share: of the usual steps of the baselines that are trained in many.
        inputs: width of the rows; None if it is not below `features`.
    """

    base: Any
    seed: int
    image_shape: tuple[int, int, int]
    features: int
    share: float = 1.0
    inputs: int | None = None

    @property
    def components(self):
        """Principal components: as many as features, or as the inputs have."""
        return min(self.features, self.inputs or self.features)

    def steps(self, usual):
        """The share of `usual` steps, at least one."""
        return max(1, round(self.share * usual))


class Method(NamedTuple):
    """How a method is made.

    Attributes:
        make: `make(setting)` gives an object with `fit(pixels)` without labels and
            `embed(pixels)`, inductive; if `labelled`, with `fit(pixels, labels)`,
            which starts anew each time, and `predict(pixels)`. Either has the
            attribute `parameters` when it is fitted, and `earlier_seconds` if it was
            trained before.
        seeded: whether it depends on the seed, so that every seed is scored.
        labelled: whether it is fitted to the labelled support of every episode, and
            has a read-out of its own.
    """

    make: Callable[[Setting], Any]
    seeded: bool = True
    labelled: bool = False


RANDOM_INITIALISATION = "random initialisation"
PERMUTED = InputMapDistribution(0.0, 0.0, 0.0, 0.0, permutation=1.0)
PROTOTYPICAL_MAPS = {  # of the inputs of the tasks that they are meta-trained on
    "prototypical network": None,
    "prototypical network, permuted pixels": PERMUTED,
}


def with_settings(method, settings):
    """The method whose `make` has these keyword arguments."""
    return method._replace(make=functools.partial(method.make, **settings))


def _of_pixels(kind):
    """`make` of a baseline that is trained on pixels in a share of its steps."""

    def make(setting, steps, **settings):
        steps = setting.steps(steps)
        return kind(setting.base, setting.seed, steps=steps, **settings)

    return make


def _contrastive(s, steps, **settings):
    return Contrastive(s.base, s.seed, s.image_shape, steps=s.steps(steps), **settings)


# `make` takes the keyword arguments of `TUNED` beside the setting.
UNTUNED = {
    RANDOM_INITIALISATION: Method(lambda s: RandomInitialisation(s.base, s.seed)),
    "raw pixels": Method(lambda _: RawPixels(), seeded=False),
    "PCA": Method(lambda s: Pca(s.components), seeded=False),
    "k-means": Method(
        lambda s, **settings: KMeansFeatures(s.features, s.seed, **settings)
    ),
    "variational autoencoder": Method(_of_pixels(Vae)),
    "denoising autoencoder": Method(_of_pixels(DenoisingAutoencoder)),
    "contrastive": Method(_contrastive),
    "Hebbian": Method(_of_pixels(Hebbian)),
    "supervised": Method(
        lambda s, **settings: Supervised(s.base, s.seed, **settings), labelled=True
    ),
}
METHODS = {
    name: with_settings(method, TUNED.get(name, {})) for name, method in UNTUNED.items()
}


def rule_method(trainer, steps, batch_size, output=TOP):
    """`Method` of a rule; the arguments are those of `RuleFeatures`."""
    return Method(lambda s: RuleFeatures(trainer, steps, batch_size, s.seed, output))


def prototypical_methods(datasets, ways=10):
    """`{name: Method}` of prototypical networks, meta-trained on other labelled data.

    Args:
        datasets: `Dataset`s of the image shape of what they are applied to.
        ways: classes of a task.

    Returns:
        One whose tasks have their inputs as they are, and one with the inputs of
        every task in an order of its own.
    """
    untuned = untuned_prototypical_methods(datasets, ways)
    return {
        name: with_settings(method, TUNED[name]) for name, method in untuned.items()
    }


def untuned_prototypical_methods(datasets, ways=10):
    """`prototypical_methods` that are made with the arguments of `TUNED`."""
    return {
        name: _prototypical(
            TaskDistribution(datasets, ways=ways, input_maps=input_maps)
        )
        for name, input_maps in PROTOTYPICAL_MAPS.items()
    }


def _prototypical(tasks):
    @functools.cache  # data sets of one image size share it
    def network(base, seed, **settings):
        return PrototypicalNetwork(base, seed, **settings).fit(tasks)

    def make(setting, steps, **settings):
        steps = setting.steps(steps)
        return PrototypicalFeatures(
            network(setting.base, setting.seed, steps=steps, **settings)
        )

    return Method(make)


def named_methods(names):
    """`{name: Method}` of some names in `METHODS`.

    Raises:
        ValueError: if there is no such method.
    """
    for name in names:
        if name not in METHODS:
            raise invalid(
                f"There is no baseline {name!r}.",
                expected=f"some of {', '.join(METHODS)}",
                received=repr(name),
                remedy="Name some of these.",
            )
    return {name: METHODS[name] for name in names}
