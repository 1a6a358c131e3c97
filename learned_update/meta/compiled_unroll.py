"""Inner loops compiled once for all rules and base models of one form."""

import collections
import json

import keras

from learned_update import backend
from learned_update.meta.unroll import unroll_together

KEPT = 16  # forms whose compiled inner loops are kept, those used last
_OURS = ("learned_update.", "keras")
_kept = collections.OrderedDict()


def compiled_unroll(rule, base):
    """A compiled function `(theta, course, xs) -> Course`, see `unroll_together`.

    It reads theta and the widths of what it is given, so rules and base models that
    differ in nothing else share one, and its compilation.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
    """
    key = _form(rule, base)
    if key is None:
        return _compiled(rule, base)
    if key not in _kept:
        _kept[key] = _compiled(rule, base)
    _kept.move_to_end(key)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return _kept[key]


def _compiled(rule, base):
    def unrolled(theta, course, xs):
        return unroll_together(rule, base, course, xs, theta)

    return backend.jit(unrolled, free={2: (0,)})  # the steps of a call


def _form(rule, base):
    """What the compiled function depends on, as text; None where that is not known.

    Code of users may change behind its name, so it is never shared.
    """
    parts = type(rule), type(base), base.activation
    if not all(f"{part.__module__}.".startswith(_OURS) for part in parts):
        return None
    names = [f"{part.__module__}.{part.__qualname__}" for part in parts]
    numbers = base.form()
    try:
        config = _nameless(keras.saving.serialize_keras_object(rule))
    except (TypeError, ValueError):
        return None
    return json.dumps([names, numbers, config], sort_keys=True)


def _nameless(config):
    """A configuration without names and seeds of layers.

    Raises:
        ValueError: part of it is code of others.
    """
    if isinstance(config, list | tuple):
        return [_nameless(item) for item in config]
    if not isinstance(config, dict):
        return config
    module = config.get("module") or ""
    if "class_name" in config and not f"{module}.".startswith(_OURS):
        raise ValueError(f"{module} is code of others.")
    layer = "trainable" in config
    return {
        key: _nameless(value)
        for key, value in config.items()
        if not (layer and key in ("name", "seed"))
    }
