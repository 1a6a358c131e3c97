"""The meta-trainer: gradient descent of theta through truncated unrolls."""

import copy
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.rule import Rule
from learned_update.meta.truncated_step import TruncatedStep
from learned_update.randomness import generator
from learned_update.training.devices.one_device import OneDevice
from learned_update.training.estimators import truncated_backpropagation
from learned_update.training.guards.guards import Guards, check_guards
from learned_update.training.objective import cosine_objective
from learned_update.training.optimizer import BETA_1, BETA_2
from learned_update.training.outer_steps import layout
from learned_update.training.outer_steps.compiled import CompiledOuterStep
from learned_update.training.outer_steps.draws import GroupDraws, OuterDraw
from learned_update.training.outer_steps.families import families
from learned_update.training.outer_steps.memory import (
    AUTO,
    check_rematerialise,
    policy_by_memory,
)
from learned_update.training.outer_steps.outer_step import mean_gradient
from learned_update.training.outer_steps.precision import check_precision
from learned_update.training.outer_steps.slots import (
    TRUNCATION,
    SlotGroup,
    advance,
    initial_state,
    spare_phi,
)
from learned_update.training.outer_steps.step_metrics import StepMetrics
from learned_update.training.schedule import Schedule, check_schedule
from learned_update.training.task_group import TaskGroup, check_group
from learned_update.training.theta_average import ThetaAverage, average_variables
from learned_update.types import InnerState, Tensor, TrainState


