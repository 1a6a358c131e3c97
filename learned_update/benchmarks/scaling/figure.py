"""One figure of how an outer step grows with its sizes."""

from matplotlib.figure import Figure

from learned_update.files import atomic_path

TITLES = {
    "tasks": "tasks at a time",
    "truncation_length": "inner steps",
    "width": "units of a layer",
    "depth": "layers",
}


def save_scaling_figure(path, series):
    """Draws seconds over each size, beside a straight line through the last point.

    Args:
        path: of the PNG file.
        series: what `measure_series` returns, several.
    """
    figure = Figure(figsize=(3.0 * len(series), 3.2), layout="constrained")
    axes = figure.subplots(1, len(series), sharey=True, squeeze=False)[0]
    for axis, row in zip(axes, series, strict=True):
        values, seconds = row["values"], row["seconds"]
        linear = [seconds[-1] * value / values[-1] for value in values]
        axis.loglog(values, linear, ":", color="0.5", label="linear")
        axis.loglog(values, seconds, "o-", label=f"exponent {row['exponent']:.2f}")
        axis.set_xticks(values, [str(value) for value in values])
        axis.minorticks_off()
        axis.set_xlabel(TITLES[row["size"]])
        axis.legend(frameon=False, fontsize="small")
    axes[0].set_ylabel("seconds of an outer step")
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
