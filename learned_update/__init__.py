"""Meta-learned unsupervised update rules (Metz et al., ICLR 2019).

The names are imported when they are first used: `learned-update --help` and a choice of
the Keras backend after `import learned_update` need not wait for TensorFlow or JAX.
"""

from learned_update.keras_backend import checked_backend
from learned_update.lazy import lazily
from learned_update.version import __version__

_HOMES = {
    "layers": (
        "AttentionBase",
        "BaseMLP",
        "ConvBase",
        "ErrorNetwork",
        "Rule",
        "UpdateNetwork",
        "UpdateRule",
        "local_rule",
    ),
    "meta": (
        "inner_step",
        "meta_objective",
        "phi_change",
        "train_base_model",
        "unroll",
    ),
    "training": ("MetaTrainer", "Schedule", "TaskGroup", "meta_train"),
    "types": ("Activations", "LayerParams", "Phi", "Statistics"),
    "evaluation": ("evaluate",),
    "estimator": ("LearnedUpdateEncoder",),
    "export": ("export_encoder", "export_saved_model"),
    "registration": ("configure",),
    "zoo": (
        "Card",
        "add_rule",
        "blend_rules",
        "convert_released_rule",
        "list_rules",
        "load_released_rule",
        "load_rule",
        "released_variable_names",
        "remove_rule",
        "rule_card",
    ),
}
_get, __dir__, _NAMES = lazily(__name__, _HOMES)
__all__ = ["__version__", *_NAMES]  # noqa: PLE0604


def __getattr__(name):
    """A public name; with a backend that cannot be used, why (a `ValueError`)."""
    if not name.startswith("_"):
        checked_backend()
    return _get(name)
