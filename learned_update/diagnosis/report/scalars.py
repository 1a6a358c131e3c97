"""The numbers of a diagnosis as TensorBoard scalars."""

import numpy as np


def scalars(findings):
    """`(name, step, value)` of every number that is finite.

    Args:
        findings: `Findings`.

    Returns:
        A list; the step is a truncation length, an inner step or the outer step.
    """
    found = findings.gradients
    rows = [
        (f"diagnosis/truncation_length/{name}", length, value)
        for name, values in (
            ("gradient_norm", np.median(found.norms, axis=1)),
            ("gradient_norm_spread", found.norms.std(axis=1)),
            ("cosine_with_double", found.with_double),
            ("cosine_with_whole_unroll", found.with_full),
        )
        for length, value in zip(found.lengths, values, strict=True)
    ]
    courses = {
        "meta_loss": findings.losses.mean(-1),
        "norm_of_phi": np.median(findings.norms, axis=-1),
        "norm_of_change": np.median(findings.changes, axis=-1),
        "sensitivity": np.median(findings.sensitivity[:, 0], axis=-1),
    }
    rows += [
        (f"diagnosis/inner_step/{name}", step, value)
        for name, values in courses.items()
        for step, value in enumerate(values, 1)
    ]
    step = findings.outer_step
    if findings.shares is not None:
        mean = findings.shares.norms.mean((0, 1))
        rows += [
            (f"diagnosis/share/{name}", step, value)
            for name, value in zip(findings.shares.terms, mean, strict=True)
        ]
    if found.persistent is not None:
        rows.append(("diagnosis/persistent_es_share", step, found.persistent.share))
    return [(name, step, float(x)) for name, step, x in rows if np.isfinite(x)]
