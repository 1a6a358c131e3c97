"""One application of the rule: the inner step."""

from collections.abc import Sequence

from keras import ops

from learned_update.checks import check_variance
from learned_update.errors import invalid
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.rule import Rule
from learned_update.types import Phi, Tensor


def phi_change(
    rule: Rule,
    base: BaseMLP,
    phi: Phi,
    x: Tensor,
    theta: Sequence[Tensor] | None = None,
) -> Phi:
    """The change of phi that a batch calls for, before the inner learning rate.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        phi: `Phi` of the base model.
        x: unlabelled batch, `(batch, inputs)`, of at least two different rows.
        theta: values for `rule.trainable_variables`; the variables' own if None.

    Returns:
        `Phi` of changes; an inner step subtracts them.

    Raises:
        ValueError: x or phi is of another shape or dtype than expected, x holds NaN
            or infinity, has one row, or rows that are all equal.
    """
    change, _ = _change_and_rates(rule, base, phi, x, theta)
    return change


def inner_step(
    rule: Rule,
    base: BaseMLP,
    phi: Phi,
    x: Tensor,
    theta: Sequence[Tensor] | None = None,
) -> Phi:
    """phi <- (1 - rate) phi - rate change(phi, x): one inner step, no labels.

    All changes are computed of the old phi (released_rule, section 7).

    Args:
        rule: `UpdateRule`, whose inner learning rate is used.
        base: `BaseMLP`.
        phi: `Phi` of the base model.
        x: unlabelled batch, `(batch, inputs)`, of at least two different rows.
        theta: values for `rule.trainable_variables`; the variables' own if None.

    Returns:
        The next `Phi`.

    Raises:
        ValueError: as `phi_change`.
    """
    change, rates = _change_and_rates(rule, base, phi, x, theta)
    return rule.apply_change(phi, change, rates)


def _change_and_rates(rule, base, phi, x, theta):
    dtype = ops.dtype(phi.layers[0].kernel)
    if dtype != rule.variable_dtype:
        raise invalid(
            "phi and theta have different dtypes.",
            expected=f"phi of {rule.variable_dtype}, as the rule",
            received=str(dtype),
            remedy="Give rule and base model the same dtype argument.",
        )
    acts = base.forward(phi, x)
    check_variance(acts.xs[0])
    connections = base.connections(acts)
    wired = {} if connections is None else {"connections": connections}
    if theta is None:
        return rule(phi, acts, **wired)
    values, _ = rule.stateless_call(theta, [], phi, acts, **wired)
    return values
