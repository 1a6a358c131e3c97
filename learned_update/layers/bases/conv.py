"""The convolutional base model: a channel is a unit, a position an example."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from learned_update.checks import (
    check_choice,
    check_finite_batch,
    check_image_shape,
    check_kernels,
    is_integer,
)
from learned_update.errors import invalid
from learned_update.layers.bases.wired import WiredBase
from learned_update.layers.connections.direct import Direct
from learned_update.layers.connections.patches import Patches
from learned_update.layers.parts import PACKAGE
from learned_update.ops.positions.patches import (
    SAME,
    VALID,
    Geometry,
    axis_of,
    pooled,
    unfold,
)
from learned_update.types import Phi, Tensor

MEAN, FLATTEN = "mean", "flatten"
ROWS = 4096  # that a weight change is made of at most: bounds memory and time


@keras.saving.register_keras_serializable(PACKAGE)
class ConvBase(WiredBase):
    """z_l = batchnorm(conv(x_l, W_l)) + b_l, x_{l+1} = pool(act(z_l)).

    The rule sees a channel as a unit and a position as an example, so a theta that was
    meta-trained on MLPs applies; the inputs are the pixels of a patch. Kernels are
    `(taps * channels, units)`, the taps row by row as in Keras; feedback kernels are
    applied by the transposed convolution. Batch normalisation is per channel, over
    batch and positions.

    Args:
        units: channels of the layers, bottom to top.
        activation: a Keras activation by name or callable, or `"step"`.
        epsilon: added to the batch variance.
        fan_in_scaling: whether products are divided by sqrt(taps * channels).
        kernel_stddev: of the truncated normals that `kernel` and `feedback` start at.
        bias_stddev: of the truncated normals that `bias` starts at.
        image_shape: `(height, width, channels)` of the inputs.
        kernel_sizes: None for a quarter of the image on the first layer, dense layers
            above it; an integer; or one per layer: an integer, a pair (height, width),
            or None for a kernel over all positions, a dense layer.
        strides: None for a seventh of the image on the first layer; an integer; or one
            per layer.
        padding: `"valid"` or `"same"`, or one per layer.
        pooling: an integer, or one per layer: the height and width of the windows of
            its outputs that are averaged, 1 for none; a remainder is left out.
        embedding: `"mean"` over the positions of the top layer, after its pooling, or
            `"flatten"`.
        rows: positions that a weight change is made of at most; None for all.

    Raises:
        ValueError: an argument is of another type or length, or leaves a layer
            without a position.
    """

    def __init__(
        self,
        units: Sequence[int] = (32, 32, 32),
        activation: str | Callable[[Tensor], Tensor] = "relu",
        epsilon: float = 1e-6,
        fan_in_scaling: bool = False,
        kernel_stddev: float = 0.01,
        bias_stddev: float = 0.1,
        image_shape: Sequence[int] = (28, 28, 1),
        kernel_sizes: Any = None,
        strides: int | Sequence[int] | None = None,
        padding: str | Sequence[str] = VALID,
        pooling: int | Sequence[int] = 1,
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
        check_image_shape(image_shape)
        check_choice("embedding", embedding, (MEAN, FLATTEN))
        self.image_shape = tuple(int(size) for size in image_shape)
        layers = len(self.units)
        smaller = min(self.image_shape[:2])
        if kernel_sizes is None:
            kernel_sizes = (max(1, smaller // 4), *(None,) * (layers - 1))
        if strides is None:
            strides = (max(1, smaller // 7), *(1,) * (layers - 1))
        self.kernel_sizes = _per_layer("kernel_sizes", kernel_sizes, layers)
        self.strides = _per_layer("strides", strides, layers)
        self.padding = _per_layer("padding", padding, layers)
        self.pooling = _per_layer("pooling", pooling, layers)
        self.embedding = embedding
        self.rows_limit = rows
        self.geometries, self.tops = self._geometries()

    def _geometries(self):
        """`Geometry` of what every layer reads, and of every layer when pooled."""
        height, width, _ = self.image_shape
        pool, geometries, tops = 1, [], []
        for layer in range(len(self.units)):
            kernel, stride = self.kernel_sizes[layer], self.strides[layer]
            check_choice("padding", self.padding[layer], (SAME, VALID))
            pair = kernel if isinstance(kernel, list | tuple) else (kernel, kernel)
            numbers = [stride, self.pooling[layer], *(k for k in pair if k is not None)]
            if not all(is_integer(number) and number >= 1 for number in numbers):
                raise invalid(
                    f"Layer {layer} of the convolutional base model makes no sense.",
                    expected="kernel_sizes (or None), strides and pooling as "
                    "integers >= 1",
                    received=f"kernel size {kernel}, stride {stride}, pooling "
                    f"{self.pooling[layer]}",
                    remedy="Pass, for example, kernel_sizes=3, strides=2.",
                )
            geometry = Geometry(
                *(
                    axis_of(size, pool, taps, stride, self.padding[layer])
                    for size, taps in zip((height, width), pair, strict=True)
                )
            )
            if any(a.pooled < 1 or a.out < 1 for a in geometry):
                raise invalid(
                    f"Nothing is left of the image at layer {layer}.",
                    expected="at least one position",
                    received=f"a level of {height}x{width}, pooled by {pool}, and a "
                    f"kernel of {pair[0]}x{pair[1]}, padding {self.padding[layer]!r}",
                    remedy="Take smaller kernels, strides or pooling, or fewer layers.",
                )
            geometries.append(geometry)
            height, width = (a.out for a in geometry)
            pool = self.pooling[layer]
            sizes = (height, width)
            tops.append(Geometry(*(axis_of(s, pool, 1, 1, SAME) for s in sizes)))
        if any(a.pooled < 1 for a in tops[-1]):
            raise invalid(
                "Nothing is left of the image at the top.",
                expected="pooling that leaves at least one position",
                received=f"a level of {height}x{width} pooled by {pool}",
                remedy="Pool less on the last layer.",
            )
        return tuple(geometries), tuple(tops)

    def connection(
        self,
        layer: int,
        xs: Sequence[Tensor],
        zs: Sequence[Tensor],
        attention: Sequence[Tensor],
    ) -> Any:
        """The patches of the level below; those of the image are the inputs."""
        del xs, zs, attention
        geometry = self.geometries[layer]
        if layer == 0:
            return Direct(0, limit=self.rows_limit, positions=geometry.positions)
        return Patches(layer, geometry, self.rows_limit)

    @property
    def positions(self) -> int:
        """Rows that an image has, on the level with the most."""
        return max(geometry.positions for geometry in self.geometries)

    @property
    def embedding_units(self) -> int:
        """Number of features."""
        return self.layer_units[-1]

    @property
    def layer_units(self) -> tuple[int, ...]:
        """Channels of every layer, times its pooled positions if flattened."""
        flat = self.embedding == FLATTEN
        return tuple(
            (top.positions if flat else 1) * units
            for top, units in zip(self.tops, self.units, strict=True)
        )

    def shapes(self, input_dim: int | None) -> list[tuple[int | None, int]]:
        """`(taps * channels, units)` of every kernel."""
        self.check_width(input_dim)
        channels = (self.image_shape[-1], *self.units)
        return [
            (geometry.taps * below, above)
            for geometry, below, above in zip(
                self.geometries, channels, self.units, strict=False
            )
        ]

    def inputs(self, fan_in: int) -> int:
        """Pixels of an image."""
        del fan_in
        return int(np.prod(self.image_shape))

    def rows(self, x: Tensor) -> Tensor:
        """Patches of the image, `(batch * positions, taps * channels)`."""
        pixels = ops.reshape(x, (-1, self.image_shape[-1]))
        return unfold(pixels, self.geometries[0])

    def features(self, top: Tensor) -> Tensor:
        """Mean over positions, or all of them."""
        return self._features(top, -1)

    def layer_features(self, xs: Sequence[Tensor]) -> list[Tensor]:
        """Means over the pooled positions of every layer, or all of them."""
        return [self._features(x, layer) for layer, x in enumerate(xs[1:])]

    def _features(self, level, layer):
        top, image = self.tops[layer], pooled(level, self.tops[layer])
        if self.embedding == FLATTEN:
            return ops.reshape(image, (-1, self.layer_units[layer]))
        if top.positions == 1:
            return ops.reshape(image, (-1, self.units[layer]))
        return ops.sum(image, axis=(1, 2)) / top.positions

    def check_width(self, inputs: int | None) -> None:
        """Raises `ValueError` unless rows of this width are the images."""
        height, width, channels = self.image_shape
        if inputs is not None and inputs != height * width * channels:
            raise invalid(
                "The inputs are no images of the base model's shape.",
                expected=f"{height * width * channels} inputs, image_shape "
                f"{self.image_shape}",
                received=f"{inputs} inputs",
                remedy="Pass image_shape=(height, width, channels) of the images.",
            )

    def check_inputs(self, x: Tensor, phi: Phi, minimum_rows: int) -> None:
        """Raises `ValueError` unless x is a finite batch of images, flat or not."""
        del phi
        if len(x.shape) == 4:
            if tuple(x.shape[1:]) != self.image_shape:
                raise invalid(
                    "The images have another shape than the base model's.",
                    expected=f"(batch, {', '.join(map(str, self.image_shape))})",
                    received=f"shape {tuple(x.shape)}",
                    remedy="Pass image_shape=(height, width, channels) of the images.",
                )
        elif len(x.shape) == 2:
            self.check_width(x.shape[1])
        check_finite_batch(x, minimum_rows, (2, 4))

    def check_phi(self, phi: Phi, x: Tensor) -> None:
        """Raises `ValueError` unless phi has the kernels of this base model."""
        del x
        check_kernels(phi, self.shapes(None))

    def form(self) -> list[Any]:
        geometry = [self.image_shape, self.kernel_sizes, self.strides, self.padding]
        return [
            *super().form(),
            *geometry,
            self.pooling,
            self.embedding,
            self.rows_limit,
            self.units,
        ]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "image_shape": self.image_shape,
            "kernel_sizes": self.kernel_sizes,
            "strides": self.strides,
            "padding": self.padding,
            "pooling": self.pooling,
            "embedding": self.embedding,
            "rows": self.rows_limit,
        }


def _per_layer(name, value, layers):
    """One value per layer, of one for all or of as many."""
    if isinstance(value, list | tuple):
        if len(value) != layers:
            raise invalid(
                f"{name} does not fit units.",
                expected=f"one value, or {layers}, one per layer",
                received=f"{name}={value!r}",
                remedy="Pass as many as there are layers, or one for all.",
            )
        return tuple(tuple(v) if isinstance(v, list) else v for v in value)
    return (value,) * layers
