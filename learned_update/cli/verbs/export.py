"""`learned-update export`: writes a rule as a SavedModel."""

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument, integer
from learned_update.cli.outputs import check_output

SUMMARY = "Write a rule as a SavedModel that runs wherever TensorFlow runs."
EXAMPLE = """\
example:
  learned-update export --rule runs/quickstart --units 128 128 32 \\
      --output exported

The folder needs TensorFlow alone: `tf.saved_model.load`, TensorFlow Serving, C++.
Batches and widths are free there, the number of layers is that of --units:
  saved_model_cli show --all --dir exported
"""


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "--rule",
        required=True,
        metavar="NAME_OR_FILE",
        help="a rule by name, a .keras file or a run directory",
    )
    parser.add_argument(
        "--units",
        required=True,
        nargs="+",
        type=integer,
        metavar="INTEGER",
        help="widths of the base model's layers, bottom to top",
    )
    parser.add_argument(
        "--activation",
        metavar="NAME",
        help="of the base model: one of Keras' or step (default: the rule's, mostly "
        "relu)",
    )
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="where the SavedModel will be"
    )
    add_force_argument(parser)


def run(options):
    """Loads the rule, exports it and says what can be called."""
    check_output(options.output, options.force)
    with environment.quiet_imports():
        from learned_update.export import export_saved_model
        from learned_update.zoo import load_rule

    rule = load_rule(options.rule)
    base = rule.base_mlp(options.units, options.activation)
    export_saved_model(rule, base, options.output, overwrite=options.force)
    print(
        f"In {options.output}: init(seed, input_dim), init_widths(seed, widths), "
        "update(phi, x), embed(phi, x), statistics(phi, x), "
        "embed_frozen(phi, statistics, x)"
    )
