"""Which method, after how many inner steps."""

from typing import NamedTuple


class Column(NamedTuple):
    """A method as it is scored: a rule after some inner steps, or a baseline.

    Attributes:
        method: its name.
        steps: inner steps done; None for a method that takes none.
    """

    method: str
    steps: int | None = None

    def __str__(self):
        return (
            self.method if self.steps is None else f"{self.method}, {self.steps} steps"
        )
