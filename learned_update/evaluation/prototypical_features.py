"""Features of a prototypical network that was meta-trained on other data."""

from learned_update.baselines import PrototypicalNetwork


class PrototypicalFeatures:
    """Meta-trains with the labels of `tasks`; the pixels give the statistics alone.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights and the episodes.
        tasks: `TaskDistribution`.
        steps: episodes of meta-training.
    """

    def __init__(self, base, seed, tasks, steps):
        self._network = PrototypicalNetwork(base, seed, steps)
        self._tasks = tasks

    def fit(self, pixels):
        """Meta-trains, and takes the statistics of `pixels`, `(examples, inputs)`.

        Returns:
            This object.
        """
        self._network.fit(self._tasks)
        self._encoder = self._network.encoder().fit(pixels)
        self.base, self.phi = self._encoder.base, self._encoder.phi
        self.parameters = self._network.parameters
        return self

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`."""
        return self._encoder.embed(pixels)
