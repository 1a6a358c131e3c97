"""What can be reproduced, by the paper's figures and by what it lacks."""

import pathlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from learned_update.errors import invalid
from learned_update.reproductions.ablations.reproduction import ablations
from learned_update.reproductions.ablations.rule_forms import rule_forms
from learned_update.reproductions.base_models.reproduction import base_models
from learned_update.reproductions.beyond.domain import domains
from learned_update.reproductions.beyond.features import features_of_methods
from learned_update.reproductions.beyond.horizon import horizon
from learned_update.reproductions.beyond.labels_per_class import labels
from learned_update.reproductions.estimators.reproduction import estimators
from learned_update.reproductions.few_shot.learners import few_shot_learners
from learned_update.reproductions.local_rules.reproduction import local_rules
from learned_update.reproductions.paper.activations import activations
from learned_update.reproductions.paper.components import explained, projected
from learned_update.reproductions.paper.few_labels import few_labels
from learned_update.reproductions.paper.grid import grid
from learned_update.reproductions.paper.meta_curves import meta_curves
from learned_update.reproductions.paper.objective_mismatch import objective_mismatch
from learned_update.reproductions.paper.over_meta_training import over_meta_training
from learned_update.reproductions.paper.permuted_pixels import permuted_pixels
from learned_update.reproductions.paper.receptive_fields import receptive_fields
from learned_update.reproductions.paper.table1.table1 import approaches
from learned_update.reproductions.shared.measured import write


class Request(NamedTuple):
    """What is to be measured with.

    Attributes:
        rule: `UpdateRule`.
        name: of the rule, in tables.
        run_dir: folder of the rule's meta-training run; None if it has none.
        folder: where results go.
        quick: whether a smaller form will do.
        features: numbers of features that all methods are scored with; None for what
            the claim's function has.
    """

    rule: Any
    name: str
    run_dir: pathlib.Path | None
    folder: pathlib.Path
    quick: bool = False
    features: tuple[int, ...] | None = None


class Reproduction(NamedTuple):
    """One claim.

    Attributes:
        claim: one line.
        measure: function of a `Request`, to `Measured`.
        of_features: whether it may be measured with numbers of features.
    """

    claim: str
    measure: Callable[[Request], Any]
    of_features: bool = False


def _simply(function):
    return lambda request: function(request.rule, request.name, request.quick)


def _of_run(function):
    return lambda request: function(
        request.rule, request.name, request.quick, request.run_dir
    )


def _few_labels(request):
    stem = request.folder / "fig4-left"
    return few_labels(request.rule, request.name, request.quick, stem, request.features)


def _ablations(request):
    return ablations(
        request.rule, request.name, request.quick, request.run_dir, request.folder
    )


def _rule_forms(request):
    return rule_forms(
        request.rule, request.name, request.quick, request.run_dir, request.folder
    )


def _grid(request):
    return grid(request.rule, request.name, request.quick, request.folder)


def _few_shot(request):
    return few_shot_learners(request.rule, request.name, request.quick, request.folder)


def _estimators(request):
    return estimators(request.name, request.quick, request.folder)


def _local_rules(request):
    return local_rules(request.rule, request.name, request.quick, request.folder)


def _features(request):
    given = {} if request.features is None else {"features": request.features}
    return features_of_methods(
        request.rule, request.name, request.quick, request.folder, **given
    )


def _base_models(request):
    return base_models(request.rule, request.name, request.quick, request.folder)


REPRODUCTIONS = {
    "fig2-left": Reproduction(
        "a VAE's own objective and its few-shot accuracy over training",
        lambda request: objective_mismatch(request.quick),
    ),
    "fig2-right": Reproduction(
        "permuted pixels: a prototypical network and the rule",
        _simply(permuted_pixels),
    ),
    "fig3": Reproduction(
        "meta-training curves, trained on and held out (of a run directory)",
        lambda request: meta_curves(request.run_dir or request.name),
    ),
    "fig4-left": Reproduction(
        "10 labels per class, MNIST and Fashion-MNIST, full test sets, all baselines",
        _few_labels,
        of_features=True,
    ),
    "fig4-right": Reproduction(
        "text, early and late in meta-training (of a run directory)",
        _of_run(over_meta_training),
    ),
    "fig5-left": Reproduction("widths up to 10,000 and depths up to 11 layers", _grid),
    "fig5-right": Reproduction(
        "activation functions that meta-training never saw", _simply(activations)
    ),
    "fig6-left": Reproduction(
        "receptive fields over meta-training (of a run directory)",
        _of_run(receptive_fields),
    ),
    "fig6-centre": Reproduction(
        "representations on their top principal components", _simply(projected)
    ),
    "fig6-right": Reproduction(
        "cumulative variance of principal components", _simply(explained)
    ),
    "table1": Reproduction(
        "approaches to meta-learning, in situations unlike meta-training",
        _simply(approaches),
    ),
    "ablations": Reproduction(
        "each component of the rule off, meta-trained with the same budget",
        _ablations,
    ),
    "rule-forms": Reproduction(
        "forms of the rule on validation tasks, meta-trained with the same budget",
        _rule_forms,
    ),
    "estimators": Reproduction(
        "estimators of the meta-gradient, meta-trained with equal compute", _estimators
    ),
    "horizon": Reproduction(
        "accuracy over inner steps, far beyond those of meta-training",
        _simply(horizon),
    ),
    "labels": Reproduction(
        "1 to 50 labels per class, one phi for all", _simply(labels)
    ),
    "features": Reproduction(
        "accuracy over the number of features, all methods",
        _features,
        of_features=True,
    ),
    "few-shot": Reproduction(
        "the field's few-shot learners and the rule on the same episodes", _few_shot
    ),
    "local-rules": Reproduction(
        "local rules of the literature, published constants and meta-learned",
        _local_rules,
    ),
    "base-models": Reproduction(
        "one theta on an MLP, convolutions and attention", _base_models
    ),
    "domain": Reproduction("tables, text and other images", _simply(domains)),
}


def reproduce(identifier, request):
    """Measures a claim and writes `<identifier>.csv`, `.md` and `.png`.

    Args:
        identifier: one of `REPRODUCTIONS`.
        request: `Request`.

    Returns:
        The table as markdown.

    Raises:
        ValueError: there is no such identifier, or as its function raises.
    """
    if identifier not in REPRODUCTIONS:
        raise invalid(
            f"There is no reproduction {identifier!r}.",
            expected=f"one of {', '.join(REPRODUCTIONS)}",
            received=repr(identifier),
            remedy="Name one of these.",
        )
    _check_features(identifier, request.features)
    begun = time.perf_counter()
    measured = REPRODUCTIONS[identifier].measure(request)
    seconds = time.perf_counter() - begun
    form = ", quick form" if request.quick else ""
    caption = f"{identifier}{form}, rule {request.name}: {measured.settings}; "
    return write(measured, identifier, request.folder, f"{caption}{seconds:.0f} s.")


def _check_features(identifier, features):
    """Raises `ValueError` if a claim is not measured with numbers of features."""
    able = [name for name, each in REPRODUCTIONS.items() if each.of_features]
    if features is not None and identifier not in able:
        raise invalid(
            f"{identifier} is not measured with numbers of features.",
            expected=f"--features with {' or '.join(able)}",
            received=f"features={features}",
            remedy="Leave them out, or name one of these.",
        )
