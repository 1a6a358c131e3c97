"""A rule as a SavedModel, which runs wherever TensorFlow runs."""

import keras

from learned_update.errors import invalid
from learned_update.export.destination import check_destination
from learned_update.export.module_folder import check_backend, write_module
from learned_update.export.served_module import served_module
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.rule import Rule
from learned_update.types import PathLike


def export_saved_model(
    rule: Rule, base: BaseMLP, path: PathLike, overwrite: bool = False
) -> None:
    r"""Writes a rule and a depth of base model as a SavedModel, all or nothing.

    It needs TensorFlow alone: this package and Keras are not imported where it is
    loaded. The batch and all widths are free (the embedding's too, unless the rule
    fits one width only); depth, activation and conventions are the base model's.

    phi is a dict of `kernel_0 (inputs, units_0)`, `bias_0 (units_0,)`,
    `feedback_0 (inputs, units_0)`, `kernel_1`, ... from the bottom, and what the rule
    keeps of each layer, such as `inner_step_0 ()` of a clock; statistics are a dict of
    `mean_0 (units_0,)`, `variance_0`, ...; x is `(batch, inputs)`.

    | function, and signature | gives |
    | --- | --- |
    | `init(seed, input_dim)` | phi of the base model's widths |
    | `init_widths(seed, widths)` | phi of `widths = (inputs, *units)` |
    | `update(phi, x)` | phi after one inner step |
    | `embed(phi, x)` | features, normalised with the statistics of x |
    | `statistics(phi, x)` | statistics of x |
    | `embed_frozen(phi, statistics, x)` | features, each row by itself |

    In Python:

        loaded = tf.saved_model.load("exported")
        phi = loaded.init(0, x.shape[1])
        phi = loaded.update(phi, x)
        features = loaded.embed_frozen(phi, loaded.statistics(phi, x), x)

    or, with named tensors as elsewhere (C++, Java, Go),
    `loaded.signatures["update"](x=x, **phi)`; the signatures `embed` and
    `embed_frozen` return `{"features": ...}`.

    On the command line, and with TensorFlow Serving (the folder as
    `<model base path>/1`), whose `inputs` and `outputs` bear the same names:

        saved_model_cli show --all --dir exported
        saved_model_cli run --dir exported --tag_set serve --signature_def update \
            --inputs 'x=x.npy;kernel_0=kernel_0.npy;bias_0=...' --outdir next_phi
        curl http://localhost:8501/v1/models/rule:predict -d \
            '{"signature_name": "init", "inputs": {"seed": 0, "input_dim": 196}}'

    `exported/assets.extra/learned_update.json` says what was exported.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`, from `rule.base_mlp(units)`.
        path: folder to write.
        overwrite: whether a SavedModel that is there is replaced.

    Raises:
        ValueError: the base model is no MLP, the rule does not fit the width of its
            embedding, something is at the path, or Keras does not run on TensorFlow.
        OSError: the path cannot be written.

    Note:
        `init` draws from the distribution of `base.init_phi`, but other numbers. It is
        a function of its arguments on every device. Ten updates agree with Python to
        float32 round-off; on batches of two rows, whose variances may be tiny, each
        step amplifies it, here as between float32 and float64 in Python.
    """
    check_backend()
    if not isinstance(base, BaseMLP):
        raise invalid(
            "A rule is exported for MLPs, whose widths are free in the file.",
            expected="base from rule.base_mlp(units)",
            received=f"a {type(base).__name__}",
            remedy="`export_encoder` writes a trained base model of any kind.",
        )
    check_destination(path, overwrite)
    module, signatures = served_module(rule, base)
    write_module(module, signatures, path, _description(rule, base))


def _description(rule, base):
    """What was exported, as JSON can say it."""
    return {
        "units": base.units,
        "activation": getattr(base.activation, "__name__", "custom"),
        "epsilon": base.epsilon,
        "fan_in_scaling": base.fan_in_scaling,
        "dtype": rule.variable_dtype,
        "embedding_units": rule.embedding_units or "any",
        "rule": keras.saving.serialize_keras_object(rule),
    }
