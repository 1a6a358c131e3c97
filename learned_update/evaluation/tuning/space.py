"""What a search may bind: names of settings, each with a range or some values."""

import ast
from typing import Any, NamedTuple

from learned_update.errors import invalid

LOG, LINEAR, INTEGER, CHOICE = "log", "linear", "integer", "choice"


class Range(NamedTuple):
    """The values of one setting.

    Attributes:
        name: that gin binds, such as `adam.learning_rate`.
        kind: `"log"` or `"linear"` for floats, `"integer"`, or `"choice"`.
        values: least and largest; or the choices, as gin reads them.
    """

    name: str
    kind: str
    values: tuple[Any, ...]

    def suggested(self, trial):
        """The value that a trial of Optuna takes, as gin reads it."""
        if self.kind == CHOICE:
            return trial.suggest_categorical(self.name, list(self.values))
        if self.kind == INTEGER:
            return str(trial.suggest_int(self.name, *self.values))
        log = self.kind == LOG
        return repr(trial.suggest_float(self.name, *self.values, log=log))

    @property
    def example(self):
        """One of the values, as gin reads it."""
        return self.values[0] if self.kind == CHOICE else repr(self.values[0])


def read_range(text):
    """The `Range` of a line such as `adam.learning_rate = log(1e-3, 1e-2)`.

    On the right: `log(least, largest)` or `linear(least, largest)` for floats,
    `integer(least, largest)`, or a list of values, `[32, 64, 128]`.

    Raises:
        ValueError: it is no such line.
    """
    name, equals, right = text.partition("=")
    try:
        kind, values = _kind_and_values(ast.parse(right.strip(), mode="eval").body)
        sound = equals and name.strip()
        if kind != CHOICE:
            least, largest = values
            sound = sound and least < largest and (kind != LOG or least > 0)
        if kind == INTEGER:
            sound = sound and all(isinstance(value, int) for value in values)
    except (SyntaxError, ValueError, TypeError):
        sound = False
    if not sound:
        raise invalid(
            "This says not what to search.",
            expected="NAME = log(LEAST, LARGEST), NAME = linear(LEAST, LARGEST), "
            "NAME = integer(LEAST, LARGEST) or NAME = [VALUE, VALUE, ..]",
            received=repr(text),
            remedy="For example 'adam.learning_rate = log(1e-3, 1e-2)'.",
        )
    return Range(name.strip(), kind, values)


def _kind_and_values(node):
    if isinstance(node, ast.List) and len(node.elts) > 1:
        return CHOICE, tuple(repr(ast.literal_eval(each)) for each in node.elts)
    if isinstance(node, ast.Call) and not node.keywords:
        kind = getattr(node.func, "id", None)
        if kind in (LOG, LINEAR, INTEGER):
            return kind, tuple(ast.literal_eval(each) for each in node.args)
    raise ValueError(ast.dump(node))


def bindings_of(settings):
    """Lines that gin reads, of a mapping from names to values as gin reads them."""
    return tuple(f"{name} = {value}" for name, value in settings.items())
