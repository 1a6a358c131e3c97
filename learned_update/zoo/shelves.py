"""Where named rules lie: those that come with the package, and the user's own."""

import difflib
import os
import pathlib
import re

from learned_update.errors import invalid
from learned_update.zoo.card import Card, card_path, read_card

DEFAULT_RULE = "images-v1"  # where features are asked for and no rule is named
FOLDER_VARIABLE = "LEARNED_UPDATE_RULES"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_FILE_SUFFIXES = (".keras", ".json")


def shipped_folder():
    """The folder of the rules that come with the package."""
    return pathlib.Path(__file__).resolve().parent / "rules"


def user_folder():
    """The folder of the user's own rules; it need not exist.

    `$LEARNED_UPDATE_RULES`, else `$XDG_DATA_HOME/learned_update/rules`, else
    `~/.local/share/learned_update/rules`.
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return pathlib.Path(named).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(data) / "learned_update" / "rules"


def list_rules() -> tuple[str, ...]:
    """Names of the rules that `load_rule` knows, the package's own first.

    Returns:
        A tuple of strings.
    """
    shipped = _names(shipped_folder())
    return (*shipped, *(name for name in _names(user_folder()) if name not in shipped))


def rule_card(name: str) -> Card:
    """The card of a rule of the zoo.

    Args:
        name: one of `list_rules()`.

    Returns:
        `Card`.

    Raises:
        ValueError: there is no rule of that name, or its card cannot be used.
    """
    return read_card(card_path(rule_path(name)))


def rule_path(name, also=()):
    """The `.keras` file of a rule of the zoo.

    Args:
        name: of the rule.
        also: names that could have been meant besides those of the zoo.

    Raises:
        ValueError: there is no rule of that name.
    """
    for folder in (shipped_folder(), user_folder()):
        if name in _names(folder):
            return path_on_shelf(folder, name)
    known = list_rules()
    near = difflib.get_close_matches(str(name), (*known, *also))
    raise invalid(
        f"There is no rule {name!r}.",
        expected="a name that `learned-update rules` lists, a run directory, a .keras "
        "file, or the http(s) or gs address of one",
        received=repr(name),
        remedy=f"{'Near names' if near else 'Names'}: {', '.join(near or known)}."
        if near or known
        else "Add a rule with `learned-update rules add`.",
    )


def remove_rule(name: str) -> None:
    """Removes one of the user's own rules, with its card.

    Raises:
        ValueError: there is no rule of that name, or it comes with the package.
    """
    path = rule_path(name)
    if path.parent == shipped_folder():
        raise invalid(
            f"The rule {name!r} comes with the package.",
            expected=f"a rule in {user_folder()}",
            received=repr(name),
            remedy="Only rules that were added can be removed.",
        )
    card_path(path).unlink()
    path.unlink()


def refuse_shipped(name):
    """Raises `ValueError` if a rule of that name comes with the package."""
    if name in _names(shipped_folder()):
        raise invalid(
            f"A rule {name!r} comes with the package and would hide another one.",
            expected="a name that the package does not use",
            received=repr(name),
            remedy="Choose another name.",
        )


def check_name(name):
    """Raises `ValueError` unless a rule of the zoo may be called so."""
    if not is_name(name):
        raise invalid(
            "A rule of the zoo cannot be called so.",
            expected="letters, digits, '_', '-' and '.', first a letter or digit, "
            "without the suffix of a file",
            received=repr(name),
            remedy="Choose another name.",
        )


def is_name(text):
    """Whether a text could be the name of a rule: it has no separator and no suffix."""
    return bool(_NAME.fullmatch(text)) and not text.endswith(_FILE_SUFFIXES)


def path_on_shelf(folder, name):
    """Where the rule of a name lies in a folder."""
    return pathlib.Path(folder) / f"{name}.keras"


def _names(folder):
    """Names of a folder's rules that have a card."""
    stems = sorted(path.stem for path in folder.glob("*.keras"))
    return [
        stem
        for stem in stems
        if is_name(stem) and card_path(path_on_shelf(folder, stem)).is_file()
    ]
