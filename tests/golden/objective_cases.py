"""The stand-alone golden cases of the meta-objective, one per option set."""

import json

import numpy as np

OPTIONS = {  # the authors' names to those of `meta_objective`
    "zero_one_labels": None,  # a property of the targets
    "normalize_y_hat": "normalize_predictions",
    "normalize_act": "normalize_features",
    "center_y": "center_targets",
    "ridge_factor": "ridge",
}
NAMES = (
    "default_mnist_size",
    "default_tiny",
    "onehot_pm1",
    "no_norm_yhat",
    "normalize_act",
    "no_center_y",
    "hinge",
    "scalar_half_ridge1",
)
PARTS = ("train", "test")


def options_of(stored):
    """Keyword options of `meta_objective`."""
    options = {OPTIONS[n]: v for n, v in stored.items() if OPTIONS.get(n)}
    if stored.get("hinge_loss"):
        options["loss"] = "hinge"
    if "test_train_scalar" in stored:
        options["support_weight"] = 1.0 - stored["test_train_scalar"]
    return options


class ObjectiveCase:
    """Features, targets, options and results of one option set."""

    def __init__(self, name, folder):
        self.name = name
        case = json.loads((folder / "metaobj.json").read_text())["cases"][name]
        with np.load(folder / "metaobj.npz") as arrays:
            self.arrays = {
                key.removeprefix(f"{name}/"): arrays[key]
                for key in arrays.files
                if key.startswith(f"{name}/")
            }
        self.options = options_of(case["options"])
        one_hot = np.eye(case["classes"], dtype=np.float32)
        if not case["options"].get("zero_one_labels", True):
            one_hot = 2.0 * one_hot - 1.0
        self.features = [self.arrays[f"features_{part}"] for part in PARTS]
        self.targets = [one_hot[self.arrays[f"labels_{part}"]] for part in PARTS]

    @property
    def arguments(self):
        """Support features and targets, query features and targets."""
        support, query = zip(self.features, self.targets, strict=True)
        return [*support, *query]
