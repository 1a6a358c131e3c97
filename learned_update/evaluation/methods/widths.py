"""Methods that give equally many features, whichever way they come by them."""

from learned_update.baselines import RandomInitialisation
from learned_update.errors import invalid
from learned_update.evaluation.methods.by_name import (
    RANDOM_INITIALISATION,
    Method,
    rule_method,
)
from learned_update.layers.bases.outputs import ALL, TOP, WITH_INPUT
from learned_update.meta import BaseTrainer

PCA, K_MEANS = "PCA", "k-means"
WAYS = {TOP: "", ALL: ", all layers", WITH_INPUT: ", beside the inputs"}


def units_of(units, features, output, inputs):
    """Widths of an MLP that gives so many features.

    Args:
        units: widths of the protocol's, bottom to top.
        features: wanted.
        output: one of `OUTPUTS`: the last width follows from the others' being as they
            are; all layers have equal shares, the rest is the last one's; or the
            inputs count, too.
        inputs: how many there are.

    Returns:
        As many widths; None if there is no such MLP.
    """
    if output == ALL:
        share, below = features // len(units), len(units) - 1
        return (*(share,) * below, features - below * share) if share else None
    top = features - (inputs if output == WITH_INPUT else 0)
    return (*units[:-1], top) if top >= 1 else None


def methods_of_width(features, rules, protocol, baselines, inputs, rows):
    """Methods that give so many features; those that cannot are left out.

    Rules and random initialisation give them by their last layer, by all layers side
    by side and by the last layer beside the inputs. Raw pixels are as many as there
    are. What is fitted to labels has a last hidden layer of that width.

    Args:
        features: wanted.
        rules: `{name: UpdateRule}`.
        protocol: `ComparisonProtocol`.
        baselines: `{name: Method}`, some of which take their width from the setting.
        inputs: width of the rows.
        rows: how many there are to learn from.

    Returns:
        `{name: Method}`, and the `BaseMLP` of the setting that they are made with.
    """
    methods = {}
    for output, way in WAYS.items():
        units = units_of(protocol.units, features, output, inputs)
        if units is None:
            continue
        for name, rule in rules.items():
            methods[f"{name}{way}"] = rule_method(
                BaseTrainer(rule, rule.base_mlp(units), protocol.average),
                protocol.steps,
                protocol.batch_size,
                output,
            )
        if way and RANDOM_INITIALISATION in baselines:
            base = next(iter(rules.values())).base_mlp(units)
            methods[f"{RANDOM_INITIALISATION}{way}"] = Method(
                lambda s, base=base, output=output: RandomInitialisation(
                    base, s.seed, output
                )
            )
    lacking = [
        name
        for name, most in ((PCA, min(inputs, rows)), (K_MEANS, rows))
        if features > most
    ]
    methods |= {name: of for name, of in baselines.items() if name not in lacking}
    base = next(iter(rules.values())).base_mlp((*protocol.units[:-1], features))
    return methods, base


def check_features(features):
    """Returns numbers of features as a tuple.

    Raises:
        ValueError: they are not different integers from 1.
    """
    counts = tuple(features)
    if not counts or len({*counts}) < len(counts) or not all(n >= 1 for n in counts):
        raise invalid(
            "These are no numbers of features.",
            expected="different integers from 1",
            received=f"features={counts}",
            remedy="Pass, for example, 32 256 1000.",
        )
    return counts
