"""Features of a prototypical network that was meta-trained on other data."""


class PrototypicalFeatures:
    """A meta-trained network as a method that sees pixels without labels.

    Args:
        network: `PrototypicalNetwork` that is fitted.

    Attributes:
        earlier_seconds: wall time of the meta-training, which several data sets share.
    """

    def __init__(self, network):
        self._network = network
        self.earlier_seconds = network.seconds

    def fit(self, pixels):
        """Takes the statistics of `pixels`, `(examples, inputs)`.

        Returns:
            This object.
        """
        self._encoder = self._network.encoder().fit(pixels)
        self.base, self.phi = self._encoder.base, self._encoder.phi
        self.parameters = self._network.parameters
        return self

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`."""
        return self._encoder.embed(pixels)
