"""`learned-update prepare`: downloads and prepares data sets ahead, and shows them."""

import pathlib

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument, integer, seed
from learned_update.cli.data_options import (
    add_label_argument,
    check_labels,
    data_sources,
    loaded,
)
from learned_update.cli.gin_options import add_gin_arguments, call_configured, configure
from learned_update.cli.outputs import check_file_output
from learned_update.errors import invalid

SUMMARY = "Download and prepare data sets ahead; look at the tasks drawn from them."
EXAMPLE = """\
example:
  learned-update prepare mnist fashion_mnist --size 14
  learned-update prepare --gin_file tasks/offline.gin --preview task.png

The first prepares two data sets; the second prepares those of a task distribution and
draws a task of it, its classes before and after augmentation and permutation.
"""


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="data sets: names of the README's table, of TensorFlow Datasets, or paths",
    )
    parser.add_argument(
        "--size",
        type=integer,
        metavar="PIXELS",
        help="height and width of the images; without it the data set's own",
    )
    parser.add_argument(
        "--channels",
        type=int,
        choices=(1, 3),
        help="1 for grey, 3 for colour; without it the data set's own",
    )
    parser.add_argument(
        "--split",
        metavar="SPLIT",
        help="of TensorFlow Datasets: train (as without it), test, all, train[:1000]",
    )
    add_label_argument(parser)
    parser.add_argument(
        "--data_dir", metavar="FOLDER", help="of TensorFlow Datasets' own files"
    )
    parser.add_argument(
        "--preview", metavar="FILE.png", help="draw a task of the data sets"
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="INTEGER", help="of the task drawn"
    )
    add_force_argument(parser)
    add_gin_arguments(parser)


def run(options):
    """Prepares the data sets that are named, and draws a task if asked to."""
    if options.preview is not None:
        _check_preview(options.preview)
        check_file_output(options.preview, options.force)
    elif not options.names:
        raise _nothing_to_do()
    parameters = []
    if options.data_dir is not None:
        folder = str(pathlib.Path(options.data_dir).expanduser())
        parameters.append(f"tfds_options.data_dir = {folder!r}")
    configure(options, parameters)
    with environment.quiet_imports():
        from learned_update.data import prepare
    for source, own in data_sources(_members(options.names), options.label):
        made = prepare(source, **_given(options), **own)
        print(_described(source, made))
    if options.preview is not None:
        _draw(options)


def _nothing_to_do():
    return invalid(
        "There is nothing to prepare.",
        expected="names of data sets, or --preview",
        received="neither",
        remedy="For example: learned-update prepare mnist --size 14",
    )


def _members(names):
    """The names given, groups replaced by what they stand for."""
    from learned_update.data.catalogue.dataset_names import GROUPS

    return [member for name in names for member in GROUPS.get(name, (name,))]


def _check_preview(path):
    if pathlib.Path(path).suffix.lower() != ".png":
        raise invalid(
            "A preview is not drawn in this format.",
            expected="a path that ends with .png",
            received=f"--preview {path}",
            remedy="Rename it, for example to task.png.",
        )


def _given(options):
    """Options of the data sets that were given."""
    names = ("size", "channels", "split")
    given = {name: getattr(options, name) for name in names}
    return {name: value for name, value in given.items() if value is not None}


def _described(name, made):
    shape = " x ".join(str(size) for size in made.shape)
    state = "already there" if made.existed else "written"
    where = f" in {made.path}, {state}" if made.path else ""
    return (
        f"{name}: {made.examples:,} examples of {shape}, {made.classes} classes, "
        f"{made.bytes / 1e6:.1f} MB{where} (from {made.source})"
    )


def _draw(options):
    from learned_update.data.tasks.contact_sheet import save_contact_sheet
    from learned_update.data.tasks.mixtures import task_distribution

    named = {}
    if options.names:
        named = {"datasets": loaded(options.names, options.label, **_given(options))}
        check_labels(named["datasets"])
    tasks = call_configured(task_distribution, **named)
    save_contact_sheet(tasks, options.preview, seed=options.seed)
    print(f"Wrote {options.preview}: a task of {tasks.ways} classes.")
