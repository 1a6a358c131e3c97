"""The outer step as compiled functions, which all groups of one kind share."""

import collections

import keras
from keras import ops

from learned_update.backend.layout import Whole
from learned_update.training.outer_steps import layout
from learned_update.training.outer_steps.outer_step import descend, truncate
from learned_update.training.theta_average import average_step


class CompiledOuterStep:
    """Truncations of the groups visited, then the descent.

    A step that visits one group is one compiled function. One that visits more is a
    function per group and one of the descent, so that a shape compiles once, whatever
    other shapes it is visited with. Where groups of one kind have several shapes they
    share a trace whose sizes are free; a shape alone is traced with its sizes, which
    takes fewer operations.

    Args:
        rule: `UpdateRule`, whose variables are moved.
        optimizer: Keras optimizer, built with them.
        groups: `SlotGroup`s.
        spares: what the estimator carries on for a task, one per group, in place of
            what is not finite.
        estimator: as `meta.estimators` describes.
        truncated_step: function of `base` and `episode` that gives a `TruncatedStep`.
        devices: that share the tasks, `OneDevice` or `backend.SeveralDevices`.
        guards: `Guards`.
        theta_average: `ThetaAverage`, or None.
        average: `average_variables` of it, which are moved, too.
    """

    def __init__(
        self,
        rule,
        optimizer,
        groups,
        spares,
        estimator,
        truncated_step,
        devices,
        guards,
        theta_average=None,
        average=(),
    ):
        self._guards = guards
        self._theta_average = theta_average
        self.groups = groups
        self.estimator = estimator
        self.truncated_step = truncated_step
        self._optimizer = optimizer
        self._theta = rule.trainable_variables
        self._descending = len(self._theta) + len(optimizer.variables)
        self._variables = [*self._theta, *optimizer.variables, *average]
        self._devices = devices
        self._spares = devices.place(list(spares), Whole())
        self._resident = devices.place(
            _resident(group.tasks for group in groups), Whole()
        )
        self._functions = {}
        self._shapes = collections.defaultdict(set)
        for group in groups:
            self._shapes[_kind(group)].add(_shape(group))
        self._descend = devices.moving(self._descent, self._variables, free={2: ...})

    def __call__(self, phis, counts, drawn):
        """Moves the variables.

        Args:
            phis: `{index: what is carried on}` of the groups visited, used up.
            counts: `TrainState.counts`.
            drawn: `OuterDraw`.

        Returns:
            `(results, counts)`: `{index: GroupResult}`, and the next counts.
        """
        counts = self._devices.common(ops.convert_to_tensor(counts))
        if len(drawn.groups) == 1:
            ((index, group_drawn),) = drawn.groups.items()
            whole = self._function(index, whole=True)
            result, counts = whole(
                phis[index], *self._lying(index), group_drawn, counts
            )
            return {index: result}, counts
        results = self.truncations(phis, drawn)
        gradients = [result.gradient for result in results.values()]
        figures = [result.figures for result in results.values()]
        return results, self._descend(counts, gradients, figures)

    def truncations(self, phis, drawn):
        """`{index: GroupResult}` of the groups visited; nothing is moved."""
        theta = [ops.convert_to_tensor(variable) for variable in self._theta]
        theta = self._devices.common(theta)
        return {
            index: self._function(index, whole=False)(
                phis[index], *self._lying(index), group_drawn, theta
            )
            for index, group_drawn in drawn.groups.items()
        }

    def _lying(self, index):
        """What lies on the device for a group."""
        return self._resident[id(self.groups[index].tasks)], self._spares[index]

    def _function(self, index, whole):
        """The compiled truncation of a group, with or without the descent."""
        group = self.groups[index]
        kind = _kind(group)
        if (kind, whole) not in self._functions:
            step = self.truncated_step(base=group.base, episode=group.tasks.episode)
            several_shapes = len(self._shapes[kind]) > 1
            self._functions[kind, whole] = self._compile(step, whole, several_shapes)
        return self._functions[kind, whole]

    def _compile(self, step, whole, several_shapes):
        def truncated(phi, resident, spare, drawn, theta):
            return truncate(
                self.estimator,
                step,
                theta,
                phi,
                resident,
                spare,
                drawn,
                self._guards.largest_growth,
            )

        truncated = self._devices.share_out(
            truncated,
            arguments=(layout.PHI, Whole(), Whole(), layout.DRAWN, Whole()),
            results=layout.RESULT,
        )

        def outer_step(values, phi, resident, spare, drawn, counts):
            theta = values[: len(self._theta)]
            result = truncated(phi, resident, spare, drawn, theta)
            values, counts = self._descent(
                values, counts, [result.gradient], [result.figures]
            )
            return values, (result, counts)

        free, donate = dict.fromkeys(range(4), ...) if several_shapes else None, (0,)
        if whole:
            return self._devices.moving(outer_step, self._variables, free, donate)
        return self._devices.jit(truncated, free, donate)

    def _descent(self, values, counts, gradients, figures):
        averages = values[self._descending :]
        values, counts = descend(
            self._optimizer,
            self._theta,
            values[: self._descending],
            counts,
            gradients,
            figures,
            self._guards.smaller_rate,
        )
        if averages:
            theta = values[: len(self._theta)]
            averages = average_step(self._theta_average, averages, theta)
        return [*values, *averages], counts


def _kind(group):
    """What groups that share a compiled function have in common."""
    base = group.base
    return type(base), str(base.form()), base.activation, group.tasks.episode


def _shape(group):
    """What else the shapes of a group's tensors follow from."""
    sources = keras.tree.flatten(group.tasks.resident())
    return (
        group.base.units,
        group.slots,
        group.batch_size,
        group.tasks.input_dim,
        tuple(source.shape for source in sources),
    )


def _resident(distributions):
    """`Resident` tensors by the identity of task distributions, which groups share."""
    distributions = {id(tasks): tasks for tasks in distributions}
    return {
        key: keras.tree.map_structure(ops.convert_to_tensor, tasks.resident())
        for key, tasks in distributions.items()
    }
