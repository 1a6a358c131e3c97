"""What meta-losses say about a precision."""

import numpy as np

REFERENCE = "float32"


def verdicts(losses):
    """Whether each precision agrees with float32 within its spread over seeds.

    Args:
        losses: `{precision: (seeds, outer_steps)}`, with `"float32"`.

    Returns:
        A list of dicts: `precision`, `meta_loss`, the mean over runs, `spread`, the
        standard deviation of float32's over its seeds, `difference`, how far the mean
        is from float32's, `largest_difference` of runs of one seed, and `agrees`:
        whether the difference is within the spread.
    """
    means = {
        precision: np.asarray(runs).mean(axis=1) for precision, runs in losses.items()
    }
    reference = means[REFERENCE]
    spread = reference.std(ddof=1)
    rows = []
    for precision, of_seeds in means.items():
        difference = of_seeds.mean() - reference.mean()
        rows.append(
            {
                "precision": precision,
                "meta_loss": float(of_seeds.mean()),
                "spread": float(spread),
                "difference": float(difference),
                "largest_difference": float(np.abs(of_seeds - reference).max()),
                "agrees": bool(abs(difference) <= spread),
            }
        )
    return rows
