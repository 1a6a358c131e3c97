"""Rules on disk: one `.keras` file, with or without a card beside it."""

import contextlib
import pathlib

import keras

from learned_update.archives.keras_classes import foreign_classes
from learned_update.errors import InvalidInputError, invalid
from learned_update.files import atomic_path
from learned_update.layers import Rule
from learned_update.zoo.card import card_path, write_card
from learned_update.zoo.checksum import check_sha256, file_sha256

RULE_FILE = "rule.keras"  # of a run directory
SUFFIX = ".keras"
_LONGEST_MESSAGE = 300  # characters of what Keras says


def read_rule(path, sha256=None):
    """A rule from a `.keras` file; executes no code.

    Args:
        path: of the file.
        sha256: what the file must have; checked before anything else. None for any.

    Returns:
        An `UpdateRule`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it has another SHA-256, is truncated or corrupt, or holds
            something else than a rule.
    """
    path = pathlib.Path(path)
    path.open("rb").close()  # what cannot be read at all remains an `OSError`
    if sha256 is not None:
        check_sha256(path, sha256)
    if path.suffix != SUFFIX:
        raise _not_a_rule(path, f"a name that ends with {path.suffix!r}")
    try:
        foreign = foreign_classes(path)
        if foreign:
            raise _not_a_rule(path, _described(foreign))
        rule = keras.saving.load_model(path, compile=False, safe_mode=True)
    except InvalidInputError:
        raise
    except Exception as error:  # a crafted file makes Keras raise anything
        said = " ".join(str(error).split())[:_LONGEST_MESSAGE]
        raise _not_a_rule(path, said or type(error).__name__) from error
    if not isinstance(rule, Rule):
        raise _not_a_rule(path, f"a {type(rule).__name__}")
    return rule


def check_free(path, overwrite=False):
    """Refuses a path at which a rule and its card must not be written.

    Raises:
        ValueError: it does not end with `.keras`; or something is there, or a card
            beside it, and `overwrite` is False.
    """
    path = pathlib.Path(path)
    if path.suffix != SUFFIX:
        raise invalid(
            "A rule is written as a Keras file.",
            expected=f"a path that ends with {SUFFIX}",
            received=str(path),
            remedy=f"Name it {path.name}{SUFFIX}, for example.",
        )
    for taken in (path, card_path(path)):
        if taken.is_dir() or (taken.exists() and not overwrite):
            raise invalid(
                f"{taken} exists already.",
                expected="a path at which there is nothing",
                received="a folder" if taken.is_dir() else "a file",
                remedy="Name another, or overwrite the file with --force, in Python "
                "overwrite=True.",
            )


def write_rule(path, write, card, overwrite=False):
    """Writes a rule and its card, both or none.

    Args:
        path: of the `.keras` file; the card gets the same stem.
        write: function that writes the rule to the path it is given.
        card: `Card`, whose SHA-256 is filled in here.
        overwrite: whether to replace what is there.

    Returns:
        The `Card` written.

    Raises:
        OSError: nothing can be written there.
        ValueError: as `check_free`.
    """
    check_free(path, overwrite)
    with contextlib.ExitStack() as files:
        card_file = files.enter_context(atomic_path(card_path(path)))
        rule_file = files.enter_context(atomic_path(path))
        write(rule_file)
        card = card._replace(sha256=file_sha256(rule_file))
        write_card(card, card_file)
    return card


def _described(foreign):
    module, _, name = foreign[0].rpartition(".")
    more = f", and {', '.join(foreign[1:])}" if foreign[1:] else ""
    return f"a {name}" + (f" of {module}" if module else "") + more


def _not_a_rule(path, received):
    return invalid(
        f"{path} holds no update rule that can be loaded.",
        expected="a .keras file written by rule.save",
        received=received,
        remedy="Copy or meta-train the rule again. A rule with parts of your own loads "
        "once the module that registers them is imported.",
    )
