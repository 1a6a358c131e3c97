"""How long a baseline takes to fit."""

import functools
import time


def timed(fit):
    """A method `fit` that leaves its wall time in the attribute `seconds`."""

    @functools.wraps(fit)
    def wrapper(self, *arguments, **settings):
        start = time.perf_counter()
        result = fit(self, *arguments, **settings)
        self.seconds = time.perf_counter() - start
        return result

    return wrapper
