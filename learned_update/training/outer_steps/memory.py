"""What a truncation's gradient computes again, chosen by the memory of the device."""

import keras
from keras import ops

from learned_update import backend
from learned_update.errors import invalid
from learned_update.training.outer_steps.draws import GroupDraws
from learned_update.training.outer_steps.slots import initial_state, spare_phi

AUTO = "auto"
SHARE = 0.5  # of the memory, for what a gradient keeps
SAVING = ("none", "dots", "steps")  # the more, the later


def check_rematerialise(policy):
    """Raises `ValueError` unless there is such a policy on this backend."""
    if policy not in (*backend.REMATERIALISE, AUTO):
        raise invalid(
            "There is no such policy of rematerialisation here.",
            expected="rematerialise as one of "
            f"{', '.join((*backend.REMATERIALISE, AUTO))}",
            received=f"rematerialise={policy!r}",
            remedy="'steps' needs the least memory.",
        )


def policy_by_memory(groups, make_step, devices):
    """The first of `SAVING` whose gradient fits into half of the memory.

    What the gradient of one inner step keeps is read off its trace; a truncation keeps
    so much for every step. The group with the most unit states decides for all.

    Args:
        groups: `SlotGroup`s.
        make_step: function of `base` and `episode` that gives a `TruncatedStep`.
        devices: that share the tasks.

    Returns:
        One of `backend.REMATERIALISE`.
    """
    group = max(groups, key=_unit_states)
    step = make_step(base=group.base, episode=group.tasks.episode)
    longest = max(group.schedule.truncation_lengths)
    arguments = _inner_step_arguments(group, step)
    room = SHARE * backend.memory_bytes() * devices.count / longest
    return next(
        policy
        for policy in SAVING
        if policy in backend.REMATERIALISE
        and backend.kept_bytes(*arguments, policy) <= room
    )


def _unit_states(group):
    return (
        group.slots * group.batch_size * sum((group.tasks.input_dim, *group.base.units))
    )


def _inner_step_arguments(group, step):
    """A function of theta and phi, and values for them, of one inner step."""
    spare = spare_phi(group)
    drawn = GroupDraws(group, spare)(initial_state(group, spare), 0, 1)
    resident = keras.tree.map_structure(ops.convert_to_tensor, group.tasks.resident())
    batch = keras.tree.map_structure(lambda part: part[0], drawn.batch)
    theta = [
        ops.broadcast_to(variable, (group.slots, *variable.shape))
        for variable in step.rule.trainable_variables
    ]

    def inner_step(theta, phi):
        return step(theta, phi, resident, drawn.input_map, batch)

    return inner_step, (theta, drawn.fresh)
