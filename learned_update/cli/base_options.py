"""Which base model a verb trains."""

from learned_update.cli.gin_options import call_configured

KINDS = ("mlp", "conv", "attention")


def add_base_argument(parser):
    """Adds `--base`."""
    parser.add_argument(
        "--base",
        choices=KINDS,
        help="base model: an MLP (as without it), convolutions or attention, whose "
        "other settings are gin parameters, such as conv_base.pooling = 2",
    )


def base_form(kind):
    """The `BaseForm` of a kind, with the gin parameters of `conv_base` and so on."""
    from learned_update.layers import BASE_FORMS

    return call_configured(BASE_FORMS[kind])
