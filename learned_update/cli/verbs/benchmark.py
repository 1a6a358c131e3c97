"""`learned-update benchmark`: times the trainer beside yardsticks and the peak."""

import json
import pathlib

from learned_update.benchmarks import configuration as configurations
from learned_update.benchmarks import processes
from learned_update.benchmarks.agreement.verdicts import verdicts
from learned_update.benchmarks.reports import tables
from learned_update.cli.arguments import add_force_argument, integer
from learned_update.cli.outputs import check_file_output, check_folder
from learned_update.errors import InvalidInputError, invalid
from learned_update.keras_backend import SUPPORTED

SUMMARY = "Time outer steps of the quickstart's trainer in variants, side by side."
EXAMPLE = """\
example:
  learned-update benchmark --outer_steps 5 --variants rematerialised kept
  learned-update benchmark --backend jax --tasks 64 --width 128 --json
  learned-update benchmark --scaling scaling.png
  learned-update benchmark --checkpoints --outer_steps 20
  learned-update benchmark --precisions 3 --outer_steps 100
  learned-update benchmark --aot v5e:2x2 --gin_file experiments/paper.gin

Each variant runs in a process of its own, so that its peak memory is its own; the
table gives ratios to the first. Run it on an idle machine: on a noisy one gaps under a
quarter mean nothing. step_s is an outer step as a run does it, device_s its compiled
part alone, draw_s what the host takes to draw what a step reads; flops are those of
the matrix products of an outer step. The yardsticks are the same mathematics without
Keras: "released inner step" a plain tf.function, "meta-gradient" plain JAX.
"""
YARDSTICKS = {  # the backend of Keras that each needs; None takes any
    "released inner step": None,
    "meta-gradient": "jax",
}
PEAK = "matrix peak"
SIZES = ("tasks", "truncation_length", "width", "depth", "batch_size", "size")
EXPERIMENT = "experiments/paper.gin"
EXAMPLES = 450_000  # of that experiment, about: 390,000 and glyphs
WITHOUT_TPU = {  # or the TPU's compiler looks for one
    "JAX_PLATFORMS": "cpu",
    "TPU_SKIP_MDS_QUERY": "1",
    "TPU_WORKER_HOSTNAMES": "localhost",
}


def add_arguments(parser):
    """Adds the options of this verb."""
    names = [*configurations.VARIANTS, *YARDSTICKS, PEAK]
    parser.add_argument(
        "--outer_steps",
        type=integer,
        default=2,
        metavar="INTEGER",
        help="to time in each of twelve rounds, after one that compiles "
        "(default: %(default)s)",
    )
    parser.add_argument("--variants", nargs="+", choices=names, default=names)
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON per variant instead"
    )
    parser.add_argument(
        "--backend",
        choices=SUPPORTED,
        help="of Keras (default: KERAS_BACKEND of the environment)",
    )
    parser.add_argument(
        "--profile",
        metavar="FOLDER",
        help="write a trace of each variant that TensorBoard opens, on JAX also "
        "Perfetto",
    )
    for name, default in configurations.Configuration._field_defaults.items():
        if name in SIZES:
            parser.add_argument(
                f"--{name}",
                type=integer,
                default=default,
                metavar="INTEGER",
                help="of what is measured (default: %(default)s)",
            )
    parser.add_argument(
        "--scaling",
        metavar="FILE",
        help="measure over tasks, inner steps, width and depth instead, and draw it",
    )
    parser.add_argument(
        "--checkpoints",
        action="store_true",
        help="measure what a checkpoint adds to a run instead",
    )
    add_force_argument(parser)
    parser.add_argument(
        "--precisions",
        type=integer,
        metavar="SEEDS",
        help="train with products of every precision instead, --outer_steps for so "
        "many seeds, and say whether meta-losses agree with those of float32",
    )
    _add_arguments_ahead_of_time(parser)


