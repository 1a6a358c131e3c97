"""Base models by their kind, and by gin."""

import inspect
from typing import Any, NamedTuple

import gin

from learned_update.errors import invalid
from learned_update.layers.bases.attention import AttentionBase
from learned_update.layers.bases.conv import MEAN, ROWS, VALID, ConvBase
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.bases.wired import WiredBase

BASE_MODELS = {"mlp": BaseMLP, "conv": ConvBase, "attention": AttentionBase}


def base_model(kind, units, activation="relu", **options):
    """A base model.

    Args:
        kind: a name in `BASE_MODELS`.
        units: widths of the layers, bottom to top.
        activation: a Keras activation by name or callable, or `"step"`.
        **options: further arguments of the class.

    Raises:
        ValueError: there is no such kind or argument, or an argument makes no sense.
    """
    if kind not in BASE_MODELS:
        raise invalid(
            "There is no such base model.",
            expected=f"one of {', '.join(map(repr, BASE_MODELS))}",
            received=f"base={kind!r}",
            remedy="'mlp' takes rows of any kind.",
        )
    make = BASE_MODELS[kind]
    known = {
        name
        for each in (make, WiredBase)
        for name in inspect.signature(each.__init__).parameters
    } | {"dtype", "name"}
    foreign = sorted(set(options) - known)
    if foreign:
        raise invalid(
            f"The base model {kind!r} does not take {', '.join(foreign)}.",
            expected=f"arguments of {make.__name__}: "
            f"{', '.join(sorted(known - {'self', 'kwargs'}))}",
            received=", ".join(f"{name}={options[name]!r}" for name in foreign),
            remedy="Leave them out, or take another base model.",
        )
    return make(units, activation, **options)


class BaseForm(NamedTuple):
    """What a base model is, but for its units, activation and inputs.

    Attributes:
        kind: a name in `BASE_MODELS`.
        options: further arguments of its class.
        of_images: whether it needs the shape of images.
    """

    kind: str
    options: dict[str, Any]
    of_images: bool = False

    def arguments(self, image_shape):
        """The options, with the shape of images where it is needed."""
        if not self.of_images:
            return self.options
        return {**self.options, "image_shape": tuple(image_shape)}


MLP_FORM = BaseForm("mlp", {})


@gin.configurable(module="learned_update")
def mlp_base():
    """The `BaseForm` of an MLP."""
    return MLP_FORM


@gin.configurable(module="learned_update")
def conv_base(
    kernel_sizes=None,
    strides=None,
    padding=VALID,
    pooling=1,
    embedding=MEAN,
    rows=ROWS,
):
    """The `BaseForm` of a convolutional base model, see `ConvBase`.

    Args:
        kernel_sizes: None for a quarter of the image on the first layer, dense layers
            above it; an integer; or one per layer.
        strides: None for a seventh of the image on the first layer; an integer; or one
            per layer.
        padding: `"valid"` or `"same"`, or one per layer.
        pooling: height and width of averaged windows, one for all or one per layer.
        embedding: `"mean"` over positions or `"flatten"`.
        rows: positions that a weight change is made of at most.
    """
    options = {
        "kernel_sizes": kernel_sizes,
        "strides": strides,
        "padding": padding,
        "pooling": pooling,
        "embedding": embedding,
        "rows": rows,
    }
    return BaseForm("conv", options, of_images=True)


@gin.configurable(module="learned_update")
def attention_base(
    patch=7,
    tokens=None,
    vocabulary=None,
    waves=0,
    attention=None,
    residual=True,
    embedding=MEAN,
    rows=ROWS,
):
    """The `BaseForm` of a base model with attention, see `AttentionBase`.

    Args:
        patch: height and width of the patches of images.
        tokens: of an example that is no image; None for images.
        vocabulary: number of words, if tokens are indices of words.
        waves: sines and cosines of a token's place that are added to its inputs.
        attention: indices of the layers that attend; None for all but the last.
        residual: whether what attention gives is added to what it read.
        embedding: `"mean"` over tokens or `"flatten"`.
        rows: tokens that a weight change is made of at most.
    """
    options = {
        "patch": patch,
        "tokens": tokens,
        "vocabulary": vocabulary,
        "waves": waves,
        "attention": attention,
        "residual": residual,
        "embedding": embedding,
        "rows": rows,
    }
    return BaseForm("attention", options, of_images=tokens is None)


BASE_FORMS = {"mlp": mlp_base, "conv": conv_base, "attention": attention_base}
