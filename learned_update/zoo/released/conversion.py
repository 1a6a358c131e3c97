"""The authors' checkpoint as a `.keras` file with a card."""

import pathlib

from learned_update.types import PathLike
from learned_update.version import __version__
from learned_update.zoo.card import NOT_STATED, Card
from learned_update.zoo.released.rule import (
    load_released_rule,
    released_sizes,
    released_variables,
)
from learned_update.zoo.rule_files import check_free, write_rule


def convert_released_rule(
    source: PathLike,
    path: PathLike,
    inner_learning_rate: float = 1e-4,
    licence: str = NOT_STATED,
    overwrite: bool = False,
) -> Card:
    """Writes the rule of the authors' checkpoint as a `.keras` file, with a card.

    Args:
        source: as of `load_released_rule`, but no mapping.
        path: of the file; the card gets the same stem.
        inner_learning_rate: 1e-4 in the released form.
        licence: SPDX identifier of the weights.
        overwrite: whether to replace what is there.

    Returns:
        The `Card` written.

    Raises:
        OSError: there is no such checkpoint, or nothing can be written.
        ValueError: the checkpoint does not fit, or the path does not end with
            `.keras` or is taken.
    """
    check_free(path, overwrite)
    variables = released_variables(source)
    rule = load_released_rule(variables, inner_learning_rate)
    settings = {**released_sizes(variables), "inner_learning_rate": inner_learning_rate}
    card = Card(
        name=pathlib.Path(path).stem,
        description="the authors' released rule, from their TensorFlow 1 checkpoint",
        licence=licence,
        origin=f"TensorFlow 1 checkpoint {pathlib.Path(source).name}",
        sha256="",
        package_version=__version__,
        configuration="\n".join(
            [
                *(f"released.{name} = {value}" for name, value in settings.items()),
                "update_rule.form = @released",
            ]
        ),
    )
    return write_rule(path, rule.save, card, overwrite)
