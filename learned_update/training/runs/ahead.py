"""Draws the next outer step while the device computes the present one."""

from concurrent.futures import ThreadPoolExecutor


class DrawsAhead:
    """Hands out what outer steps read, one after the other.

    One thread draws ahead. What is drawn is a pure function of outer step and state,
    so it is what `trainer.step` would draw itself. What goes wrong in the thread is
    raised by `take`.

    Args:
        trainer: `MetaTrainer`.
        state: `TrainState` to begin at.
        outer_steps: at which the run ends.
    """

    def __init__(self, trainer, state, outer_steps):
        self._trainer = trainer
        self._outer_steps = outer_steps
        self._thread = ThreadPoolExecutor(1, "draws ahead")
        self._next = self._thread.submit(trainer.draw, state)

    def take(self, state):
        """The draw of the coming outer step; the one after it is begun."""
        drawn = self._next.result()
        if state.outer_step + 1 < self._outer_steps:
            self._next = self._thread.submit(self._after, state)
        return drawn

    def _after(self, state):
        return self._trainer.draw(self._trainer.advance(state)[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._thread.shutdown(cancel_futures=True)
