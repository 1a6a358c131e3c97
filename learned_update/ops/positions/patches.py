"""Patches of images and their transpose, on rows of positions.

Level `(..., examples * height * width, units)`, patches `(..., examples * positions,
taps * units)`, the taps of a patch row by row as in a kernel of `keras.ops.conv`.
"""

from typing import NamedTuple

from keras import ops

SAME, VALID = "same", "valid"


class Axis(NamedTuple):
    """One axis of a convolution, after pooling.

    Attributes:
        size: positions of the level.
        pool: positions that are averaged to one first; a remainder is left out.
        kernel: taps.
        stride: positions between two patches.
        before: zeros in front.
        after: zeros behind.
    """

    size: int
    pool: int
    kernel: int
    stride: int
    before: int
    after: int

    @property
    def pooled(self):
        """Positions after pooling."""
        return self.size // self.pool

    @property
    def out(self):
        """Patches."""
        padded = self.before + self.pooled + self.after
        return (padded - self.kernel) // self.stride + 1


class Geometry(NamedTuple):
    """The patches of an image.

    Attributes:
        rows: `Axis` of the height.
        columns: `Axis` of the width.
    """

    rows: Axis
    columns: Axis

    @property
    def taps(self):
        return self.rows.kernel * self.columns.kernel

    @property
    def positions(self):
        """Patches of an image."""
        return self.rows.out * self.columns.out

    @property
    def is_whole(self):
        """Whether the only patch is the whole image."""
        return all(a.kernel == a.pooled and a.out == 1 for a in self)

    @property
    def is_identity(self):
        """Whether every position is a patch of its own."""
        return all(a.kernel == 1 == a.stride and a.out == a.pooled for a in self)


def axis_of(size, pool, kernel, stride, padding):
    """The `Axis` of a size; `padding` is `"same"` or `"valid"`, as in Keras.

    Args:
        size: positions of the level.
        pool: positions that are averaged to one first.
        kernel: taps; None takes all that there are.
        stride: positions between two patches.
        padding: `"same"`: as many patches as positions, divided by the stride and
            rounded up, zeros around; `"valid"`: no zeros.
    """
    pooled = size // pool
    if kernel is None:
        return Axis(size, pool, pooled, stride, 0, 0)
    total = 0
    if padding == SAME:
        out = -(-pooled // stride)
        total = max((out - 1) * stride + kernel - pooled, 0)
    return Axis(size, pool, kernel, stride, total // 2, total - total // 2)


def pooled(x, geometry):
    """Means of windows, `(images, height, width, units)`, of rows of positions."""
    y, x_ = geometry
    units = x.shape[-1]
    image = ops.reshape(x, (-1, y.size, x_.size, units))
    if y.pool == x_.pool == 1:
        return image
    image = image[:, : y.pooled * y.pool, : x_.pooled * x_.pool]
    windows = ops.reshape(image, (-1, y.pooled, y.pool, x_.pooled, x_.pool, units))
    return ops.sum(windows, axis=(2, 4)) / (y.pool * x_.pool)


def unpooled(image, geometry):
    """The transpose of `pooled`, `(images, size, size, units)`."""
    y, x_ = geometry
    if y.pool == x_.pool == 1:
        return image
    units = image.shape[-1]
    share = ops.reshape(image, (-1, y.pooled, 1, x_.pooled, 1, units))
    share = share * ops.ones((1, 1, y.pool, 1, x_.pool, 1), image.dtype)
    share = ops.reshape(share, (-1, y.pooled * y.pool, x_.pooled * x_.pool, units))
    rest = [a.size - a.pooled * a.pool for a in geometry]
    return _padded(share, (0, rest[0]), (0, rest[1])) / (y.pool * x_.pool)


def unfold(x, geometry, every=1):
    """Patches of a level.

    Args:
        x: `(..., examples * height * width, units)`.
        geometry: `Geometry`.
        every: of the patches only each `every`-th is taken.

    Returns:
        `(..., rows, taps * units)`.
    """
    leading, units = tuple(x.shape[:-2]), x.shape[-1]

    def rows(part):
        part = ops.reshape(part, (*leading, -1, part.shape[-1]))
        return part if every == 1 else part[..., ::every, :]

    image = pooled(x, geometry)
    if geometry.is_identity:
        return rows(image)
    if geometry.is_whole:
        return rows(ops.reshape(image, (-1, geometry.taps * units)))
    y, x_ = geometry
    image = _padded(image, (y.before, y.after), (x_.before, x_.after))
    parts = [
        rows(
            image[
                :,
                row : row + (y.out - 1) * y.stride + 1 : y.stride,
                column : column + (x_.out - 1) * x_.stride + 1 : x_.stride,
            ]
        )
        for row in range(y.kernel)
        for column in range(x_.kernel)
    ]
    return ops.concatenate(parts, axis=-1)


def fold(patches, geometry):
    """The transpose of `unfold`: every tap is added to the position that it read.

    Args:
        patches: `(..., examples * positions, taps * units)`.
        geometry: `Geometry`.

    Returns:
        `(..., examples * height * width, units)`.
    """
    leading, units = tuple(patches.shape[:-2]), patches.shape[-1] // geometry.taps
    y, x_ = geometry
    if geometry.is_identity or geometry.is_whole:
        image = ops.reshape(patches, (-1, y.pooled, x_.pooled, units))
    else:
        image = _added(patches, geometry, units)
    return ops.reshape(unpooled(image, geometry), (*leading, -1, units))


def _added(patches, geometry, units):
    """`(images, pooled height, pooled width, units)`, without pooling.

    Taps that are a multiple of the stride apart are added on the grid of the patches;
    the grids of the s x s remainders are then interlaced.
    """
    y, x_ = geometry
    grid = ops.reshape(patches, (-1, y.out, x_.out, geometry.taps * units))
    heights, widths = (axis.out + (axis.kernel - 1) // axis.stride for axis in geometry)
    none = ops.zeros_like(
        _padded(grid[..., :units], (0, heights - y.out), (0, widths - x_.out))
    )
    fine = []
    for row in range(y.stride):
        columns = []
        for column in range(x_.stride):
            total = none
            for i in range(row, y.kernel, y.stride):
                for j in range(column, x_.kernel, x_.stride):
                    tap = i * x_.kernel + j
                    up, left = i // y.stride, j // x_.stride
                    total += _padded(
                        grid[..., tap * units : (tap + 1) * units],
                        (up, heights - up - y.out),
                        (left, widths - left - x_.out),
                    )
            columns.append(total)
        row_of_columns = ops.stack(columns, axis=3)  # (.., heights, widths, stride, ..)
        fine.append(
            ops.reshape(row_of_columns, (-1, heights, widths * x_.stride, units))
        )
    image = ops.stack(fine, axis=2)  # (images, heights, stride, .., units)
    image = ops.reshape(image, (-1, heights * y.stride, widths * x_.stride, units))
    missing = [
        max(axis.before + axis.pooled - size, 0)
        for axis, size in ((y, heights * y.stride), (x_, widths * x_.stride))
    ]
    image = _padded(image, (0, missing[0]), (0, missing[1]))
    return image[:, y.before : y.before + y.pooled, x_.before : x_.before + x_.pooled]


def _padded(image, rows, columns):
    if rows == columns == (0, 0):
        return image
    return ops.pad(image, ((0, 0), rows, columns, (0, 0)))
