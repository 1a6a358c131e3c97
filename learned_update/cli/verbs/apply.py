"""`learned-update apply`: features of unlabelled data, with a rule that is there."""

import argparse
import contextlib
import pathlib
import sys
import time

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument, integer, random_state
from learned_update.cli.base_options import add_base_argument, base_form
from learned_update.cli.data_options import add_label_argument, data_source
from learned_update.cli.encoder_files import check_encoder, keep_encoder
from learned_update.cli.gin_options import add_gin_arguments, configure
from learned_update.cli.outputs import check_file_output
from learned_update.errors import invalid
from learned_update.files import atomic_path
from learned_update.zoo.shelves import DEFAULT_RULE

SUMMARY = "Turn unlabelled data into features with a rule."
EXAMPLE = """\
example:
  learned-update apply --rule glyphs --input features.npy --output embedded.npy
  learned-update apply --input table.csv --label species --output embedded.csv
  learned-update apply --input photos/ --size 32 --channels 1 --output embedded.npz
  learned-update apply --input mnist --split test --output embedded.npz
  learned-update apply --input photos/ --size 32 --base conv --units 32 32 \
      --output embedded.npz

A base model is trained on the data without labels, then embeds them: a row of features
for each row of the data, in their order. Labels, where there are some, are written
beside the features, to .csv as the column `label` and to .npz as `y`, never trained on;
`y` holds numbers if all labels are numbers, else names. Of a folder of images the file
of each row is written too, to .csv as the first column `file` and to .npz as `files`.
.npy holds features alone; rows are in the natural order of classes and files.
"""


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "--rule",
        default=DEFAULT_RULE,
        metavar="NAME_OR_FILE",
        help="a rule by name, a .keras file or a run directory (default: %(default)s)",
    )
    parser.add_argument(
        "--input",
        required=True,
        metavar="DATA",
        help="a .npy, .npz, .csv, .tsv or .txt file, a folder of images, or the name "
        "of a data set",
    )
    parser.add_argument(
        "--output",
        required=True,
        metavar="FILE",
        help="where the features go: .npy, .npz or .csv",
    )
    parser.add_argument(
        "--encoder",
        metavar="FILE",
        help="also keep what was learned: .pkl for the fitted LearnedUpdateEncoder; "
        ".keras, .onnx or, without a suffix, a SavedModel folder to deploy",
    )
    add_force_argument(parser)
    _add_training_arguments(parser)
    _add_data_arguments(parser)
    add_gin_arguments(parser)


def _add_training_arguments(parser):
    parser.add_argument(
        "--units",
        nargs="+",
        type=integer,
        default=(128, 128, 32),
        metavar="INTEGER",
        help="widths of the base model, bottom to top; the last is the number of "
        "features, see --output_features (default: 128 128 32)",
    )
    add_base_argument(parser)
    parser.add_argument(
        "--output_features",
        choices=("top", "all", "with_input"),
        default="top",
        help="the features of the last layer, of all layers side by side, or of the "
        "last layer beside the inputs (default: %(default)s)",
    )
    for name, default, what in (
        ("steps", 2000, "inner steps"),
        ("batch_size", 128, "rows of an inner step; all of them where there are fewer"),
    ):
        parser.add_argument(
            f"--{name}",
            type=integer,
            default=default,
            metavar="INTEGER",
            help=f"{what} (default: %(default)s)",
        )
    parser.add_argument(
        "--average",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="the mean of phi over the inner steps, late ones counting more, instead "
        "of phi after the last (default: on)",
    )
    parser.add_argument(
        "--seed",
        type=random_state,
        default=0,
        metavar="INTEGER",
        help="of everything random (default: %(default)s)",
    )
    parser.add_argument(
        "--standardise",
        action=argparse.BooleanOptionalAction,
        help="shift and scale every column to mean 0 and variance 1; without either "
        "option, columns of bytes, such as pixels, are not, all others are",
    )


