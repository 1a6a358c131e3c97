"""The files of a diagnosis."""

import pathlib

from learned_update.diagnosis.report.figure import diagnosis_figure
from learned_update.diagnosis.report.numbers import write_numbers
from learned_update.diagnosis.report.page import write_page
from learned_update.diagnosis.report.scalars import scalars
from learned_update.evaluation.results import figures
from learned_update.training.runs.events import EVENT_FOLDER, EventWriter

FIGURE, PAGE, NUMBERS = "diagnosis.png", "diagnosis.html", "diagnosis.json"


def write_report(findings, folder, run_dir=None):
    """Writes figure, page and numbers.

    Args:
        findings: `Findings`.
        folder: for the files.
        run_dir: folder of the run, whose TensorBoard events get the numbers, too, if
            there are events; None for none.

    Returns:
        The paths written.

    Raises:
        OSError: something cannot be written.
    """
    folder = pathlib.Path(folder)
    figures.save(diagnosis_figure(findings), folder / FIGURE)
    write_page(findings, folder / FIGURE, folder / PAGE)
    write_numbers(findings, folder / NUMBERS)
    if run_dir is not None and (pathlib.Path(run_dir) / EVENT_FOLDER).is_dir():
        events = EventWriter(run_dir)
        for name, step, value in scalars(findings):
            events.write(step, {name: value})
        events.flush()
    return [folder / name for name in (FIGURE, PAGE, NUMBERS)]
