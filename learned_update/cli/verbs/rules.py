"""`learned-update rules`: the zoo of rules."""

import argparse

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument
from learned_update.errors import invalid

SUMMARY = "List the named rules; show, add, remove or blend some."
EXAMPLE = """\
example:
  learned-update rules
  learned-update rules show glyphs
  learned-update rules add runs/example --name mine --licence Apache-2.0
  learned-update rules add https://example.org/rules/theirs.keras
  learned-update rules remove mine
  learned-update rules blend runs/further=0.75 images-v1=0.25 --output between.keras

Rules of one's own lie in $LEARNED_UPDATE_RULES, by default in
~/.local/share/learned_update/rules.
"""


def add_arguments(parser):
    """Adds the actions of this verb and their options."""
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", title="actions, by default a list"
    )
    show = _action(actions, "show", "print the card of a rule")
    show.add_argument("name", metavar="NAME")
    remove = _action(actions, "remove", "remove a rule that was added")
    remove.add_argument("name", metavar="NAME")
    add = _action(actions, "add", "add a rule")
    add.add_argument(
        "source",
        metavar="SOURCE",
        help="a run directory, a .keras file, or the http(s) or gs address of one",
    )
    add.add_argument(
        "--name", help="of the rule; without it the card's, the folder's or the file's"
    )
    add.add_argument("--licence", metavar="IDENTIFIER", help="SPDX, for the card")
    add.add_argument("--description", metavar="LINE", help="for the card")
    add.add_argument(
        "--weaknesses",
        metavar="LINE",
        help="what it is bad at, for the card",
    )
    add.add_argument("--sha256", metavar="DIGITS", help="what the file must have")
    add.add_argument(
        "--to", metavar="FOLDER", help="where to; without it the user's own rules"
    )
    add_force_argument(add)
    blend = _action(actions, "blend", "write the weighted mean of rules' thetas")
    blend.add_argument(
        "shares",
        nargs="+",
        type=_share,
        metavar="SOURCE=SHARE",
        help="a rule by name, a .keras file or a run directory, and its share",
    )
    blend.add_argument(
        "--output", required=True, metavar="FILE", help="the .keras file to write"
    )
    add_force_argument(blend)


def run(options):
    """Does the action, or lists the rules."""
    _ACTIONS[options.action](options)


def _action(actions, name, summary):
    return actions.add_parser(
        name, help=summary, description=summary, allow_abbrev=False
    )


def _list(_):
    from learned_update.zoo.card_text import rules_text

    print(rules_text() or "There are no rules. `learned-update rules add` adds one.")


def _show(options):
    from learned_update.zoo.card_text import card_text
    from learned_update.zoo.shelves import rule_card

    print(card_text(rule_card(options.name)))


def _remove(options):
    from learned_update.zoo.shelves import remove_rule

    remove_rule(options.name)
    print(f"Removed the rule {options.name}.")


def _add(options):
    with environment.quiet_imports():
        from learned_update.zoo.adding import add_rule

    card = add_rule(
        options.source,
        name=options.name,
        licence=options.licence,
        description=options.description,
        weaknesses=options.weaknesses,
        sha256=options.sha256,
        folder=options.to,
        overwrite=options.force,
    )
    print(f"Added the rule {card.name}: {card.description}.")
    if options.to is None:
        print(f"In Python: learned_update.load_rule({card.name!r})")


def _blend(options):
    with environment.quiet_imports():
        from learned_update.zoo.blending import blend_rules

    shares = dict(options.shares)
    if len(shares) < len(options.shares):
        raise invalid(
            "A rule is named twice.",
            expected="every rule once, with its share",
            received=" ".join(source for source, _ in options.shares),
            remedy="Add its shares.",
        )
    card = blend_rules(shares, options.output, options.force)
    print(f"Wrote {options.output}: {card.description}.")


def _share(text):
    source, _, share = text.rpartition("=")
    try:
        return source, float(share)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no SOURCE=SHARE, such as images-v1=0.25"
        ) from None


_ACTIONS = {
    None: _list,
    "show": _show,
    "remove": _remove,
    "add": _add,
    "blend": _blend,
}
