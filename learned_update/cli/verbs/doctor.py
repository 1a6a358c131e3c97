"""`learned-update doctor`: what is installed, and what is missing."""

SUMMARY = "Show versions, devices and folders, and what is missing."
EXAMPLE = """\
example:
  learned-update doctor
  KERAS_BACKEND=jax learned-update doctor

An arrow says what to do where something is missing; what is optional may stay so.
"""


def add_arguments(parser):
    """This verb has no options."""
    del parser


def run(options):
    """Prints the report."""
    del options
    from learned_update.cli import health
    from learned_update.cli.environment import quiet_imports

    with quiet_imports():
        import keras

        from learned_update import backend
        from learned_update.zoo import load_rule, shelves

        devices = backend.device_names()
    shipped = sorted(path.stem for path in shelves.shipped_folder().glob("*.json"))
    findings = [
        *health.system(),
        *health.packages(),
        *health.computing(keras.backend.backend(), devices),
        *health.folders(shelves.user_folder()),
        *health.shipped_rules(shipped, load_rule),
    ]
    print("\n".join(health.report(findings)))
