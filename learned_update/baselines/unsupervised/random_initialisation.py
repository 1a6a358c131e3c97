"""The base model before any inner step."""

from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.shared.rows import checked_rows
from learned_update.baselines.shared.wall_time import timed


class RandomInitialisation:
    """Features of the base model at its random initial phi, as `FixedPhi` has them.

    Args:
        base: a `BaseMLP`.
        seed: seed of the initial phi.

    Attributes:
        parameters: 0, since none is trained.
        seconds: wall time of `fit`.
    """

    parameters = 0

    def __init__(self, base, seed):
        self.base = base
        self.seed = seed

    @timed
    def fit(self, pixels):
        """Draws phi and takes the statistics of `pixels`, `(examples, inputs)`.

        Returns:
            This object.

        Raises:
            ValueError: if there are fewer than two rows.
        """
        pixels = checked_rows(pixels, minimum=2)
        self.phi = self.base.init_phi(pixels.shape[1], self.seed)
        self._embedding = FixedPhi(self.base, self.phi).fit(pixels)
        return self

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`."""
        return self._embedding.embed(pixels)