class MetaTrainer:
    """Meta-learns theta of a rule through truncated unrolls.

    An outer step does k inner steps with every task of the groups that it visits,
    averages the meta-objective over the states, clips every task's gradient on its
    own and moves theta by the mean. The last phi starts the next truncation.

    Args:
        rule: `UpdateRule`, whose variables are trained.
        groups: `TaskGroup`s; all tasks of one share the shape of the base model.
        optimizer: Keras optimizer of theta; Adam at 3e-3 if None.
        objective: as `meta_objective`; the cosine distance if None.
        schedule: `Schedule` of the lengths.
        clip_norm: bound of the norm of one task's gradient.
        joint_statistics: whether support and query are embedded as one batch, as the
            authors did, or both with the batch statistics of the support.
        groups_per_step: groups that an outer step visits in turn; all if None.
        seed: of everything that is drawn.
        rematerialise: what the gradient computes again to save memory: `"none"`;
            `"steps"`, which keeps only phi per inner step; on JAX also `"dots"`, which
            keeps the results of matrix products; `"auto"`, the first of none, dots and
            steps that fits into half of the device's memory.
        precision: of the matrix products of rule and base model: `"float32"`, `"tf32"`
            or `"bfloat16"`, with sums in float32; None leaves it to the device. All
            else, theta and phi as well, is float32.
        devices: that share the tasks; one if None.
        guards: `Guards` against what goes wrong without an error; the defaults if None.
        estimator: function of `clip_norm`, `rematerialise` and `schedule` that makes an
            estimator of the meta-gradient, such as those of `training.estimators`;
            truncated backpropagation if None.
        theta_average: `ThetaAverage`; if None, theta is not averaged.

    Attributes:
        average: Keras variables of the running mean of theta: outer steps done, then
            one like each of the rule's; empty without one.

    Raises:
        ValueError: there is no group, or a number makes no sense.
    """

    def __init__(
        self,
        rule: Rule,
        groups: Sequence[TaskGroup],
        optimizer: keras.optimizers.Optimizer | None = None,
        objective: Callable[..., Any] | None = None,
        schedule: Schedule | None = None,
        clip_norm: float = 0.3,
        joint_statistics: bool = True,
        groups_per_step: int | None = None,
        seed: int = 0,
        rematerialise: str = "steps",
        precision: str | None = None,
        devices: Any = None,
        guards: Guards | None = None,
        estimator: Any = None,
        theta_average: ThetaAverage | None = None,
    ) -> None:
        self.rule = rule
        self.devices = devices or OneDevice()
        groups = tuple(groups)
        self.optimizer = optimizer or keras.optimizers.Adam(
            3e-3, beta_1=BETA_1, beta_2=BETA_2
        )
        self.schedule = schedule or Schedule()
        self.clip_norm = clip_norm
        self.groups_per_step = groups_per_step or len(groups)
        self.seed = seed
        self.guards = guards or Guards()
        check_guards(self.guards)
        check_rematerialise(rematerialise)
        check_precision(precision)
        check_schedule(self.schedule)
        if not 1 <= self.groups_per_step <= len(groups):
            raise invalid(
                "An outer step must visit at least one group of tasks.",
                expected=f"1 <= groups_per_step <= {len(groups)} groups",
                received=f"groups_per_step={groups_per_step}",
                remedy="Give groups, and visit no more than there are.",
            )
        for group in groups:
            check_group(group)
        self.groups = tuple(
            SlotGroup(
                index=index,
                tasks=group.tasks,
                base=_base(rule, group),
                slots=group.slots,
                batch_size=group.batch_size,
                schedule=self.schedule,
                seed=seed,
            )
            for index, group in enumerate(groups)
        )
        self._families = families(
            dataset.name for group in groups for dataset in group.tasks.datasets
        )
        self.optimizer.build(rule.trainable_variables)
        self.average = average_variables(theta_average, rule.trainable_variables)
        self._averaged_rule = copy.deepcopy(rule) if self.average else None
        make_step = functools.partial(
            TruncatedStep,
            rule,
            objective=objective or cosine_objective(),
            joint_statistics=joint_statistics,
            precision=precision,
        )
        if rematerialise == AUTO:
            rematerialise = policy_by_memory(self.groups, make_step, self.devices)
        estimator = (estimator or truncated_backpropagation)(
            clip_norm=clip_norm,
            rematerialise=rematerialise,
            schedule=self.schedule,
        )
        phis = [spare_phi(group) for group in self.groups]
        noise_shapes = [
            (estimator.pairs, *variable.shape)
            for variable in rule.trainable_variables
            if estimator.perturbs
        ]
        self._draws = [
            GroupDraws(group, phi, noise_shapes)
            for group, phi in zip(self.groups, phis, strict=True)
        ]
        no_noise = [ops.zeros(shape, rule.variable_dtype) for shape in noise_shapes]
        self._spares = [estimator.begin(phi, no_noise) for phi in phis]
        self._outer_step = CompiledOuterStep(
            rule,
            self.optimizer,
            self.groups,
            self._spares,
            estimator,
            make_step,
            self.devices,
            self.guards,
            theta_average,
            self.average,
        )

    def initial_state(self) -> TrainState:
        """`TrainState` at the first outer step."""
        return TrainState(
            outer_step=0,
            counts=np.zeros(3, np.int32),
            groups=tuple(self.laid(inner) for inner in self.initial_groups()),
        )

    def initial_groups(self) -> list[InnerState]:
        """`InnerState`s at the first outer step, not yet laid on the devices."""
        return [
            initial_state(group, spare)
            for group, spare in zip(self.groups, self._spares, strict=True)
        ]

    def laid(self, inner: InnerState) -> InnerState:
        """An `InnerState` whose phi, whole on every host, is laid on the devices."""
        return inner._replace(phi=self.devices.place(inner.phi, layout.PHI))

    def draw(self, state: TrainState) -> OuterDraw:
        """What the next outer step reads: a function of outer step and slots alone.

        Args:
            state: `TrainState`, of which phi is not looked at.

        Returns:
            `OuterDraw`.
        """
        steps, visited = self._truncation_length(state), self._visited(state)
        return OuterDraw(
            steps,
            {
                index: self.devices.place(
                    self._draws[index](state.groups[index], state.outer_step, steps),
                    layout.DRAWN,
                )
                for index in visited
            },
            tuple(name for index in visited for name in self._draws[index].datasets),
        )

    def advance(self, state: TrainState) -> tuple[TrainState, int]:
        """Where the slots stand after the next outer step, without doing it.

        Args:
            state: `TrainState`.

        Returns:
            `(state, resets)`: the next `TrainState`, but for phi, `broken` and
            `counts`, and how many slots begin anew.
        """
        steps, groups, resets = self._truncation_length(state), list(state.groups), 0
        for index in self._visited(state):
            groups[index], begun = advance(
                self.groups[index], groups[index], steps, state.outer_step
            )
            resets += begun
        following = state._replace(
            outer_step=state.outer_step + 1, groups=tuple(groups)
        )
        return following, resets

    def step(
        self, state: TrainState, drawn: OuterDraw | None = None
    ) -> tuple[TrainState, Mapping[str, Any]]:
        """One outer step; it returns before the device has done it, where it can.

        Args:
            state: `TrainState`; theta and the optimizer's slots are variables. Its phi
                is used up: the next one takes its memory.
            drawn: what `draw` gives for this state; drawn now if None.

        Returns:
            `(state, metrics)`: the next `TrainState`, and a mapping of numbers that
            waits for the device when it is read. If a task's gradient or phi is not
            finite, theta stays as it is and `counts` counts it. Its unroll, like one
            whose phi has exploded, goes on from a spare phi for one truncation and
            begins anew.
        """
        drawn = drawn or self.draw(state)
        phis = {index: state.groups[index].phi for index in drawn.groups}
        results, counts = self._outer_step(phis, state.counts, drawn)
        following, resets = self.advance(state)
        groups = list(following.groups)
        for index, result in results.items():
            groups[index] = groups[index]._replace(phi=result.phi, broken=result.broken)
        metrics = StepMetrics(
            following.outer_step,
            drawn.steps,
            resets,
            counts,
            [result.figures for result in results.values()],
            self.clip_norm,
            tuple(self._families[name] for name in drawn.datasets),
        )
        return following._replace(counts=counts, groups=tuple(groups)), metrics

    def gradient(self, state: TrainState) -> list[Tensor]:
        """The meta-gradient of the next outer step, one tensor per variable."""
        drawn = self.draw(state)
        phis = {  # copies, as a truncation uses phi up
            index: self.devices.copied(state.groups[index].phi)
            for index in drawn.groups
        }
        results = self._outer_step.truncations(phis, drawn)
        return mean_gradient([result.gradient for result in results.values()])

    def rule_to_keep(self) -> Rule:
        """The rule that the run gives so far: with the mean of theta, if there is one.

        It is the same object at every call, with the variables of now.
        """
        if self._averaged_rule is None:
            return self.rule
        for variable, mean in zip(
            self._averaged_rule.trainable_variables, self.average[1:], strict=True
        ):
            variable.assign(np.array(ops.convert_to_numpy(mean)))  # no donated memory
        return self._averaged_rule

    def truncated_step(self, index: int) -> TruncatedStep:
        """`TruncatedStep` of a group."""
        group = self.groups[index]
        return self._outer_step.truncated_step(
            base=group.base, episode=group.tasks.episode
        )

    def _truncation_length(self, state):
        return self.schedule.draw_truncation_length(
            generator(self.seed, TRUNCATION, state.outer_step)
        )

    def _visited(self, state):
        first = state.outer_step * self.groups_per_step
        return [(first + i) % len(self.groups) for i in range(self.groups_per_step)]


def _base(rule, group):
    """The base model of a `TaskGroup`."""
    shape = group.tasks.image_shape if group.base.of_images else None
    return rule.base_of_form(group.base, group.units, group.activation, shape)
