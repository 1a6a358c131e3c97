"""The options that read gin files, and what they configure."""

from learned_update.cli import environment
from learned_update.configuration.messages import plain
from learned_update.errors import InvalidInputError

_MISSING_SETTING = "Required bindings"  # how gin 0.5 begins to say so


def add_gin_arguments(parser):
    """Adds `--gin_file` and `--gin_param`."""
    parser.add_argument(
        "--gin_file",
        action="append",
        default=[],
        metavar="FILE",
        help="configuration, found in the working directory, then in the package; "
        "may be repeated, later files win",
    )
    parser.add_argument(
        "--gin_param",
        action="append",
        default=[],
        metavar="NAME.PARAMETER=VALUE",
        help="one more setting, after all files; may be repeated",
    )


def configure(options, parameters=(), run_dir=None):
    """Reads the gin files and bindings of the command line.

    Args:
        options: of the command line.
        parameters: bindings that come after those of the command line.
        run_dir: folder to keep the resolved configuration in; None keeps none.

    Raises:
        ValueError: a name is misspelt, or the folder holds another configuration.
    """
    with environment.quiet_imports():
        from learned_update import configuration, registration

        registration.register_all()
    registration.configure(options.gin_file, [*options.gin_param, *parameters])
    if run_dir is not None:
        configuration.save(run_dir)


def call_configured(function, *arguments, **keywords):
    """Calls what gin configures; says it if a setting is missing."""
    try:
        return function(*arguments, **keywords)
    except RuntimeError as error:
        if not str(error).startswith(_MISSING_SETTING):
            raise
        raise InvalidInputError(f"{plain(error)} Is a --gin_file missing?") from error
