"""One few-shot problem as a learner sees it."""

from typing import NamedTuple

import numpy as np

from learned_update.types import Tensor


class Episode(NamedTuple):
    """Labelled support and query; rows in any order.

    Attributes:
        support_x: `(supports, *image_shape)` float32.
        support_y: `(supports,)` int32, from 0 to ways - 1.
        query_x: `(queries, *image_shape)` float32.
        query_y: `(queries,)` int32.
        classes: number of each class among those of meta-training, `(ways,)` int32.
    """

    support_x: Tensor
    support_y: Tensor
    query_x: Tensor
    query_y: Tensor
    classes: Tensor

    @property
    def ways(self):
        """How many classes."""
        return self.classes.shape[-1]


def stack_episodes(episodes):
    """Several episodes of one form as one with a leading `tasks` axis."""
    return Episode(*(np.stack(field) for field in zip(*episodes, strict=True)))
