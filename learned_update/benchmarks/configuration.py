"""What is measured: the quickstart's outer step, or one of other sizes."""

from typing import NamedTuple

from learned_update.errors import invalid

EMBEDDING_UNITS = 32


class Configuration(NamedTuple):
    """Sizes of an outer step.

    Attributes:
        tasks: at a time.
        truncation_length: inner steps.
        width: units of the layers below the embedding.
        depth: layers, with the embedding's.
        batch_size: examples of an inner batch.
        size: height and width of the images, in pixels.
        rematerialise: as of `MetaTrainer`.
        groups: that the tasks come in.
        augmented: whether images are augmented and inputs permuted.
    """

    tasks: int = 8
    truncation_length: int = 8
    width: int = 64
    depth: int = 3
    batch_size: int = 64
    size: int = 8
    rematerialise: str = "steps"
    groups: int = 1
    augmented: bool = False

    @property
    def units(self):
        """Widths of the base model, bottom to top."""
        return (self.width,) * (self.depth - 1) + (EMBEDDING_UNITS,)


VARIANTS = {  # what each changes in a configuration
    "rematerialised": {},
    "kept": {"rematerialise": "none"},
    "one task at a time": {"groups": None},
    "augmented": {"augmented": True},
}

SMALL = Configuration(tasks=4, truncation_length=4, width=32, batch_size=32)
SERIES = {  # values of one size of `SMALL`, over which a step is measured
    "tasks": (1, 2, 4, 8, 16, 32, 64),
    "truncation_length": (1, 2, 4, 8, 16, 32),
    "width": (16, 32, 64, 128),
    "depth": (2, 3, 4, 6),
}


def variant(name, configuration):
    """The configuration of a variant."""
    changes = dict(VARIANTS[name])
    if "groups" in changes:
        changes["groups"] = configuration.tasks
    return configuration._replace(**changes)


def check_configuration(configuration):
    """Raises `ValueError` for sizes of which there is no outer step."""
    least = {
        "tasks": 1,
        "truncation_length": 1,
        "width": 1,
        "depth": 1,
        "batch_size": 2,
        "size": 4,
    }
    for name, bound in least.items():
        if getattr(configuration, name) < bound:
            raise invalid(
                "Nothing of this size can be measured.",
                expected=f"{name} >= {bound}",
                received=f"{name}={getattr(configuration, name)}",
                remedy="Give a larger one.",
            )
