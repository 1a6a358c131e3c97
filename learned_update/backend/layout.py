"""How trees of tensors lie on several devices; a layout is a prefix of such a tree."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Shared:
    """Each device has its part of the tasks.

    Attributes:
        axis: of the tasks.
    """

    axis: int = 0


@dataclasses.dataclass(frozen=True)
class Whole:
    """Each device has all of it."""


@dataclasses.dataclass(frozen=True)
class Averaged:
    """Of results: the mean over the devices, on each of them."""


@dataclasses.dataclass(frozen=True)
class Gathered:
    """Of results: the parts of all devices put together, on each of them.

    Attributes:
        axis: of the tasks.
    """

    axis: int = 0
