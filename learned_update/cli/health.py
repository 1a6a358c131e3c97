"""What an installation has and what it lacks, for `learned-update doctor`."""

import importlib.metadata
import os
import pathlib
import platform
import shutil
from typing import NamedTuple

from learned_update.cache import cache_folder
from learned_update.version import __version__

GB = 1e9
REQUIRED = ("keras", "tensorflow", "tensorflow-datasets", "numpy", "scikit-learn")
EXTRAS = {  # distribution: what it is for, and the extra that installs it
    "gradio": ("the page of `learned-update demo`", "demo"),
    "jax": ("the JAX backend", "jax"),
    "onnx": ("export of encoders as ONNX", "onnx"),
    "pyarrow": ("tables in Parquet files", "parquet"),
}
FOR_A_GPU = {
    "tensorflow": 'pip install "learned-update[gpu]"',
    "jax": 'pip install "jax[cuda12]"',
}
DATASETS_VARIABLE, DATASETS_FOLDER = "TFDS_DATA_DIR", "~/tensorflow_datasets"


class Finding(NamedTuple):
    """One line of the report.

    Attributes:
        name: of what was looked at.
        found: what it is now.
        remedy: what to do about it; empty if nothing is amiss.
    """

    name: str
    found: str
    remedy: str = ""


def system():
    """The package, Python and the machine."""
    cores = os.cpu_count()
    yield Finding("learned_update", __version__)
    yield Finding("Python", f"{platform.python_version()} on {platform.platform()}")
    yield Finding("processors", f"{cores}")


def packages(version=importlib.metadata.version):
    """Versions of the libraries, and which are missing.

    Args:
        version: of a distribution's name; raises `PackageNotFoundError`.
    """
    for name in REQUIRED:
        yield _package(name, "needed", "pip install learned-update", version)
    for name, (purpose, extra) in EXTRAS.items():
        remedy = f'for {purpose}: pip install "learned-update[{extra}]"'
        yield _package(name, "optional", remedy, version)


def _package(name, need, remedy, version):
    try:
        return Finding(name, version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, f"not installed ({need})", remedy)


def computing(backend, devices):
    """The backend and what it computes on.

    Args:
        backend: its name.
        devices: their descriptions, `("cpu:0", ..)`.
    """
    yield Finding("backend", f"{backend} (KERAS_BACKEND chooses)")
    remedy = ""
    if all("cpu" in device.lower() for device in devices):
        remedy = f"for a GPU, where there is one: {FOR_A_GPU[backend]}"
    yield Finding("devices", ", ".join(devices), remedy)


def folders(rules):
    """Where data, prepared arrays and rules lie, and whether they can be written.

    Args:
        rules: folder of the user's rules.
    """
    datasets = os.environ.get(DATASETS_VARIABLE) or DATASETS_FOLDER
    yield _folder("TensorFlow Datasets", datasets, DATASETS_VARIABLE)
    yield _folder("prepared arrays", cache_folder(), "LEARNED_UPDATE_CACHE")
    yield _folder("your rules", rules, "LEARNED_UPDATE_RULES")


def _folder(name, path, variable):
    """A folder that exists or can be made."""
    path = pathlib.Path(path).expanduser().absolute()
    parent = path
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        remedy = f"set {variable} to a folder that you may write to"
        return Finding(name, f"{path}: cannot be written", remedy)
    free = shutil.disk_usage(parent).free / GB
    state = "" if path.exists() else ", made when it is needed"
    return Finding(name, f"{path} ({free:.0f} GB free{state})")


def shipped_rules(names, load):
    """Whether the rules that ship are whole.

    Args:
        names: of the rules.
        load: function of a name; raises a `ValueError` for a file that is damaged.
    """
    for name in names:
        try:
            load(name)
        except ValueError as error:
            yield Finding(f"rule {name}", str(error), "install the package again")
        else:
            yield Finding(f"rule {name}", "whole")


def report(findings):
    """The findings as aligned lines, each remedy below its own."""
    width = max(len(finding.name) for finding in findings)
    for name, found, remedy in findings:
        yield f"{name.ljust(width)}  {found}"
        if remedy:
            yield f"{'':{width}}  -> {remedy}"
