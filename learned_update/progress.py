"""A progress bar that is quiet when nobody watches."""

import sys

from tqdm import tqdm


class Progress:
    """Shows rate, figures and time left of a long piece of work.

    Args:
        total: units of work in all.
        description: what is being done, in a word or two.
        initial: units already done, when a run is resumed.
        enabled: True or False; None shows the bar if stderr is a terminal.
    """

    def __init__(self, total, description, initial=0, enabled=None):
        if enabled is None:
            enabled = sys.stderr.isatty()
        self._bar = tqdm(
            total=total,
            desc=description,
            initial=initial,
            disable=not enabled,
            dynamic_ncols=True,
        )

    def update(self, count=1, **figures):
        """Counts `count` units as done and shows the named figures."""
        if figures:
            self._bar.set_postfix(
                {name: f"{value:.4g}" for name, value in figures.items()},
                refresh=False,
            )
        self._bar.update(count)

    def set_back(self, units):
        """Says that only so many units are done, after all."""
        self._bar.n = units
        self._bar.refresh()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._bar.close()
