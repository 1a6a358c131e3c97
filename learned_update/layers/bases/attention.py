"""The base model with attention: tokens are examples, and read one another."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update.checks import (
    check_choice,
    check_concrete_ids,
    check_finite_batch,
    check_image_shape,
    check_kernels,
    is_integer,
)
from learned_update.errors import invalid
from learned_update.layers.bases.conv import FLATTEN, MEAN, ROWS
from learned_update.layers.bases.wired import WiredBase
from learned_update.layers.connections.direct import Direct
from learned_update.layers.connections.mixing import Mixing
from learned_update.layers.parts import PACKAGE
from learned_update.ops.positions.patches import VALID, Geometry, axis_of, unfold
from learned_update.types import Phi, Tensor


class Kernel(NamedTuple):
    """A kernel of the base model.

    Attributes:
        levels: that it reads: their sum, or query, key and value if it mixes.
        units: that it makes.
        mixes: whether it reads values mixed by attention.
    """

    levels: tuple[int, ...]
    units: int
    mixes: bool = False


@keras.saving.register_keras_serializable(PACKAGE)
class AttentionBase(WiredBase):
    """An MLP on tokens, whose levels attend: softmax(q k^T / sqrt(d)) v.

    After a layer that attends come four kernels of its width, query, key, value and
    output, each with bias, batch normalisation over batch and tokens and activation as
    every layer; query and key enter the softmax before their activation. The rule
    changes every kernel. Without attention and with one token it is the MLP.

    Args:
        units: widths of the MLP's layers, bottom to top.
        activation: a Keras activation by name or callable, or `"step"`.
        epsilon: added to the batch variance.
        fan_in_scaling: whether products are divided by sqrt(fan-in).
        kernel_stddev: of the truncated normals that `kernel` and `feedback` start at.
        bias_stddev: of the truncated normals that `bias` starts at.
        tokens: of an example, whose inputs are cut into as many equal parts; not with
            `image_shape`.
        image_shape: `(height, width, channels)` of images, whose patches are tokens.
        patch: height and width of the patches, which do not overlap.
        vocabulary: number of words, if inputs are `tokens` indices of words from 0;
            None if they are numbers.
        waves: sines and cosines of the token's place that are added to its inputs, an
            even number of columns. Without them the order of tokens does not count.
        attention: indices of the layers whose outputs attend; None for all but the
            last.
        residual: whether what attention gives is added to what it read.
        embedding: `"mean"` over the tokens of the top layer, or `"flatten"`.
        rows: tokens that a weight change is made of at most; None for all.

    Raises:
        ValueError: an argument is of another type or out of its range.
    """

    def __init__(
        self,
        units: Sequence[int] = (64, 64, 32),
        activation: str | Callable[[Tensor], Tensor] = "relu",
        epsilon: float = 1e-6,
        fan_in_scaling: bool = False,
        kernel_stddev: float = 0.01,
        bias_stddev: float = 0.1,
        tokens: int | None = None,
        image_shape: Sequence[int] | None = None,
        patch: int = 7,
        vocabulary: int | None = None,
        waves: int = 0,
        attention: Sequence[int] | None = None,
        residual: bool = True,
        embedding: str = MEAN,
        rows: int | None = ROWS,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation,
            epsilon,
            fan_in_scaling,
            kernel_stddev,
            bias_stddev,
            **kwargs,
        )
        check_choice("embedding", embedding, (MEAN, FLATTEN))
        self.image_shape = None if image_shape is None else tuple(image_shape)
        self.patch = patch
        self.patches = self._patches()
        if self.patches is not None:
            tokens = self.patches.positions
        self.tokens = 1 if tokens is None else tokens
        self.vocabulary = vocabulary
        self.waves = waves
        for name, number, least in (
            ("tokens", self.tokens, 1),
            ("vocabulary", 1 if vocabulary is None else vocabulary, 1),
            ("waves", waves, 0),
        ):
            if not is_integer(number) or number < least:
                raise invalid(
                    f"{name} is out of its range.",
                    expected=f"an integer >= {least}",
                    received=f"{name}={number!r}",
                    remedy="Pass another value.",
                )
        hidden = len(self.units) - 1
        self.attention = tuple(range(hidden)) if attention is None else tuple(attention)
        if not set(self.attention) <= set(range(hidden)):
            raise invalid(
                "These layers cannot attend.",
                expected=f"attention as indices from 0 to {hidden - 1}, the layers "
                "below the last",
                received=f"attention={attention!r}",
                remedy="Leave it out: all of them attend.",
            )
        self.residual = residual
        self.embedding = embedding
        self.rows_limit = rows
        self.kernels, self.streams = self._kernels()

    def _patches(self):
        """`Geometry` of the patches of an image; None where there is none."""
        if self.image_shape is None:
            return None
        check_image_shape(self.image_shape)
        height, width, _ = self.image_shape
        if not is_integer(self.patch) or height % self.patch or width % self.patch:
            raise invalid(
                "Images cannot be cut into patches of this size.",
                expected="patch as an integer that divides height and width",
                received=f"patch={self.patch!r} for image_shape={self.image_shape}",
                remedy="Pass another patch.",
            )
        return Geometry(
            *(
                axis_of(size, 1, self.patch, self.patch, VALID)
                for size in (height, width)
            )
        )

    def _kernels(self):
        """The `Kernel`s, bottom to top, and what is read of every layer, as levels."""
        kernels, stream, streams = [], (0,), []
        for index, width in enumerate(self.units):
            kernels.append(Kernel(stream, width))
            level = len(kernels)
            stream = (level,)
            if index in self.attention:
                kernels += [Kernel(stream, width)] * 3
                mixed = (level + 1, level + 2, level + 3)
                kernels.append(Kernel(mixed, width, mixes=True))
                stream = (level, level + 4) if self.residual else (level + 4,)
            streams.append(stream)
        return tuple(kernels), tuple(streams)

    def connection(
        self,
        layer: int,
        xs: Sequence[Tensor],
        zs: Sequence[Tensor],
        attention: Sequence[Tensor],
    ) -> Any:
        """The level below, a sum of levels, or values mixed by attention."""
        kernel = self.kernels[layer]
        if not kernel.mixes:
            return Direct(*kernel.levels, limit=self.rows_limit, positions=self.tokens)
        query, key, value = kernel.levels
        before = sum(other.mixes for other in self.kernels[:layer])
        return Mixing(
            kernel.levels,
            zs[query - 1],
            zs[key - 1],
            xs[value],
            self.tokens,
            weights=attention[before] if before < len(attention) else None,
            limit=self.rows_limit,
        )

    @property
    def layers(self) -> int:
        """How many kernels there are."""
        return len(self.kernels)

    @property
    def positions(self) -> int:
        """Rows that an example has."""
        return self.tokens

    @property
    def embedding_units(self) -> int:
        """Number of features."""
        return self.layer_units[-1]

    @property
    def layer_units(self) -> tuple[int, ...]:
        """Units of every entry of `units`, times the tokens if flattened."""
        positions = self.tokens if self.embedding == FLATTEN else 1
        return tuple(positions * units for units in self.units)

    def shapes(self, input_dim: int | None) -> list[tuple[int | None, int]]:
        """`(inputs, units)` of every kernel."""
        widths = [self.token_width(input_dim)]
        shapes = []
        for kernel in self.kernels:
            below = widths[kernel.levels[-1]]
            shapes.append((below, kernel.units))
            widths.append(kernel.units)
        return shapes

    def token_width(self, input_dim: int | None) -> int | None:
        """Inputs of a token, of the width of the inputs.

        Raises:
            ValueError: inputs of this width are no such tokens.
        """
        if input_dim is None:
            return None
        expected = None
        if self.image_shape is not None:
            expected = int(np.prod(self.image_shape))
        elif self.vocabulary is not None:
            expected = self.tokens
        if input_dim != expected if expected else input_dim % self.tokens:
            what = f"{expected}" if expected else f"a multiple of {self.tokens}"
            raise invalid(
                "The inputs cannot be cut into tokens.",
                expected=f"{what} inputs for tokens={self.tokens}, image_shape="
                f"{self.image_shape}, vocabulary={self.vocabulary}",
                received=f"{input_dim} inputs",
                remedy="Pass image_shape of images, or tokens of sequences.",
            )
        width = self.vocabulary or input_dim // self.tokens
        return width + self.waves

    def inputs(self, fan_in: int) -> int:
        """Width of an example, of the inputs of a token."""
        if self.image_shape is not None:
            return int(np.prod(self.image_shape))
        words = self.vocabulary is not None
        return self.tokens * (1 if words else fan_in - self.waves)

    def rows(self, x: Tensor) -> Tensor:
        """Tokens, `(batch * tokens, inputs)`."""
        dtype = x.dtype
        if self.patches is not None and self.image_shape is not None:
            tokens = unfold(ops.reshape(x, (-1, self.image_shape[-1])), self.patches)
        elif self.vocabulary is not None:
            tokens = ops.one_hot(
                ops.reshape(ops.cast(x, "int32"), (-1,)), self.vocabulary, dtype=dtype
            )
        else:
            tokens = ops.reshape(x, (-1, x.shape[-1] // self.tokens))
        if not self.waves:
            return tokens
        return ops.concatenate([tokens, self._places(tokens)], axis=-1)

    def places(self) -> np.ndarray:
        """Sines and cosines of the tokens' places, `(tokens, waves)`, on the host."""
        place = np.arange(self.tokens)[:, None]
        index = np.arange(self.waves)[None]
        angle = np.pi * place * (index // 2 + 1) / self.tokens
        return np.where(index % 2, np.sin(angle), np.cos(angle))

    def _places(self, tokens):
        """The same for every example, `(rows, waves)`."""
        waves = ops.convert_to_tensor(self.places(), tokens.dtype)
        by_example = ops.reshape(tokens, (-1, self.tokens, tokens.shape[-1]))
        repeated = waves[None] + ops.zeros_like(by_example[..., :1])
        return ops.reshape(repeated, (-1, self.waves))

    def features(self, top: Tensor) -> Tensor:
        """Mean over tokens, or all of them."""
        return self._features(top, self.units[-1])

    def layer_features(self, xs: Sequence[Tensor]) -> list[Tensor]:
        """Means over the tokens of every layer with what it attends to, or all."""
        return [
            self._features(sum((xs[i] for i in stream[1:]), xs[stream[0]]), units)
            for stream, units in zip(self.streams, self.units, strict=True)
        ]

    def _features(self, level, units):
        by_example = ops.reshape(level, (-1, self.tokens, units))
        if self.embedding == FLATTEN:
            return ops.reshape(by_example, (-1, self.tokens * units))
        if self.tokens == 1:
            return level
        return ops.sum(by_example, axis=1) / self.tokens

    def check_inputs(self, x: Tensor, phi: Phi, minimum_rows: int) -> None:
        """Raises `ValueError` unless x is a finite batch of what makes tokens."""
        del phi
        inputs = int(np.prod(x.shape[1:])) if None not in x.shape[1:] else None
        self.token_width(inputs)
        check_finite_batch(x, minimum_rows, (2, 4) if self.image_shape else (2,))
        if self.vocabulary is not None:
            check_concrete_ids(x, self.vocabulary)

    def check_phi(self, phi: Phi, x: Tensor) -> None:
        """Raises `ValueError` unless phi has the kernels of this base model."""
        inputs = int(np.prod(x.shape[1:])) if None not in x.shape[1:] else None
        check_kernels(phi, self.shapes(inputs))

    def form(self) -> list[Any]:
        return [
            *super().form(),
            self.units,
            self.tokens,
            self.image_shape,
            self.patch,
            self.vocabulary,
            self.waves,
            self.attention,
            self.residual,
            self.embedding,
            self.rows_limit,
        ]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "tokens": None if self.image_shape else self.tokens,
            "image_shape": self.image_shape,
            "patch": self.patch,
            "vocabulary": self.vocabulary,
            "waves": self.waves,
            "attention": self.attention,
            "residual": self.residual,
            "embedding": self.embedding,
            "rows": self.rows_limit,
        }
