"""Opens TensorFlow Datasets, and says what is wrong if one cannot be had."""

import contextlib
import errno
import re
import socket
import textwrap
import urllib.request

from learned_update.data.catalogue.dataset_names import unknown_dataset
from learned_update.errors import invalid

_LONGEST_REASON = 160  # characters of what others say went wrong
_HOST = ("storage.googleapis.com", 443)  # of TensorFlow Datasets
_DISK_ERRORS = (errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.EDQUOT)


def open_builder(source, data_dir):
    """Opens a data set, and downloads it first if it is not in the folder.

    Args:
        source: name in TensorFlow Datasets, such as `emnist/letters` or `mnist:3.0.1`.
        data_dir: folder of TensorFlow Datasets.

    Returns:
        A builder of TensorFlow Datasets that is ready to read.

    Raises:
        ValueError: if there is no such data set, or it is neither prepared nor can be
            downloaded.
        OSError: if the folder cannot be written.
    """
    with _libraries(source):
        builder = _builder(source, data_dir)
        try:
            if not builder.is_prepared():
                _check_network(builder)
            builder.download_and_prepare()
        except ImportError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
                raise
            raise _not_prepared(builder, data_dir, error) from error
    return builder


def reason(error):
    """The first line of what an error says, shortened."""
    text = re.sub(r"{{.*?}} ", "", str(error))  # where in a graph
    lines = text.strip().splitlines() or ["no message"]
    return textwrap.shorten(lines[0].rstrip("."), _LONGEST_REASON, placeholder="...")


@contextlib.contextmanager
def _libraries(source):
    """Says it if a data set needs a library beside TensorFlow Datasets."""
    try:
        yield
    except ImportError as error:
        raise invalid(
            f"Data set {source!r} needs a library that is not installed.",
            expected=f"{error.name} beside TensorFlow Datasets",
            received=f"{type(error).__name__}: {reason(error)}",
            remedy=f"Install it, as with `pip install {error.name}`.",
        ) from error


def _builder(source, data_dir):
    import tensorflow_datasets as tfds

    name = re.split("[/:]", source)[0]
    if not name.isidentifier():
        raise unknown_dataset(source)
    try:
        return tfds.builder(source, data_dir=data_dir)
    except tfds.core.DatasetNotFoundError as error:
        builders = tfds.list_builders(with_community_datasets=False)
        raise unknown_dataset(source, builders) from error
    except Exception as error:
        if isinstance(error, ImportError | OSError):
            raise
        raise invalid(
            f"Data set {source!r} cannot be opened.",
            expected="a configuration and a version that exist, and whole files in "
            f"{data_dir}",
            received=f"{type(error).__name__}: {reason(error)}",
            remedy=f"{_configurations(name)} Without a version the newest is taken.",
        ) from error


def _configurations(name):
    """A sentence on the configurations of a data set."""
    import tensorflow_datasets as tfds

    try:
        names = tfds.builder_cls(name).builder_configs
    except tfds.core.DatasetNotFoundError:  # known by its files alone
        names = ()
    listed = ", ".join(f"{name}/{configuration}" for configuration in names)
    return f"Configurations: {listed or 'none'}."


def _check_network(builder):
    """Raises `OSError` without a network; TensorFlow Datasets would try for minutes."""
    by_hand = getattr(builder, "MANUAL_DOWNLOAD_INSTRUCTIONS", None)
    if not by_hand and not urllib.request.getproxies():
        socket.getaddrinfo(*_HOST)


def _not_prepared(builder, data_dir, error):
    received = f"{type(error).__name__}: {reason(error)}"
    instructions = getattr(builder, "MANUAL_DOWNLOAD_INSTRUCTIONS", None)
    if instructions:
        return invalid(
            f"Data set {builder.name!r} must be downloaded by hand.",
            expected=f"its files in {data_dir}/downloads/manual",
            received=received,
            remedy=" ".join(instructions.split()),
        )
    return invalid(
        f"Data set {builder.name!r} is not prepared, and could not be downloaded.",
        expected=f"prepared files in {builder.data_dir}, or a network",
        received=received,
        remedy="Connect to the network; or prepare it on a connected machine, copy the "
        "folder, and set data_dir or TFDS_DATA_DIR to it.",
    )
