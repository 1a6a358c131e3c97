"""Rules from wherever they are."""

import pathlib

from learned_update.errors import InvalidInputError
from learned_update.layers import LOCAL_RULES, Rule, local_rule
from learned_update.types import PathLike
from learned_update.zoo import downloads, shelves
from learned_update.zoo.card import card_path, read_card
from learned_update.zoo.checksum import check_sha256
from learned_update.zoo.rule_files import RULE_FILE, read_rule


def load_rule(source: PathLike, sha256: str | None = None) -> Rule:
    """A rule of the zoo, of a run directory, of a `.keras` file or from the web.

    Local rules of the literature, such as `"oja"`, are made at their published
    constants (`layers.LOCAL_RULES`).

    If there is a card beside the file, with the same stem, the file must have the
    SHA-256 that the card says. Executes no code that comes with the file.

    Args:
        source: a name that `list_rules()` has, or that of a local rule; the path of a
            directory that holds `rule.keras`, or of a `.keras` file; or the http(s) or
            gs address of one, which is downloaded once. A path at which there is a
            rule comes before a name.
        sha256: what the file must have; None leaves that to the card.

    Returns:
        A `Rule`: an `UpdateRule`, or a `LocalRule`.

    Raises:
        OSError: there is no such file, or it cannot be read or downloaded.
        ValueError: there is no rule of that name; or the file has another SHA-256 than
            it should, is truncated or corrupt, or holds something else.
    """
    if _is_local(source):
        return local_rule(str(source))
    path, _ = locate(source)
    try:
        return read_checked(path, sha256)
    except InvalidInputError:
        if downloads.is_url(source):
            downloads.forget(source)
        raise


def locate(source):
    """The `.keras` file of a source of `load_rule`, and whether that is a run's.

    Returns:
        `(path, is_run)`.
    """
    if downloads.is_url(source):
        return downloads.fetch(source), False
    path = pathlib.Path(source)
    is_run = path.is_dir()
    file = path / RULE_FILE if is_run else path
    if file.is_file():
        return file, is_run
    if _is_name(source) and (not is_run or source in shelves.list_rules()):
        return shelves.rule_path(source, also=tuple(LOCAL_RULES)), False
    raise FileNotFoundError(
        f"There is no rule {str(source)!r}. Expected: a name of the zoo, a .keras "
        f"file, or a run directory with {RULE_FILE}. Received: {file}, which does "
        "not exist. Meta-train one with `learned-update train`."
    )


def read_checked(path, sha256=None):
    """`read_rule`, after the file's card and `sha256` agreed with it."""
    if sha256 is not None:
        check_sha256(path, sha256)
    card = card_path(path)
    return read_rule(path, read_card(card).sha256 if card.is_file() else None)


def _is_local(source):
    """Whether a source names a local rule, and nothing else that comes first."""
    return (
        _is_name(source)
        and source in LOCAL_RULES
        and source not in shelves.list_rules()
        and not pathlib.Path(source).exists()
    )


def _is_name(source):
    return isinstance(source, str) and shelves.is_name(source)
