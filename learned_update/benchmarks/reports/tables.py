"""What was measured, as lines of JSON or as tables of Markdown."""

import json

SECONDS = ("compile_s", "wall_s", "cpu_s", "draw_s", "step_s", "device_s")
RATIOS = (*SECONDS, "peak_memory_gb")  # shown beside those of the first variant
SHARES = ("host_share", "peak_share")
COLUMNS = (*RATIOS, "host_share", "tflops_per_s", "peak_share")


class Lines:
    """A JSON object per line."""

    def add(self, row):
        """Prints what was measured of one variant."""
        print(json.dumps(row), flush=True)


class Tables:
    """A table of variants, then what yardsticks and peak say, a line each."""

    def __init__(self):
        self._first = None

    def add(self, row):
        """Prints what was measured of one variant."""
        print(self._text(row), flush=True)

    def _text(self, row):
        name = row["variant"]
        if "error" in row:
            return f"{name}: not measured. {row['error']}"
        if "ratio" in row:
            return (
                f"{name}: {row['seconds']:.3g} s, yardstick "
                f"{row['yardstick_s']:.3g} s, ratio {row['ratio']:.2f} "
                f"({row['backend']}, {row['device']})"
            )
        if "step_s" not in row:
            return f"{name}: {row['tflops_per_s']:.3g} TFLOP/s ({row['device']})"
        head = ""
        if self._first is None:
            self._first = row
            head = "| variant | " + " | ".join(COLUMNS) + " |\n"
            head += "| --- |" + " ---: |" * len(COLUMNS) + "\n"
        cells = [_cell(column, row, self._first) for column in COLUMNS]
        return f"{head}| {name} | " + " | ".join(cells) + " |"


def _cell(column, row, first):
    value = row[column]
    if column in SHARES:
        return f"{value:.1%}"
    if column in RATIOS:
        return f"{value:.3g} ({value / first[column]:.2f}x)"
    return f"{value:.3g}"


def checkpoint_cost(row):
    """A line about what `measure_checkpoint_cost` gives."""
    return (
        f"outer step: {row['step_s']:.3g} s; a checkpoint adds "
        f"{1000 * row['checkpoint_s']:.3g} ms ({1000 * row['checkpoint_cpu_s']:.3g} ms "
        f"of a core): {row['share']:.2%} of a step at checkpoint_every = "
        f"{row['every']} (dearest round {row['largest_share']:.2%}; {row['backend']})"
    )


def scaling(row):
    """A line about a series of `measure_series`."""
    seconds = ", ".join(
        f"{value}: {taken:.3g} s"
        for value, taken in zip(row["values"], row["seconds"], strict=True)
    )
    return f"{row['size']}: exponent {row['exponent']:.2f} ({seconds})"


def agreement(rows):
    """A table of `verdicts`."""
    lines = [
        "| products | meta-loss | difference | spread over seeds | largest difference "
        "of a seed | agrees |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row['precision']} | {row['meta_loss']:.4f} "
            f"| {row['difference']:+.4f} | {row['spread']:.4f} "
            f"| {row['largest_difference']:.4f} "
            f"| {'yes' if row['agrees'] else 'no'} |"
        )
    return "\n".join(lines)


def ahead_of_time(row):
    """A paragraph about what `compile_for` gives."""
    units = "-".join(map(str, row["units"]))
    on_host = ", ".join(row["on_host"]) or "nothing"
    per_chip = row["flops"] / row["chips"]
    return "\n".join(
        [
            f"{row['topology']}: {row['chips']} chips, {row['device']}",
            f"outer step: {row['tasks']} tasks, {row['inputs']} inputs, units {units}, "
            f"batches of {row['batch_size']}, at most {row['truncation_length']} inner "
            "steps",
            f"memory per chip: {row['memory_gib']:.2f} GiB: "
            f"{row['arguments_gib']:.2f} arguments, {row['results_gib']:.2f} results, "
            f"{row['temporaries_gib']:.2f} temporaries, {row['code_gib']:.2f} code",
            f"matrix products: {row['flops']:.3g} FLOPs, {per_chip:.3g} per chip",
            f"on the host: {on_host}",
            f"compiled in {row['compile_s']:.0f} s",
        ]
    )


def dearest(operations):
    """Lines about what `dearest_operations` gives."""
    return "\n".join(
        f"    {share:6.1%} {seconds:9.4f} s  {name}"
        for name, seconds, share in operations
    )
