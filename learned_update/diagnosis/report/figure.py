"""The figure of a diagnosis."""

from matplotlib.figure import Figure

from learned_update.diagnosis.report import probe_panels, run_panels
from learned_update.evaluation.results.figures import PANEL

PANELS = (
    run_panels.draw_losses,
    run_panels.draw_gradient_norms,
    run_panels.draw_seconds,
    probe_panels.draw_norms_by_length,
    probe_panels.draw_bias,
    probe_panels.draw_sensitivity,
    probe_panels.draw_norms,
    probe_panels.draw_shares,
    probe_panels.draw_families,
)
COLUMNS = 3


def diagnosis_figure(findings):
    """Nine panels: what the run has written, gradients and sensitivity, and phi.

    Args:
        findings: `Findings`.

    Returns:
        A `Figure`.
    """
    rows = -(-len(PANELS) // COLUMNS)
    figure = Figure(
        figsize=(1.15 * PANEL[0] * COLUMNS, 1.1 * PANEL[1] * rows + 0.6),
        layout="constrained",
    )
    for axis, draw in zip(figure.subplots(rows, COLUMNS).flat, PANELS, strict=True):
        axis.spines[["top", "right"]].set_visible(False)
        draw(axis, findings)
    figure.suptitle(
        f"{findings.run}, outer step {findings.outer_step}: unrolls of "
        f"{findings.settings.steps} inner steps, base model "
        f"{'-'.join(map(str, findings.units))}"
    )
    return figure
