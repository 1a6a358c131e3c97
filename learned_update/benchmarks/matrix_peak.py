"""The largest rate of matrix products that a device reaches here and now."""

import time

from learned_update.benchmarks import engines

SIZES = (256, 512, 1024, 2048, 4096, 8192)
LONGEST = 0.5  # seconds of one product; larger ones are left out
REPEATS = 5
TERA = 1e12


def matrix_peak(sizes=SIZES):
    """Largest rate of a float32 matrix product, in TFLOP/s.

    With the precision that all products of this process have: on a GPU or TPU the
    backend may take a faster one than float32, here as there.

    Args:
        sizes: of square matrices, ascending.

    Returns:
        The best of a few tries over all sizes.
    """
    rates = []
    for size in sizes:
        product = engines.matrix_product(size)
        engines.wait(product())
        seconds = min(_seconds(product) for _ in range(REPEATS))
        rates.append(2 * size**3 / seconds / TERA)
        if seconds > LONGEST / 8:  # the next takes eight times as long
            break
    return max(rates)


def _seconds(product):
    """Per call, of several that follow one another without waiting."""
    calls = 4
    begun = time.perf_counter()
    for _ in range(calls):
        result = product()
    engines.wait(result)
    return (time.perf_counter() - begun) / calls
