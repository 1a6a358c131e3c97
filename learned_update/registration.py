"""Configures the package with gin files, without knowing which module reads what."""

import os
from collections.abc import Sequence

from learned_update import configuration
from learned_update.types import PathLike


def register_all():
    """Imports the parts that register names with gin, and returns them."""
    from learned_update import (
        data,
        evaluation,
        few_shot,
        layers,
        reproductions,
        training,
    )
    from learned_update.evaluation.learners import training as learners

    return data, evaluation, few_shot, layers, learners, reproductions, training


def configure(
    files: PathLike | Sequence[PathLike] = (), bindings: str | Sequence[str] = ()
) -> None:
    """Configures the package with gin files and single bindings, strictly.

    Replaces what was configured before: the same call leaves the same configuration
    however often it is made. After an error everything is as it was.

    Args:
        files: names of gin files, or one; later ones win. Each is found in the
            working directory or among the package's own, such as
            `"experiments/quickstart.gin"`; a file that it includes, also beside it.
        bindings: such as `"meta_train.outer_steps = 100"`, or one; they win over the
            files.

    Raises:
        ValueError: for an unknown file, name or parameter, with names that are near
            to it; for a value that cannot be read; for a macro that nothing uses.
    """
    register_all()
    configuration.replace(_several(files), _several(bindings))


def _several(given):
    return [given] if isinstance(given, str | os.PathLike) else list(given)
