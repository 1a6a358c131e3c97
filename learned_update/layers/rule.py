"""What every rule is: a Keras layer that owns theta and changes phi."""

import json
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import keras

from learned_update.errors import invalid
from learned_update.files import atomic_path
from learned_update.layers.bases.kinds import BaseForm, base_model
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.bases.wired import WiredBase
from learned_update.types import PathLike, Tensor


class Rule(keras.layers.Layer):
    """phi and a batch's activations to a change of phi, without labels.

    What inner steps, the trainer, the estimator and files ask of a rule. A subclass
    has `call(phi, acts) -> (change, rates)`, with the changes before the rates (and
    `connections` as a third argument, if it fits base models other than MLPs), and
    `apply_change(phi, change, rates) -> phi`; both are pure functions of theta and
    their arguments. Its trainable variables are theta.

    Attributes:
        base_options: arguments of the base models that the rule is made for, a dict.
        activation: of the base models, where nobody asks for another one.
    """

    base_options: Mapping[str, Any]
    activation: str = "relu"

    @property
    def embedding_units(self) -> int | None:
        """The width of the embedding that theta is made for; None for any."""
        return None

    def check_base(self, base: WiredBase) -> None:
        """Raises `ValueError` if the rule does not fit a base model's widths."""

    def base_mlp(
        self,
        units: Sequence[int],
        activation: str | Callable[[Tensor], Tensor] | None = None,
        **kwargs: Any,
    ) -> BaseMLP:
        """A `BaseMLP` with the conventions that this rule is made for.

        Args:
            units: widths of the layers, bottom to top.
            activation: of the base model; the rule's own if None.
            **kwargs: other arguments of `BaseMLP`, instead of `base_options`.

        Raises:
            ValueError: `units` or `activation` make no sense, or the rule fits another
                width of the embedding only.
        """
        return cast(BaseMLP, self.base_model("mlp", units, activation, **kwargs))

    def base_model(
        self,
        kind: str,
        units: Sequence[int],
        activation: str | Callable[[Tensor], Tensor] | None = None,
        **kwargs: Any,
    ) -> WiredBase:
        """A base model with the conventions that this rule is made for.

        Args:
            kind: `"mlp"`, `"conv"` or `"attention"`.
            units: widths of the layers, bottom to top.
            activation: of the base model; the rule's own if None.
            **kwargs: further arguments of `BaseMLP`, `ConvBase` or `AttentionBase`,
                instead of `base_options`.

        Raises:
            ValueError: there is no such kind, an argument makes no sense, or the rule
                does not fit such a base model.
        """
        options = {"dtype": self.dtype_policy, **self.base_options, **kwargs}
        base = base_model(kind, units, activation or self.activation, **options)
        self.check_base(base)
        return base

    def base_of_form(
        self,
        form: BaseForm,
        units: Sequence[int],
        activation: str | Callable[[Tensor], Tensor] | None = None,
        image_shape: Sequence[int] | None = None,
    ) -> WiredBase:
        """A `base_model` of a `BaseForm`, for images of some shape where it needs one.

        Raises:
            ValueError: as `base_model`.
        """
        options = form.arguments(image_shape)
        return self.base_model(form.kind, units, activation, **options)

    def save(self, path: PathLike) -> None:
        """Writes the rule, configuration and theta, to a `.keras` file, atomically.

        Raises:
            ValueError: the path does not end with `.keras`.
        """
        path = pathlib.Path(path)
        if path.suffix != ".keras":
            raise invalid(
                "A rule is saved as a Keras file.",
                expected="a path that ends with .keras",
                received=str(path),
                remedy="Rename it, for example to rule.keras.",
            )
        with atomic_path(path) as temporary:
            keras.saving.save_model(self, temporary)

    def __reduce__(self):
        config = json.dumps(keras.saving.serialize_keras_object(self), sort_keys=True)
        return _rebuilt, (config, self.get_weights())

    def __deepcopy__(self, memo):
        function, arguments = self.__reduce__()
        return memo.setdefault(id(self), function(*arguments))


def _rebuilt(config, theta):
    """The rule of a configuration as JSON, with theta; what unpickling calls."""
    rule = keras.saving.deserialize_keras_object(json.loads(config))
    rule.set_weights(theta)
    return rule
