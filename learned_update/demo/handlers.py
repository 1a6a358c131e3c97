"""What happens when a visitor drops, chooses, learns, stops and leaves."""

import time

from learned_update.configuration.messages import plain
from learned_update.data import digits
from learned_update.demo.learning.course import course, stages
from learned_update.demo.learning.results import write_results
from learned_update.demo.learning.settings import SEED, settings
from learned_update.demo.pictures.panel import downloads, panel
from learned_update.demo.pictures.summary import refusal, summary
from learned_update.demo.uploads.kept_files import IMAGES, keep
from learned_update.demo.uploads.notes import collected
from learned_update.demo.uploads.reading import Read, label_column, read
from learned_update.errors import describe

DOWNLOADS = "download"  # begins the address of a result
REFUSED = (ValueError, OSError, MemoryError)  # whose messages are for visitors
_NOTHING = describe(
    "There is nothing to learn from yet.",
    expected="images, a zip of a folder, or a table",
    received="nothing",
    remedy="Drop something on the left first.",
)


def take(visit, paths, limits):
    """Keeps and reads what was dropped.

    Args:
        visit: `Visit`.
        paths: of the uploaded files.
        limits: `Limits`.

    Returns:
        `(html, columns, label)`: what the page says; `Column`s of a table, to choose
        the labels from, and the index of the one that was taken for them, or None.
    """
    folder = visit.empty()
    columns, label = (), None
    try:
        visit.kept = keep(paths, folder, limits)
        columns, label = label_column(visit.kept)
        visit.read = read(visit.kept, label)
    except REFUSED as error:
        return said(visit, error), columns, label
    return summary(visit.kept.title, visit.read), columns, label


def take_digits(visit):
    """Takes handwritten digits that come with scikit-learn; HTML as of `take`."""
    visit.empty()
    visit.read = Read(digits())
    return summary("Handwritten digits", visit.read)


def read_again(visit, label, side):
    """Reads the same files with other choices; HTML as of `take`."""
    visit.stopping = True
    visit.read = None
    if visit.kept is None:
        return refusal(_NOTHING)
    try:
        visit.read = read(visit.kept, label, side)
    except REFUSED as error:
        return said(visit, error)
    return summary(visit.kept.title, visit.read)


def learn(visit, rule, units, steps):
    """Learns features, and writes what can be taken away.

    Args:
        visit: `Visit`.
        rule: name of a rule.
        units: widths as text.
        steps: inner steps.

    Yields:
        HTML of every stage; of a refusal, if there is one.
    """
    if visit.read is None:
        yield refusal(_NOTHING)
        return
    visit.stopping, visit.files = False, {}
    try:
        yield from _course(visit, settings(rule, units, steps))
    except REFUSED as error:
        yield said(visit, error)


def said(visit, error):
    """HTML of an error, without the folders of this machine."""
    text = plain(error) or type(error).__name__
    for path in (visit.kept.path.parent if visit.kept else None, visit.folder):
        if path is not None:
            text = text.replace(f"{path}/", "").replace(f"{path}", "the folder")
    return refusal(text)


def _course(visit, chosen):
    dataset = visit.read.dataset
    begin = time.monotonic()
    with collected() as notes:
        begun = course(dataset, chosen)
        coming = stages(begun)
        stage = next(coming)
    while visit.reads(dataset):
        seconds = time.monotonic() - begin
        yield panel(begun, stage, dataset, seconds, notes)
        if visit.stopping:
            break
        with collected() as more:
            following = next(coming, None)
        notes += more
        if following is None:
            break
        stage = following
    if not visit.reads(dataset):
        return  # the visitor has dropped something else, or left
    folder = visit.folder / "results"
    names = write_results(stage.encoder, begun.x, dataset, folder)
    visit.files = {name: folder / name for name in names}
    links = downloads(
        f"{DOWNLOADS}/{visit.token}/",
        {name: path.stat().st_size for name, path in visit.files.items()},
        _code(visit, chosen, begun.encoder.standardise, stage.step),
    )
    yield panel(begun, stage, dataset, seconds, notes, links)


def _code(visit, chosen, standardise, steps):
    """Python that gives the same features."""
    return f"""import learned_update as lu
from learned_update import data

rows = data.flatten({_loading(visit)})
encoder = lu.LearnedUpdateEncoder(
    rule={chosen.rule!r},
    units={chosen.units},
    steps={steps},
    standardise={standardise},
    random_state={SEED},
)
features = encoder.fit_transform(rows)
"""


def _loading(visit):
    if visit.kept is None:
        return "data.digits()"
    arguments = [repr(visit.kept.path.name)]
    arguments += [f"{name}={value!r}" for name, value in visit.read.arguments]
    if visit.kept.kind == IMAGES:
        arguments.append('on_error="skip"')
    return f"data.from_path({', '.join(arguments)})"
