"""What a method takes on a data set."""

from typing import NamedTuple


class Cost(NamedTuple):
    """What a method takes on a data set.

    Attributes:
        seconds: wall time to fit, with the meta-training that data sets may share, and
            to embed support and test split inductively, mean over the seeds; of a
            method with its own read-out, to fit and to predict, mean over seeds and
            episodes.
        parameters: numbers that were trained.
        features: that it gives; None with a read-out of its own.
    """

    seconds: float
    parameters: int
    features: int | None = None
