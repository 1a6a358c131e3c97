"""The golden cases: theta, base variables, batches and every intermediate tensor.

The authors' graph counts levels and layers from the top; everything here counts from
the bottom.
"""

import copy
import json
import os
from pathlib import Path

import numpy as np

from tests.reference.base_model import Layer

SCOPE = "MoreLocalWeightUpdateProcess/"
ROOT = Path(__file__).resolve().parents[2]


def golden_folder():
    """Folder of the golden tensors; it need not exist."""
    shared = os.environ.get("LEARNED_UPDATE_SHARED")
    return (Path(shared) if shared else ROOT.parent / "shared") / "golden"


def relative_error(actual, expected):
    """Largest absolute error over the largest absolute value."""
    actual = np.asarray(actual, np.float64)
    expected = np.asarray(expected, np.float64)
    if actual.shape != expected.shape:
        raise ValueError(f"Shapes differ: {actual.shape} and {expected.shape}.")
    return np.abs(actual - expected).max() / np.abs(expected).max()


class Case:
    """One golden case.

    Args:
        name: letter of the case.
        folder: where the golden tensors lie.
    """

    def __init__(self, name, folder):
        self.name = name
        with np.load(folder / f"case_{name}.npz") as arrays:
            self.arrays = dict(arrays)
        self.info = json.loads((folder / f"case_{name}.json").read_text())
        self.learning_rate = float(self.info["learning_rate"])
        self.depth = len(self.info["forward_mods"])
        self.activation = self.info["config"]["w"].get("activation", "relu")

    @property
    def arguments(self):
        """What everything else is computed from: theta, phi, and the batches."""
        prefixes = ("theta/", "base_before/", "batch/", "meta_batch/")
        return {
            name: array
            for name, array in self.arrays.items()
            if name.startswith(prefixes) and not name.endswith("/label")
        }

    def with_arrays(self, changed):
        """The case with other arrays under some names."""
        case = copy.copy(self)
        case.arrays = self.arrays | changed
        return case

    @property
    def theta(self):
        """The authors' variable names, with their scope, to arrays."""
        return self._under("theta/")

    @property
    def theta_gradient(self):
        """Meta-gradient by variable name."""
        return self._under("metagrad/")

    @property
    def units(self):
        """Widths of the base model's layers."""
        return tuple(layer.bias.size for layer in self.phi())

    def phi(self, state="base_before", absent=None):
        """Base variables, or what is stored under their names, bottom to top."""

        def array(module, name, shape=None):
            stored = self.arrays.get(f"{state}/{module}/{name}", absent)
            return stored if shape is None else np.reshape(stored, shape)

        modules = zip(
            self.info["forward_mods"], self.info["backward_mods"], strict=True
        )
        return [
            Layer(
                array(forward, "linear/w"),
                array(forward, "b", (-1,)),
                array(backward, "linear/w"),
            )
            for forward, backward in modules
        ]

    def batch(self, step):
        """Inputs of one inner step, `(batch, inputs)`."""
        images = self.arrays[f"batch/{step}/image"]
        return images.reshape(len(images), -1)

    def meta_batch(self, part):
        """Inputs and one-hot targets of the part `train` or `test`."""
        images = self.arrays[f"meta_batch/{part}/image"]
        labels = self.arrays[f"meta_batch/{part}/label"]
        classes = self.info["config"]["ncls"]
        return images.reshape(len(images), -1), np.eye(classes)[labels]

    def of_level(self, name, level):
        """Tensor `d_in`, `h` or `delta` of one level of the first step."""
        return self.arrays[f"step0/{name}/{self.depth - level}"]

    def of_layer(self, name, layer, suffix=""):
        """Tensor of one layer of the first step."""
        return self.arrays[f"step0/{name}/l{self.depth - 1 - layer}{suffix}"]

    def terms(self, kind, layer):
        """Terms of one layer by name; kind is `term` or `term_normalized`."""
        return self._under(f"step0/{kind}/forward/l{self.depth - 1 - layer}/")

    def low_rank(self, layer):
        """Low-rank readouts of one layer by the authors' names."""
        return self._under(f"step0/low_rank/forward/l{self.depth - 1 - layer}/forward")

    def _under(self, prefix):
        return {
            name.removeprefix(prefix): array
            for name, array in self.arrays.items()
            if name.startswith(prefix)
        }
