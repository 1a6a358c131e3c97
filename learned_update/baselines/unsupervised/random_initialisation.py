"""The base model before any inner step."""

from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.shared.rows import checked_rows
from learned_update.baselines.shared.wall_time import timed
from learned_update.layers.bases.outputs import TOP


class RandomInitialisation:
    """Features of the base model at its random initial phi, as `FixedPhi` has them.

    Args:
        base: a `BaseMLP`.
        seed: seed of the initial phi.
        output: what of it are the features, one of `OUTPUTS`.

    Attributes:
        parameters: 0, since none is trained.
        seconds: wall time of `fit`.
    """

    parameters = 0

    def __init__(self, base, seed, output=TOP):
        self.base = base
        self.output = output
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
        self._embedding = FixedPhi(self.base, self.phi, self.output).fit(pixels)
        return self

    def embed(self, pixels):
        """Features `(examples, output_units)` of `pixels`, `(examples, inputs)`."""
        return self._embedding.embed(pixels)
