"""The one device that does everything; the interface of `backend.SeveralDevices`."""

import keras
from keras import ops

from learned_update import backend


class OneDevice:
    """All tasks are on the default device, so that nothing is laid anywhere."""

    count = 1

    def place(self, tree, layout):
        """The tree as it is."""
        del layout
        return tree

    def common(self, tree):
        """The tree as it is."""
        return tree

    def gather(self, tree):
        """The tree in NumPy."""
        return keras.tree.map_structure(ops.convert_to_numpy, tree)

    def copied(self, tree):
        """A tree that may be used up without the other."""
        return keras.tree.map_structure(ops.copy, tree)

    def share_out(self, function, arguments, results):
        """The function itself."""
        del arguments, results
        return function

    def jit(self, function, free=None, donate=()):
        """As `backend.jit`."""
        return backend.jit(function, free, donate=donate)

    def moving(self, function, variables, free=None, donate=()):
        """As `backend.moving`."""
        return backend.moving(function, variables, free, donate=donate)