def _add_data_arguments(parser):
    parser.add_argument(
        "--size", type=integer, metavar="PIXELS", help="height and width of images"
    )
    parser.add_argument(
        "--channels", type=int, choices=(1, 3), help="1 for grey, 3 for colour images"
    )
    add_label_argument(parser)
    parser.add_argument(
        "--split",
        metavar="SPLIT",
        help="of TensorFlow Datasets: train (as without it), test, all, train[:1000]; "
        "of a folder that holds train/ and test/: the name of one",
    )


def run(options):
    """Trains, embeds, writes, and says how fast it went."""
    from learned_update.data.feature_files import writer

    write = writer(options.output)
    outputs = [options.output]
    check_file_output(options.output, options.force)
    if options.encoder is not None:
        check_encoder(options.encoder, options.force)
        outputs.append(options.encoder)
    try:
        configure(options)
        encoder, dataset = _encoder_and_dataset(options)
        with contextlib.ExitStack() as stack:
            # Opened before the long work, so that an unwritable folder is found now.
            path = stack.enter_context(atomic_path(options.output))
            features, seconds = _features(encoder, dataset)
            write(path, features, dataset)
            if options.encoder is not None:
                keep_encoder(
                    encoder.set_params(verbose=0), options.encoder, options.force
                )
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt("Interrupted; nothing was written.") from interrupt
    rows, width = features.shape
    print(
        f"Wrote {' and '.join(outputs)}: {rows:,} rows x {width} features. "
        f"{encoder.n_steps_:,} inner steps in {seconds:.1f} s, compilation included: "
        f"{encoder.n_steps_ / seconds:.1f} steps per second."
        f"{_left_out(options.output, dataset)}"
    )


def _left_out(output, dataset):
    if dataset.labels is None or pathlib.Path(output).suffix.lower() != ".npy":
        return ""
    return " The labels are not in it: .npy has no place for them, .npz and .csv have."


def _encoder_and_dataset(options):
    """The unfitted encoder, its rule found already, and the `Dataset`."""
    with environment.quiet_imports():
        import numpy as np

        from learned_update.data import load
        from learned_update.estimator import LearnedUpdateEncoder
        from learned_update.zoo import load_rule

    rule = load_rule(options.rule)
    asked = {name: getattr(options, name) for name in ("label", "split")}
    dataset = load(
        data_source(options.input),
        size=options.size,
        channels=options.channels,
        **{name: value for name, value in asked.items() if value is not None},
    )
    _check_rows(dataset)
    standardise = options.standardise
    if standardise is None:
        standardise = dataset.images.dtype != np.uint8
    encoder = LearnedUpdateEncoder(
        rule,
        units=tuple(options.units),
        steps=options.steps,
        batch_size=options.batch_size,
        average=options.average,
        standardise=standardise,
        random_state=options.seed,
        verbose=int(sys.stderr.isatty()),
        output=options.output_features,
        **_base(options.base, dataset),
    )
    return encoder, dataset


def _base(kind, dataset):
    """Arguments of the encoder that say what the base model is."""
    if kind is None:
        return {}
    form = base_form(kind)
    arguments = {"base": form.kind, "base_options": form.options}
    if form.of_images:
        arguments["image_shape"] = dataset.images.shape[1:]
    return arguments


def _features(encoder, dataset):
    """Features of all rows, and the seconds that training took."""
    from learned_update.data import flatten

    x = flatten(dataset)
    begin = time.perf_counter()
    encoder.fit(x)
    seconds = time.perf_counter() - begin
    return encoder.transform(x), seconds


def _check_rows(dataset):
    if len(dataset.images) < 2:
        raise invalid(
            f"From a single row, as in {dataset.name!r}, nothing is learned.",
            expected="at least 2 different rows",
            received=f"{len(dataset.images)}",
            remedy="Give more rows. To embed single ones with what was learned from "
            "others, keep that with --encoder and call its `transform` in Python.",
        )
