"""The card of a rule that a run directory holds: only what the run recorded."""

import csv
import pathlib
import re

from learned_update.configuration import CONFIG_FILE
from learned_update.errors import invalid
from learned_update.run_metrics import THETA_AVERAGE, read_metrics, read_origins
from learned_update.zoo.card import NOT_STATED, Card, Compute, Result

TABLE_FILE = "table.csv"
CHECKPOINTS = "checkpoints/outer_step_*.npz"
_INTEGERS = ("steps", "initialisations", "episodes")
_TEXTS = ("dataset", "method")
_REQUIRED = ("dataset", "method", "accuracy")
_BINDING = re.compile(r"^([\w./]+) = (.*(?:\n[ \t]+.*)*)$", re.MULTILINE)
_TASKS = re.compile(r"^[\w./]+\.tasks = @([\w./]+)\(\)$", re.MULTILINE)
_MACRO = re.compile(r"%([\w./]+)")
_ABSOLUTE_PATH = re.compile(
    r"""(['"])(?:~|[A-Za-z]:)?[/\\](?:[^'"]*[/\\])?([^'"/\\]+)\1"""
)


def run_card(run_dir, name):
    """The card of a run, without SHA-256.

    Args:
        run_dir: folder with `config.gin`, `metrics.jsonl` and `table.csv`, as far as
            they exist.
        name: of the rule.

    Returns:
        `Card`.

    Raises:
        ValueError: `table.csv` is no table of results.
    """
    run_dir = pathlib.Path(run_dir)
    configuration = _configuration(run_dir / CONFIG_FILE)
    data = meta_training_data(configuration)
    compute = _compute(run_dir)
    return Card(
        name=name,
        description=_description(run_dir, compute.outer_steps),
        licence=NOT_STATED,
        origin=f"run {run_dir.resolve().name}",
        sha256="",
        package_version="",
        data=data,
        configuration=configuration,
        compute=compute,
        results=read_results(run_dir / TABLE_FILE),
    )


def _description(run_dir, outer_steps):
    """One line: how long the run was, what it began with, over what it averaged."""
    steps = f"{outer_steps:,} outer steps" if outer_steps else "a rule"
    words = f"{steps} of the run {run_dir.resolve().name}"
    origins = read_origins(run_dir)
    begun = origins[0].get("initial_rule") if origins else None
    if begun:
        words += f", begun with {pathlib.PurePath(begun).name}"
    average = origins[-1].get(THETA_AVERAGE) if origins else None
    if average and outer_steps and average["begin"] < outer_steps:
        words += f", mean of theta over those after {average['begin']:,}"
    return words


def meta_training_data(configuration):
    """The task distributions that a configuration names, with their settings.

    Args:
        configuration: gin text, as a run keeps it.

    Returns:
        Text such as `task_distribution(size=8, ways=10)`; empty if there are none.
    """
    bindings = dict(_BINDING.findall(configuration))

    def value(text):
        text = _MACRO.sub(lambda macro: bindings.get(macro[1], macro[0]), text)
        return " ".join(text.replace("\\\n", " ").split())

    described = []
    for tasks in dict.fromkeys(_TASKS.findall(configuration)):
        settings = (
            f"{key.removeprefix(f'{tasks}.')}={value(text)}"
            for key, text in bindings.items()
            if key.startswith(f"{tasks}.")
        )
        described.append(f"{tasks}({', '.join(settings)})")
    return ", ".join(described)


def read_results(path):
    """The `Result`s of a table that the evaluation wrote; none if there is no file."""
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        try:
            return tuple(_result(row) for row in rows)
        except (KeyError, TypeError, ValueError) as error:
            raise invalid(
                f"{path} is no table of results.",
                expected=f"columns {', '.join(Result._fields)}",
                received=f"columns {', '.join(rows.fieldnames or ()) or 'none'}, "
                f"line {rows.line_num}: {error}",
                remedy="Evaluate the rule again, or remove the file.",
            ) from error


def _result(row):
    values = {}
    for field in Result._fields:
        text = row[field] if field in _REQUIRED else row.get(field)
        if field in _TEXTS:
            values[field] = text
        elif not text and field not in _REQUIRED:
            values[field] = None
        else:
            values[field] = (int if field in _INTEGERS else float)(text)
    return Result(**values)


def _configuration(path):
    """The bindings of a gin file; of the paths of this machine only the last part."""
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = (line for line in lines if line.strip() and not line.startswith("#"))
    return _ABSOLUTE_PATH.sub(r"\1\2\1", "\n".join(kept))


def _compute(run_dir):
    """What the rows up to the last checkpoint, at which the rule was saved, say."""
    rows = read_metrics(run_dir)
    saved = [int(path.stem[-8:]) for path in run_dir.glob(CHECKPOINTS)]
    if saved:
        rows = [row for row in rows if row["outer_step"] <= max(saved)]
    if not rows:
        return Compute()
    peaks = _column(rows, "peak_memory_gb")
    lengths = _column(rows, "truncation_length")
    seconds = _column(rows, "seconds")
    return Compute(
        outer_steps=rows[-1]["outer_step"],
        inner_steps=sum(lengths) if lengths else None,
        seconds=round(float(sum(seconds)), 1) if seconds else None,
        peak_memory_gb=round(float(max(peaks)), 3) if peaks else None,
    )


def _column(rows, name):
    """The numbers of a column; none unless every row has one."""
    numbers = [row.get(name) for row in rows]
    return numbers if all(isinstance(x, (int, float)) for x in numbers) else []
