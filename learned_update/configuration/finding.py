"""Where gin files are found, and how they are read."""

import contextlib
import os
from pathlib import Path

from gin import config as gin_config

from learned_update.configuration.near_names import nearest
from learned_update.errors import invalid


def gin_folder():
    """The folder of the package's own configurations, installed or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "gin"
    return installed if installed.is_dir() else package.parent / "gin"


def gin_files():
    """Names of the package's own configurations, such as `rule/released.gin`."""
    folder = gin_folder()
    return tuple(
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gin"))
    )


def find(name):
    """Finds a gin file in the working directory, then among the package's own.

    Args:
        name: a path, absolute, or relative to one of the two.

    Returns:
        The `Path` of the file.

    Raises:
        ValueError: if neither has it.
    """
    for folder in (Path(), gin_folder()):
        path = folder / name  # an absolute name ignores the folder
        if path.is_file():
            return path
    raise invalid(
        f"There is no gin file {str(name)!r}.",
        expected=f"a file in {Path.cwd()} or {gin_folder()}",
        received=f"{name}",
        remedy=nearest(str(name), gin_files(), "The package has"),
    )


@contextlib.contextmanager
def file_search():
    """Within it gin finds and reads files as the package promises.

    An included file is looked for beside the file that includes it, then as `find`
    does. Files are UTF-8, with a byte-order mark or without.
    """
    readers, folders = gin_config._FILE_READERS[:], gin_config._LOCATION_PREFIXES[:]
    gin_config._FILE_READERS[:] = [(_Reader().open, os.path.isfile)]
    gin_config._LOCATION_PREFIXES[:] = [*folders, str(gin_folder())]
    try:
        yield
    finally:
        gin_config._FILE_READERS[:] = readers
        gin_config._LOCATION_PREFIXES[:] = folders


class _Reader:
    """Opens the files of one configuration, which include each other."""

    def __init__(self):
        self._under_way = []

    @contextlib.contextmanager
    def open(self, name):
        """Yields the open file; gin parses it, includes and all, before it goes on."""
        path = Path(name).resolve()
        if path in self._under_way:
            raise invalid(
                f"{path} includes itself.",
                expected="files that include others, without a circle",
                received=" > ".join(x.name for x in (*self._under_way, path)),
                remedy="Take one of these includes out.",
            )
        self._under_way.append(path)
        gin_config._LOCATION_PREFIXES.insert(0, str(path.parent))
        try:
            with path.open(encoding="utf-8-sig") as file:
                yield file
        except UnicodeDecodeError as error:
            raise invalid(
                f"{path} is no text in UTF-8.",
                expected="UTF-8, with a byte-order mark or without",
                received=f"byte {error.object[error.start]:#04x} at position "
                f"{error.start}",
                remedy="Save it as UTF-8.",
            ) from error
        finally:
            gin_config._LOCATION_PREFIXES.pop(0)
            self._under_way.pop()
