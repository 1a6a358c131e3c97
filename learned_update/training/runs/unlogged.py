"""No log, of a process that writes nothing; the interface of `MetricsLog`."""


class Unlogged:
    """Writes nothing."""

    def write(self, metrics):
        """Nothing."""

    def write_events(self, outer_step, scalars):
        """Nothing."""

    def cut(self, outer_step):
        """Nothing."""

    def sync(self):
        """Nothing."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass
