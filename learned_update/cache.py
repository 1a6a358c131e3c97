"""Where the package keeps what it can make or fetch again."""

import os
import pathlib


def cache_folder(cache_dir=None):
    """The folder of everything that may be deleted at any time.

    Args:
        cache_dir: folder; None takes `$LEARNED_UPDATE_CACHE`, else `learned_update` in
            `$XDG_CACHE_HOME`, else `~/.cache/learned_update`.

    Returns:
        An absolute `pathlib.Path`; the folder need not exist.
    """
    chosen = cache_dir or os.environ.get("LEARNED_UPDATE_CACHE")
    if not chosen:
        caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        chosen = pathlib.Path(caches, "learned_update")
    return pathlib.Path(chosen).expanduser().absolute()
