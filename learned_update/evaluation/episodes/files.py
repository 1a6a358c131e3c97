"""Episodes as files: small, canonical JSON, the same bytes on every machine."""

import hashlib
import json
import pathlib

import numpy as np

from learned_update import files
from learned_update.errors import invalid
from learned_update.evaluation.episodes.fixed_sets import EpisodeSet, Labels

FORMAT = "learned_update episodes"
VERSION = 1
_SHIPPED = pathlib.Path(__file__).parent / "episode_sets"


def write_episodes(episodes, path):
    """Writes an `EpisodeSet` as JSON; the bytes are a function of it alone."""
    body = {
        "format": FORMAT,
        "version": VERSION,
        "dataset": episodes.dataset,
        "seed": int(episodes.seed),
        "classes": episodes.classes.tolist(),
        "support": episodes.support.tolist(),
        "query": None if episodes.query is None else episodes.query.tolist(),
        "train": episodes.train._asdict(),
        "test": episodes.test._asdict(),
    }
    text = _canonical({**body, "checksum": _checksum(body)})
    with files.atomic_path(path) as partial:
        partial.write_bytes(text)


def read_episodes(path):
    """Reads what `write_episodes` wrote.

    Returns:
        `EpisodeSet`.

    Raises:
        ValueError: if the file is of another format or version, was changed, or does
            not hold episodes of one shape.
        OSError: if it cannot be read.
    """
    try:
        body = json.loads(pathlib.Path(path).read_bytes())
        checksum = body.pop("checksum")
        found = (body["format"], body["version"])
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise _unreadable(path, "no episodes, or only a part of them") from error
    if found != (FORMAT, VERSION):
        raise _unreadable(path, f"format {found[0]!r}, version {found[1]!r}")
    if checksum != _checksum(body):
        raise _unreadable(path, "contents that do not have the checksum they name")
    try:
        return _checked(_parsed(body))
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, f"episodes of no one shape ({error})") from error


def episode_digest(path):
    """SHA-256 of an episode file: whoever has the same scores the same episodes."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def shipped_episodes(dataset):
    """Path of the episodes that the package ships for a data set; None if none."""
    path = _SHIPPED / f"{dataset.replace('/', '_')}.json"
    return path if path.is_file() else None


def _canonical(body):
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii") + b"\n"


def _checksum(body):
    return hashlib.sha256(_canonical(body)).hexdigest()


def _parsed(body):
    query = body["query"]
    return EpisodeSet(
        dataset=body["dataset"],
        seed=body["seed"],
        classes=np.array(body["classes"]),
        support=np.array(body["support"]),
        query=None if query is None else np.array(query),
        train=Labels(**body["train"]),
        test=Labels(**body["test"]),
    )


def _checked(episodes):
    """Returns the episodes if their shapes and indices fit each other."""
    shape = episodes.classes.shape
    _check_indices("classes", episodes.classes, shape, 2, None)
    _check_indices("support", episodes.support, shape, 3, episodes.train.examples)
    if episodes.query is not None:
        _check_indices("query", episodes.query, shape, 3, episodes.test.examples)
    return episodes


def _check_indices(name, indices, shape, axes, end):
    if indices.ndim != axes or indices.shape[:2] != shape or not indices.size:
        raise ValueError(f"{name} has shape {indices.shape}")
    if indices.dtype.kind != "i" or indices.min() < 0:
        raise ValueError(f"{name} holds no indices")
    if end is not None and indices.max() >= end:
        raise ValueError(f"{name} goes beyond {end} examples")


def _unreadable(path, received):
    return invalid(
        f"{path} is no episode file that can be used.",
        expected=f"{FORMAT}, version {VERSION}, unchanged since it was written",
        received=received,
        remedy="Copy it anew from where it came from, or draw episodes again.",
    )
