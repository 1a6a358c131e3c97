"""The meta-trainer: gradient descent of theta through truncated unrolls."""

import resource

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.errors import invalid
from learned_update.meta.meta_gradient import meta_gradient
from learned_update.randomness import generator
from learned_update.training.objective import cosine_objective
from learned_update.training.optimizer import BETA_1, BETA_2
from learned_update.training.schedule import Schedule, check_schedule
from learned_update.training.slots import (
    TRUNCATION,
    SlotGroup,
    advance,
    draw_batch,
    initial_state,
)
from learned_update.training.task_group import check_group
from learned_update.types import TrainState

KIB_PER_GB = 1e9 / 1024  # of `ru_maxrss` on Linux


class MetaTrainer:
    """Meta-learns theta of a rule by truncated backpropagation through time.

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
        rematerialise: whether the gradient computes intermediates again, which keeps
            only phi per inner step in memory.

    Raises:
        ValueError: there is no group, or a number makes no sense.
    """

    def __init__(
        self,
        rule,
        groups,
        optimizer=None,
        objective=None,
        schedule=None,
        clip_norm=0.3,
        joint_statistics=True,
        groups_per_step=None,
        seed=0,
        rematerialise=True,
    ):
        self.rule = rule
        groups = tuple(groups)
        self.optimizer = optimizer or keras.optimizers.Adam(
            3e-3, beta_1=BETA_1, beta_2=BETA_2
        )
        self.objective = objective or cosine_objective()
        self.schedule = schedule or Schedule()
        self.clip_norm = clip_norm
        self.joint_statistics = joint_statistics
        self.groups_per_step = groups_per_step or len(groups)
        self.seed = seed
        self.rematerialise = rematerialise
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
                base=rule.base_mlp(group.units, group.activation),
                slots=group.slots,
                batch_size=group.batch_size,
                schedule=self.schedule,
                seed=seed,
            )
            for index, group in enumerate(groups)
        )
        self.optimizer.build(rule.trainable_variables)
        self._resident = _resident(group.tasks for group in self.groups)
        self._compiled = {}  # groups of one depth, activation and episode share one

    def initial_state(self):
        """`TrainState` at the first outer step."""
        return TrainState(
            outer_step=0,
            skipped=0,
            groups=tuple(initial_state(group) for group in self.groups),
        )

    def step(self, state):
        """One outer step.

        Args:
            state: `TrainState`; theta and the optimizer's slots are variables.

        Returns:
            `(state, metrics)`: the next `TrainState` and a dict of numbers. If a
            task's gradient or phi is not finite, theta stays as it is, the unroll
            that caused it begins anew, and `skipped` counts it.
        """
        steps, results = self._truncate(state)
        norms = {i: ops.convert_to_numpy(r.norm) for i, r in results.items()}
        finite = all(np.isfinite(norm).all() for norm in norms.values())
        if finite:
            backend.apply_gradients(
                self.optimizer, _mean(results), self.rule.trainable_variables
            )
        groups, resets = list(state.groups), 0
        for index, result in results.items():
            groups[index], begun = advance(
                self.groups[index],
                state.groups[index],
                result.phi,
                steps,
                broken=~np.isfinite(norms[index]),
            )
            resets += begun
        state = TrainState(
            outer_step=state.outer_step + 1,
            skipped=state.skipped + (not finite),
            groups=tuple(groups),
        )
        return state, _metrics(state, results, norms, steps, resets, self.clip_norm)

    def gradient(self, state):
        """The meta-gradient of the next outer step, one tensor per variable."""
        return _mean(self._truncate(state)[1])

    def _truncate(self, state):
        """Inner steps of one truncation, and a `MetaGradient` per group visited."""
        steps = self.schedule.draw_truncation_length(
            generator(self.seed, TRUNCATION, state.outer_step)
        )
        visited = self._visited(state.outer_step)
        return steps, {i: self._differentiate(state, i, steps) for i in visited}

    def _visited(self, outer_step):
        first = outer_step * self.groups_per_step
        return [(first + i) % len(self.groups) for i in range(self.groups_per_step)]

    def _differentiate(self, state, index, steps):
        """`MetaGradient` of one truncation of a group."""
        group, inner = self.groups[index], state.groups[index]
        batch = draw_batch(group, inner, state.outer_step, steps)
        theta = [ops.convert_to_tensor(v) for v in self.rule.trainable_variables]
        gradient = self._gradient_of(group)
        resident = self._resident[id(group.tasks)]
        return gradient(theta, inner.phi, resident, inner.input_map, batch)

    def _gradient_of(self, group):
        """The compiled `meta_gradient` of a group."""
        episode = group.tasks.episode
        key = (len(group.base.units), group.base.activation, episode)
        if key not in self._compiled:
            gradient = self._gradient_function(group.base, episode)
            self._compiled[key] = backend.jit(gradient, free=(1, 2, 3, 4))
        return self._compiled[key]

    def _gradient_function(self, base, episode):
        def gradient(theta, phi, resident, input_map, batch):
            return meta_gradient(
                self.rule,
                base,
                self.objective,
                theta,
                phi,
                resident,
                input_map,
                batch,
                episode,
                self.clip_norm,
                self.joint_statistics,
                self.rematerialise,
            )

        return gradient


def _resident(distributions):
    """`Resident` tensors by the identity of task distributions, which groups share."""
    distributions = {id(tasks): tasks for tasks in distributions}
    return {
        key: keras.tree.map_structure(ops.convert_to_tensor, tasks.resident())
        for key, tasks in distributions.items()
    }


def _mean(results):
    """Mean gradient over the groups visited."""
    gradients = zip(*(r.gradient for r in results.values()), strict=True)
    return [sum(parts[1:], start=parts[0]) / len(parts) for parts in gradients]


def _metrics(state, results, norms, steps, resets, clip_norm):
    losses = np.concatenate([ops.convert_to_numpy(r.loss) for r in results.values()])
    accuracies = np.concatenate(
        [ops.convert_to_numpy(r.query_accuracy) for r in results.values()]
    )
    norm = np.concatenate(list(norms.values()))
    return {
        "outer_step": state.outer_step,
        "meta_loss": float(losses.mean()),
        "query_accuracy": float(accuracies.mean()),
        "gradient_norm": float(np.median(norm)),
        "largest_gradient_norm": float(norm.max()),
        "clipped": float((norm > clip_norm).mean()),
        "truncation_length": steps,
        "resets": resets,
        "skipped": state.skipped,
        "peak_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        / KIB_PER_GB,
    }
