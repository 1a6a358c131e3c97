"""Rules that are added to the zoo."""

import pathlib
import shutil

from learned_update.types import PathLike
from learned_update.version import __version__
from learned_update.zoo import downloads
from learned_update.zoo.card import NOT_STATED, Card, card_path, read_card
from learned_update.zoo.loading import locate, read_checked
from learned_update.zoo.rule_files import check_free, write_rule
from learned_update.zoo.run_card import run_card
from learned_update.zoo.shelves import (
    check_name,
    path_on_shelf,
    refuse_shipped,
    user_folder,
)


def add_rule(
    source: PathLike,
    name: str | None = None,
    licence: str | None = None,
    description: str | None = None,
    weaknesses: str | None = None,
    sha256: str | None = None,
    folder: PathLike | None = None,
    overwrite: bool = False,
) -> Card:
    """Copies a rule to the zoo, with a card, both or none.

    The card of a run directory says what `config.gin`, `metrics.jsonl` and `table.csv`
    say. A file with a card beside it, on disk or on the web, keeps that card.

    Args:
        source: a run directory, a `.keras` file, or the http(s) or gs address of one.
        name: of the rule; None takes the card's, else the folder's or the file's.
        licence: SPDX identifier; None takes the card's.
        description: one line; None takes the card's.
        weaknesses: what the rule is known to be bad at; None takes the card's.
        sha256: what the file must have; None leaves that to the card.
        folder: where to; None takes the user's own.
        overwrite: whether to replace a rule of that name.

    Returns:
        The `Card` written.

    Raises:
        OSError: the source is not there, or cannot be read; or nothing can be written.
        ValueError: the source is no rule or has another SHA-256 than it should; the
            name is taken or impossible.
    """
    path, is_run = locate(source)
    if name is not None:
        check_name(name)
    try:
        read_checked(path, sha256)
    except ValueError:
        if downloads.is_url(source):
            downloads.forget(source)
        raise
    card = _card(source, path, is_run, name)
    changes = {
        "name": name,
        "licence": licence,
        "description": description,
        "weaknesses": weaknesses,
    }
    card = card._replace(**{k: v for k, v in changes.items() if v is not None})
    check_name(card.name)
    if folder is None:
        refuse_shipped(card.name)
        folder = user_folder()
    target = path_on_shelf(folder, card.name)
    check_free(target, overwrite)
    return write_rule(target, lambda copy: shutil.copyfile(path, copy), card, overwrite)


def source_card(source: PathLike) -> Card:
    """The card that a source of `load_rule` has, or what can be said of it."""
    path, is_run = locate(source)
    return _card(source, path, is_run, None)


def _card(source, path, is_run, name):
    """The card that a source has or gives."""
    if card_path(path).is_file():
        return read_card(card_path(path))
    if is_run:
        run_dir = path.parent
        card = run_card(run_dir, name or run_dir.resolve().name)
        return card._replace(package_version=__version__)
    origin = downloads.plain_url(source) if downloads.is_url(source) else path.name
    return Card(
        name=name or path.stem,
        description=f"from {pathlib.PurePath(origin).name}",
        licence=NOT_STATED,
        origin=origin,
        sha256="",
        package_version=__version__,
    )
