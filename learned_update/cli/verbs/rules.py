"""`learned-update rules`: the zoo of rules."""

from learned_update.cli import environment
from learned_update.cli.arguments import add_force_argument

SUMMARY = "List the named rules; show, add or remove one."
EXAMPLE = """\
example:
  learned-update rules
  learned-update rules show glyphs
  learned-update rules add runs/example --name mine --licence Apache-2.0
  learned-update rules add https://example.org/rules/theirs.keras
  learned-update rules remove mine

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
    add.add_argument("--sha256", metavar="DIGITS", help="what the file must have")
    add.add_argument(
        "--to", metavar="FOLDER", help="where to; without it the user's own rules"
    )
    add_force_argument(add)


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
        sha256=options.sha256,
        folder=options.to,
        overwrite=options.force,
    )
    print(f"Added the rule {card.name}: {card.description}.")
    if options.to is None:
        print(f"In Python: learned_update.load_rule({card.name!r})")


_ACTIONS = {None: _list, "show": _show, "remove": _remove, "add": _add}