def _add_arguments_ahead_of_time(parser):
    parser.add_argument(
        "--aot",
        metavar="TOPOLOGY",
        help="compile for a TPU such as v5e:2x2, v6e:2x2 or v4:2x2x1 instead, without "
        "one, the outer step of an experiment's largest bucket",
    )
    parser.add_argument(
        "--examples",
        type=integer,
        default=EXAMPLES,
        metavar="INTEGER",
        help="with --aot: that lie on every chip (default: %(default)s)",
    )
    parser.add_argument(
        "--gin_file",
        action="append",
        metavar="FILE",
        help=f"with --aot: the experiment (default: {EXPERIMENT})",
    )
    parser.add_argument(
        "--gin_param",
        action="append",
        default=[],
        metavar="NAME.PARAMETER=VALUE",
        help="with --aot: one more setting, after all files",
    )


def run(options):
    """Measures what was asked for and prints it."""
    if options.aot:
        _compile_ahead_of_time(options)
    elif options.scaling:
        _measure_scaling(options)
    elif options.checkpoints:
        _measure_checkpoints(options)
    elif options.precisions is not None:
        _compare_precisions(options)
    else:
        _measure_variants(options)


def _sizes(options, least=1):
    """Sizes of what is measured; raises `ValueError` if they make no sense."""
    sizes = {name: getattr(options, name) for name in SIZES}
    configurations.check_configuration(configurations.Configuration(**sizes))
    if options.outer_steps < least:
        raise invalid(
            "Too few outer steps are to be timed.",
            expected=f"outer_steps >= {least}",
            received=f"outer_steps={options.outer_steps}",
            remedy="Five are enough on an idle machine.",
        )
    return sizes


def _measure_checkpoints(options):
    row = processes.ask(
        "checkpoint cost",
        options.backend,
        configuration=_sizes(options, least=2),
        outer_steps=options.outer_steps,
    )
    print(json.dumps(row) if options.json else tables.checkpoint_cost(row))


def _measure_variants(options):
    sizes = _sizes(options)
    if options.profile:
        check_folder(options.profile)
    printed = tables.Lines() if options.json else tables.Tables()
    for name in options.variants:
        printed.add(_measured(name, sizes, options))


def _measured(name, sizes, options):
    if name == PEAK:
        row = processes.ask("matrix peak", options.backend)
    elif name in YARDSTICKS:
        try:
            row = processes.ask(
                name,
                YARDSTICKS[name] or options.backend,
                configuration=sizes,
                outer_steps=options.outer_steps,
            )
        except InvalidInputError as error:  # JAX is not installed everywhere
            row = {"error": str(error)}
    else:
        folder = options.profile and pathlib.Path(options.profile) / name
        return processes.ask(
            "variant",
            options.backend,
            name=name,
            configuration=sizes,
            outer_steps=options.outer_steps,
            profile=folder and str(folder.absolute()),
        )
    return {"variant": name, **row}


def _measure_scaling(options):
    check_file_output(options.scaling, options.force)
    series = []
    for size in configurations.SERIES:
        row = processes.ask(
            "scaling", options.backend, size=size, repeats=options.outer_steps
        )
        print(json.dumps(row) if options.json else tables.scaling(row), flush=True)
        series.append(row)
    from learned_update.benchmarks.scaling.figure import save_scaling_figure

    save_scaling_figure(options.scaling, series)


def _compare_precisions(options):
    from learned_update.backend.precision import PRECISIONS

    if options.precisions < 2:
        raise invalid(
            "One seed has no spread.",
            expected="--precisions of at least 2",
            received=f"{options.precisions}",
            remedy="Use three or more.",
        )
    sizes = _sizes(options)
    losses = {
        precision: processes.ask(
            "meta-losses",
            options.backend,
            configuration=sizes,
            precision=precision,
            seeds=list(range(options.precisions)),
            outer_steps=options.outer_steps,
        )["losses"]
        for precision in PRECISIONS
    }
    rows = verdicts(losses)
    if options.json:
        rows = [{**row, "losses": losses[row["precision"]]} for row in rows]
        print("\n".join(map(json.dumps, rows)))
    else:
        print(tables.agreement(rows))


def _compile_ahead_of_time(options):
    row = processes.ask(
        "ahead of time",
        "jax",
        WITHOUT_TPU,
        topology=options.aot,
        gin_files=options.gin_file or [EXPERIMENT],
        parameters=options.gin_param,
        examples=options.examples,
    )
    print(json.dumps(row) if options.json else tables.ahead_of_time(row))
