"""A trainer whose compiled part can be called, counted and compiled by itself."""

import keras
from keras import ops

from learned_update.training.outer_steps.outer_step import descend, truncate
from learned_update.training.trainer import MetaTrainer


class MeasuredTrainer(MetaTrainer):
    """A `MetaTrainer` that shows what it compiles."""

    def compute(self, state, drawn):
        """The compiled part of an outer step alone.

        Args:
            state: `TrainState`; its phi is used up.
            drawn: `OuterDraw` for it.

        Returns:
            `TrainState` with the phi after the step; nothing else of it has moved.
        """
        phis = {index: state.groups[index].phi for index in drawn.groups}
        results, _ = self._outer_step(phis, state.counts, drawn)
        groups = list(state.groups)
        for index, result in results.items():
            groups[index] = groups[index]._replace(phi=result.phi)
        return state._replace(groups=tuple(groups))

    def truncation(self, index):
        """The truncation of a group, a pure function that is not compiled.

        Args:
            index: of the group.

        Returns:
            A function `(theta, phi, resident, spare, drawn) -> GroupResult`.
        """
        estimator, step = self._outer_step.estimator, self.truncated_step(index)

        def truncated(theta, phi, resident, spare, drawn):
            return truncate(estimator, step, theta, phi, resident, spare, drawn)

        return truncated

    def truncation_arguments(self, state, drawn, index):
        """What `truncation(index)` is called with, trees of tensors."""
        theta = [ops.convert_to_tensor(v) for v in self.rule.trainable_variables]
        group = self.groups[index]
        resident = keras.tree.map_structure(
            ops.convert_to_tensor, group.tasks.resident()
        )
        phi = state.groups[index].phi
        spare = keras.tree.map_structure(lambda leaf: leaf[0], phi)
        return theta, phi, resident, spare, drawn.groups[index]

    def whole_step(self, index):
        """An outer step that visits one group, a pure function.

        Args:
            index: of the group.

        Returns:
            A function `(values, phi, resident, spare, drawn, counts) -> (values,
            result, counts)`, where `values` are those of theta and the optimizer's.
        """
        truncated, theta = self.truncation(index), self.rule.trainable_variables

        def step(values, phi, resident, spare, drawn, counts):
            result = truncated(values[: len(theta)], phi, resident, spare, drawn)
            values, counts = descend(
                self.optimizer,
                theta,
                values,
                counts,
                [result.gradient],
                [result.figures],
            )
            return values, result, counts

        return step
