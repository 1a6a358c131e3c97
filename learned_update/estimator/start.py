"""An encoder before its first step."""

from sklearn.utils import check_random_state

from learned_update.estimator.compiled import rule_content
from learned_update.estimator.fitted import SEEDS, Fitted, arrays
from learned_update.layers import Rule
from learned_update.layers.bases.outputs import check_output
from learned_update.zoo import load_rule


def start(rule, kind, units, options, standardise, random_state, output, inputs):
    """A random phi and no rows seen.

    Args:
        rule: a name in the zoo, a path, or an `UpdateRule`.
        kind: of the base model, a name in `BASE_MODELS`.
        units: widths of the base model, bottom to top.
        options: further arguments of the base model.
        standardise: whether columns will be centred and scaled.
        random_state: an integer, a `RandomState`, or None; gives the seed.
        output: what will be given out, one of `OUTPUTS`.
        inputs: width of the rows.

    Returns:
        `Fitted`.

    Raises:
        ValueError: the rule does not fit units, the rows not the base model, or the
            base model has no such output.
        FileNotFoundError: there is no such rule.
    """
    if not isinstance(rule, Rule):
        rule = load_rule(rule)
    base = rule.base_model(kind, units, **options)
    check_output(base, output)
    seed = int(check_random_state(random_state).randint(SEEDS))
    return Fitted(
        rule=rule_content(rule),
        base=base.get_config(),
        seed=seed,
        standardise=bool(standardise),
        phi=arrays(base.init_phi(inputs, seed)),
        kind=kind,
        output=output,
    )
