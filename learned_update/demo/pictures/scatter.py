"""Points of a plane, coloured by class."""

import numpy as np

from learned_update.demo.pictures.colours import class_colour
from learned_update.demo.pictures.markup import escaped

SIDE, MARGIN = 320, 12  # of the picture, in its own units
WITHIN = 0.5, 99.5  # percentiles that fit; what lies outside is on the edge
NAMED = 12  # classes that are named below


def scatter(points, labels, class_names):
    """An `<svg>`, and an HTML legend below where there are classes.

    Args:
        points: `(rows, 2)`.
        labels: of the rows, -1 for none; None without classes.
        class_names: of the classes.
    """
    half = SIDE / 2
    low, high = np.percentile(points, WITHIN, axis=0)
    reach = np.max(high - low) / 2 or 1.0
    inside = np.clip((points - (low + high) / 2) / reach, -1, 1)
    places = half + inside * (half - MARGIN)
    if labels is None:
        labels = np.full(len(points), -1)
    paths = []
    for label in np.unique(labels):
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in places[labels == label])
        paths.append(f'<path d="{dots}" stroke="{class_colour(label)}"/>')
    return (
        f'<svg class="lu-scatter" viewBox="0 0 {SIDE} {SIDE}" role="img" '
        f'aria-label="Projection of {len(points)} rows">{"".join(paths)}</svg>'
        f"{_legend(labels, class_names)}"
    )


def _legend(labels, class_names):
    present = [label for label in np.unique(labels) if label >= 0]
    if not present:
        return ""
    entries = [
        f'<span><i style="background:{class_colour(label)}"></i>'
        f"{escaped(class_names[label][:24])}</span>"
        for label in present[:NAMED]
    ]
    if len(present) > NAMED:
        entries.append(f"<span>and {len(present) - NAMED} more</span>")
    return f'<div class="lu-legend">{"".join(entries)}</div>'
