"""Archives of arrays (`.npz`)."""

import contextlib
import zipfile

import numpy as np

from learned_update.archives.directory import check_archive

_SUFFIX = ".npy"  # of every member of an archive of numpy.savez


@contextlib.contextmanager
def open_archive(file):
    """Yields a function `read(key)` and the keys of an archive.

    Unlike numpy.load it reads every byte of an array's member, so that its checksum is
    compared, even where a damaged header asks for fewer.

    Args:
        file: an open binary file.

    Yields:
        `(keys, read)`: a list of strings, and a function from a key to its array.

    Raises:
        Exception: of any kind if the archive is damaged. `read` raises `ValueError` if
            the array holds Python objects.
    """
    with zipfile.ZipFile(file) as archive:
        check_archive(archive)
        names = [name for name in archive.namelist() if name.endswith(_SUFFIX)]

        def read(key):
            with archive.open(key + _SUFFIX) as member:
                array = np.lib.format.read_array(member, allow_pickle=False)
                if member.read(1):
                    raise ValueError(f"{key} is longer than its header says")
                return array

        yield [name.removesuffix(_SUFFIX) for name in names], read
