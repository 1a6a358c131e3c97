"""Data sets by name."""

import difflib
import functools

from learned_update.data.digits import digits
from learned_update.data.glyphs import glyphs
from learned_update.data.writing_systems import HELD_OUT_SCRIPTS, META_TRAIN_SCRIPTS
from learned_update.errors import invalid

_LOADERS = {"digits": digits} | {
    f"glyphs/{script}": functools.partial(glyphs, script)
    for script in META_TRAIN_SCRIPTS + HELD_OUT_SCRIPTS
}


def dataset_names():
    """The names that `load` knows."""
    return tuple(_LOADERS)


def load(name, **options):
    """Loads a data set by its name.

    Args:
        name: `"digits"` or `"glyphs/<script>"`; `dataset_names()` lists all.
        **options: arguments of the function of that name, such as `size=16`.

    Returns:
        `Dataset`.

    Raises:
        ValueError: if there is no data set of that name.
    """
    if name not in _LOADERS:
        near = difflib.get_close_matches(str(name), _LOADERS)
        raise invalid(
            f"There is no data set {name!r}.",
            expected="a name that `dataset_names()` lists",
            received=f"name={name!r}",
            remedy=f"Near names: {', '.join(near or ('digits', 'glyphs/latin'))}.",
        )
    return _LOADERS[name](**options)
