"""Cards as people read them."""

from learned_update.zoo.card import card_path, read_card
from learned_update.zoo.shelves import list_rules, rule_path

# Metz et al. (2019): 512 workers for eight days.
PAPER = "the paper's meta-training took 98,000 worker-hours"


def rules_text():
    """One line per rule of the zoo: its name and description."""
    names = list_rules()
    width = max(map(len, names), default=0)
    return "\n".join(f"{name:<{width}}  {_description(name)}" for name in names)


def card_text(card):
    """All that a card says, lines of `field: value`, then configuration and results."""
    compute = card.compute
    fields = {
        "name": card.name,
        "description": card.description,
        "licence": card.licence,
        "origin": card.origin,
        "known weaknesses": card.weaknesses,
        "meta-trained on": card.data,
        "outer steps": _number(compute.outer_steps, "{:,}"),
        "inner steps per task": _number(compute.inner_steps, "{:,}"),
        "wall time": _number(compute.seconds, f"{{:,.0f}} s ({PAPER})"),
        "peak memory": _number(compute.peak_memory_gb, "{:.2f} GB"),
        "package version": card.package_version,
        "SHA-256": card.sha256,
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    if card.configuration:
        lines += ["", "configuration:", *_indented(card.configuration.splitlines())]
    if card.results:
        lines += ["", "accuracy in %, ± half-width of the 95 % interval:"]
        lines += _indented(_result(row) for row in card.results)
    return "\n".join(lines)


def _result(row):
    steps = "" if row.steps is None else f", {row.steps} inner steps"
    interval = "" if row.half_width is None else f" ± {100 * row.half_width:.1f}"
    return f"{row.dataset}: {row.method}{steps}: {100 * row.accuracy:.1f}{interval}"


def _description(name):
    try:
        return read_card(card_path(rule_path(name))).description
    except ValueError:
        return "(its card cannot be read)"


def _number(value, form):
    return "" if value is None else form.format(value)


def _indented(lines):
    return [f"  {line}" for line in lines]
