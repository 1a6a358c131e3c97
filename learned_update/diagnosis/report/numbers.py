"""The numbers of a diagnosis, as JSON and as tables."""

import json

import numpy as np

from learned_update.diagnosis.report.probe_panels import mean_growth
from learned_update.diagnosis.report.run_panels import counts
from learned_update.files import atomic_path
from learned_update.training.outer_steps.families import families


def write_numbers(findings, path):
    """Writes all of `Findings` but for the metrics, which the run has, as JSON."""
    kept = {
        name: value
        for name, value in findings._asdict().items()
        if name not in ("metrics", "held_out")
    }
    kept["counts"] = counts(findings.metrics)
    with atomic_path(path) as temporary:
        temporary.write_text(
            json.dumps(_plain(kept), indent=1) + "\n", encoding="utf-8"
        )


def summary(findings):
    """What the tables say, in a few lines for a terminal."""
    found = findings.gradients
    place = found.lengths.index(found.trained)
    full = found.with_full[place]
    lines = [
        f"{findings.run}, outer step {findings.outer_step}: "
        + ", ".join(f"{n} {words}" for words, n in counts(findings.metrics).items()),
        f"gradient in truncations of {found.trained}: norm "
        f"{np.median(found.norms[place]):.3g}, of the whole unroll "
        f"{np.median(found.norms[-1]):.3g}; cosine between them {_number(full)}",
        "a small change of theta grows in phi by "
        f"{np.median(mean_growth(findings)):.3f} per inner step (above 1: chaos)",
    ]
    if findings.shares is not None:
        learned = findings.shares.norms[..., findings.shares.learned].sum(-1).mean()
        lines.append(f"learned readouts are {100 * learned:.0f} % of the weight change")
    return "\n".join(lines)


def tables(findings):
    """Tables of a diagnosis: `{title: (headings, rows)}`, cells are texts."""
    found = {
        "Counts": (
            ("what", "how often"),
            [
                (words, f"{number}")
                for words, number in counts(findings.metrics).items()
            ],
        ),
        "Gradient of an unroll": _gradients(findings),
        "Sensitivity": _sensitivity(findings),
    }
    if findings.shares is not None:
        found["Weight-change terms, means over layers and states"] = _shares(findings)
    found["Meta-loss per task family"] = _families(findings)
    found["Seconds"] = (
        ("part", "seconds"),
        [(part, f"{seconds:.4f}") for part, seconds in findings.seconds.items()],
    )
    return found


def _gradients(findings):
    found = findings.gradients
    rows = [
        (
            f"{length}",
            f"{np.median(norms):.3g}",
            f"{np.quantile(norms, 0.25):.3g} to {np.quantile(norms, 0.75):.3g}",
            _number(double),
            _number(full),
        )
        for length, norms, double, full in zip(
            found.lengths, found.norms, found.with_double, found.with_full, strict=True
        )
    ]
    if found.persistent is not None:
        cosine, share, error = found.persistent
        rows.append(
            (
                f"persistent ES, {found.trained}",
                "",
                "",
                "",
                f"{_number(cosine)}; along it {share:.2f} ± {error:.2f} (s.e.)",
            )
        )
    headings = (
        "truncation length",
        "norm, median of the tasks",
        "middle half of the tasks",
        "cosine with twice the length",
        "cosine with the whole unroll",
    )
    return headings, rows


def _sensitivity(findings):
    steps = len(findings.sensitivity)
    marks = sorted({1, *(max(1, round(steps * share)) for share in (0.1, 0.2, 0.5, 1))})
    rows = [
        (
            f"{mark}",
            *(f"{x:.3g}" for x in np.median(findings.sensitivity[mark - 1], axis=-1)),
        )
        for mark in marks
    ]
    rows.append(("growth per step", f"{np.median(mean_growth(findings)):.3f}"))
    rows[-1] += ("",) * (len(findings.settings.sizes) - 1)
    return ("inner step", *(f"moved by {x:g}" for x in findings.settings.sizes)), rows


def _shares(findings):
    shares = findings.shares
    norms, along = (100 * x.mean((0, 1)) for x in (shares.norms, shares.along))
    rows = [
        (
            shares.terms[i],
            "yes" if shares.learned[i] else "no",
            f"{norms[i]:.1f} %",
            f"{along[i]:+.1f} %",
        )
        for i in np.argsort(-norms)
    ]
    rows.append(
        (
            "all learned readouts",
            "yes",
            f"{norms[shares.learned].sum():.1f} %",
            f"{along[shares.learned].sum():+.1f} %",
        )
    )
    return ("term", "learned readout", "share of norms", "along the change"), rows


def _families(findings):
    groups = families(findings.datasets)
    rows = []
    for name in dict.fromkeys(groups.values()):
        own = [i for i, x in enumerate(findings.datasets) if groups[x] == name]
        before = findings.initial_losses
        rows.append(
            (
                name,
                f"{len(own)}",
                "" if before is None else f"{before[:, own].mean():.4f}",
                f"{findings.losses[:, own].mean():.4f}",
            )
        )
    return ("family", "tasks", "initial theta", "checkpoint"), rows


def _number(value):
    return "" if np.isnan(value) else f"{value:.3f}"


def _plain(value):
    """A tree as JSON has it; what is not finite becomes null."""
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
