"""Few-shot accuracy against inner steps."""

import math

WIDTH, HEIGHT = 320, 320
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 14, 34  # margins
LATEST = 12  # points that the number keeps clear of


def accuracy_line(accuracies, steps, raw):
    """An `<svg>` with the course so far, and the accuracy of the inputs, dashed.

    Args:
        accuracies: `(step, share)` pairs, at least one.
        steps: of the whole course.
        raw: share that is right with the inputs in the place of features.
    """
    shares = [share for _, share in accuracies]
    low = math.floor(10 * min(*shares, raw)) / 10
    high = min(max(math.ceil(10 * max(*shares, raw)) / 10, low + 0.2), 1.0)
    low = min(low, high - 0.2)

    def x(step):  # logarithmic: much happens early
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log1p(step) / math.log1p(steps)

    def y(share):
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - share) / (high - low)

    marks = [low + tenth / 10 for tenth in range(round(10 * (high - low)) + 1)]
    grid = "".join(
        f'<path class="lu-grid" d="M{LEFT} {y(mark):.1f}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">'
        f"{100 * mark:.0f}</text>"
        for mark in marks
    )
    ticks = "".join(
        f'<text x="{x(step):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="{anchor}">'
        f"{step:,}</text>"
        for step, anchor in _ticks(steps)
    )
    line = "L".join(f"{x(step):.1f} {y(share):.1f}" for step, share in accuracies)
    step, share = accuracies[-1]
    above = y(max(shares[-LATEST:])) - 9
    beside = above if above > TOP + 10 else y(min(shares[-LATEST:])) + 20
    return (
        f'<svg class="lu-line" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Accuracy {100 * share:.1f} % after {step} inner steps, '
        f'{100 * raw:.1f} % with the inputs themselves">{grid}{ticks}'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 4}" '
        f'text-anchor="middle">inner steps</text>'
        f'<path class="lu-raw" d="M{LEFT} {y(raw):.1f}H{WIDTH - RIGHT}"/>'
        f'<path class="lu-course" d="M{line}"/>'
        f'<circle cx="{x(step):.1f}" cy="{y(share):.1f}" r="4"/>'
        f'<text class="lu-value" x="{min(x(step), WIDTH - RIGHT - 2):.1f}" '
        f'y="{beside:.1f}" text-anchor="{"start" if x(step) < WIDTH / 3 else "end"}">'
        f"{100 * share:.1f} %</text></svg>"
        f'<div class="lu-legend"><span><i class="lu-key-course"></i>features</span>'
        f'<span><i class="lu-key-raw"></i>the inputs themselves, '
        f"{100 * raw:.1f} %</span></div>"
    )


def _ticks(steps):
    """Steps that are written below, and how: 0, 1, 10, .. and the last."""
    between = [10**power for power in range(9) if 4 * 10**power <= steps]
    return [(0, "start"), *((step, "middle") for step in between), (steps, "end")]
