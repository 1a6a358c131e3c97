"""Rules from the web, downloaded once."""

import contextlib
import hashlib
import pathlib
import re
import urllib.parse

from learned_update.cache import cache_folder
from learned_update.errors import describe, invalid
from learned_update.files import atomic_path
from learned_update.zoo.card import card_path

SCHEMES = ("http", "https", "gs")
_ABSENT = (401, 403, 404, 410)  # statuses with which servers hide what is not there
_DIGITS = 16  # of the hash that tells addresses apart


def is_url(source):
    """Whether a source is an address rather than a name or a path."""
    return isinstance(source, str) and "://" in source


def downloads_folder():
    """Where downloads are kept: `rules` in the package's cache."""
    return cache_folder() / "rules"


def plain_url(url):
    """An address without user, password, query and fragment."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


def fetch(url):
    """The file at an address, downloaded unless that was done before.

    The card at the same address with `.json`, if there is one, is kept beside it.

    Args:
        url: of a `.keras` file; its scheme is one of `SCHEMES`.

    Returns:
        The path of the local copy.

    Raises:
        FileNotFoundError: there is nothing at that address.
        OSError: the server cannot be reached or refuses, or nothing can be written.
        ValueError: the address is of no `.keras` file.
    """
    path = local_path(url)
    if path.is_file():
        return path
    try:
        with contextlib.suppress(FileNotFoundError):
            _download(_card_url(url), card_path(path), url)
        _download(url, path, url)
    except BaseException:
        forget(url)
        raise
    return path


def forget(url):
    """Removes the local copy, so that the next use downloads anew."""
    path = local_path(url)
    path.unlink(missing_ok=True)
    card_path(path).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # it may not exist
        path.parent.rmdir()


def local_path(url):
    """Where the file at an address is kept."""
    parts = urllib.parse.urlsplit(url)
    name = pathlib.PurePosixPath(urllib.parse.unquote(parts.path)).name
    if parts.scheme not in SCHEMES or not name.endswith(".keras"):
        raise invalid(
            "This is no address of a rule.",
            expected=f"{', '.join(f'{s}://' for s in SCHEMES)}... that ends with "
            ".keras",
            received=plain_url(url),
            remedy="Download the file and name its path.",
        )
    key = hashlib.sha256(url.encode()).hexdigest()[:_DIGITS]
    return downloads_folder() / key / re.sub(r"[^\w.-]", "_", name)


def _card_url(url):
    parts = urllib.parse.urlsplit(url)
    path = parts.path.removesuffix(".keras") + ".json"
    return urllib.parse.urlunsplit(parts._replace(path=path))


def _download(url, path, rule_url):
    """Downloads a rule or its card; errors name the address of the rule."""
    import fsspec

    try:
        files, remote = fsspec.url_to_fs(url)
    except ImportError as error:
        raise invalid(
            f"Addresses that begin with {url.split(':')[0]}:// need another library.",
            expected="an installed library",
            received=str(error),
            remedy="Install it: pip install 'learned-update[gcs]' for gs://.",
        ) from error
    with atomic_path(path) as partial:
        try:
            files.get_file(remote, str(partial))
        except Exception as error:  # each kind of file system has its own
            raise _failed(rule_url, error) from error


def _failed(url, error):
    """The `OSError` for a failed download, `FileNotFoundError` if nothing is there."""
    status = getattr(error, "status", None)
    absent = isinstance(error, FileNotFoundError) or status in _ABSENT
    kind = FileNotFoundError if absent else OSError
    said = "nothing there" if absent else f"{type(error).__name__}: {error}"
    return kind(
        describe(
            f"{plain_url(url)} cannot be downloaded.",
            "the address of a .keras file that can be read without a password",
            f"status {status}" if status else said,
            "Check the address and the connection.",
        )
    )
