"""What a run was made with: versions, seed, devices, and the state of the checkout."""

import importlib.metadata
import pathlib
import platform
import subprocess

import keras

from learned_update.keras_backend import is_deterministic
from learned_update.run_metrics import THETA_AVERAGE
from learned_update.version import __version__

PACKAGES = ("keras", "tensorflow", "jax", "jaxlib", "numpy", "gin-config")
GIT_SECONDS = 10
CHECKOUT = pathlib.Path(__file__).resolve().parents[3]


def origin(seed, initial_rule=None, theta_average=None):
    """What the first line of `metrics.jsonl` says, a dict.

    Args:
        seed: of the run.
        initial_rule: name or path of the rule that it began with, if it was another.
        theta_average: `ThetaAverage` of the run, if there is one.
    """
    chosen = {}
    if initial_rule is not None:
        chosen["initial_rule"] = str(initial_rule)
    if theta_average is not None:
        chosen[THETA_AVERAGE] = theta_average._asdict()
    return {
        "learned_update": __version__,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "seed": int(seed),
        "backend": keras.backend.backend(),
        "deterministic": is_deterministic(),
        "floatx": keras.config.floatx(),
        "devices": keras.distribution.list_devices(),
        "machine": f"{platform.system()} {platform.machine()}",
        "git": git_state(CHECKOUT),
        **chosen,
    }


def git_state(checkout):
    """`{"commit": .., "changed": whether files differ}`; None if there is no checkout.

    Args:
        checkout: folder that holds `.git`, if it is one.
    """
    if not (checkout / ".git").exists():
        return None
    try:
        commit, changes = (
            subprocess.run(
                ["git", "-C", str(checkout), *command],
                capture_output=True,
                text=True,
                check=True,
                timeout=GIT_SECONDS,
            ).stdout.strip()
            for command in (("rev-parse", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.SubprocessError):  # no git, or one that refuses
        return None
    return {"commit": commit, "changed": bool(changes)}


def _version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
