"""Pages of the documentation that are made from the package, for MkDocs.

`mkdocs.yml` names this file as a hook; `tools/docs` builds the site.
"""

import inspect
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
ENTRY = re.compile(r"^(\*{0,2}\w+): (.*)$")
ROOMS = {  # of the reference, in the order in which a reader meets them
    "Use a rule": (
        "LearnedUpdateEncoder",
        "load_rule",
        "list_rules",
        "rule_card",
        "add_rule",
        "blend_rules",
        "remove_rule",
        "Card",
        "export_encoder",
        "export_saved_model",
        "evaluate",
    ),
    "The rule and what it changes": (
        "UpdateRule",
        "Rule",
        "local_rule",
        "BaseMLP",
        "ConvBase",
        "AttentionBase",
        "ErrorNetwork",
        "UpdateNetwork",
        "Phi",
        "LayerParams",
        "Activations",
        "Statistics",
        "inner_step",
        "phi_change",
        "train_base_model",
        "unroll",
        "meta_objective",
    ),
    "Train a rule": (
        "configure",
        "meta_train",
        "MetaTrainer",
        "TaskGroup",
        "Schedule",
    ),
    "The authors' released rule": (
        "load_released_rule",
        "convert_released_rule",
        "released_variable_names",
    ),
}


def on_files(files, config):
    """Adds the pages to those of `docs/`."""
    pages = {
        "configuration.md": configuration_page(),
        "reference.md": reference_page(),
        "zoo.md": rules_page(),
        "changelog.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        "contributing.md": contributing_page(),
    }
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def configurables():
    """`{name in gin files: function or class}` of the package, sorted by name."""
    import gin

    from learned_update.registration import register_all

    register_all()
    found = {}
    for _, entry in gin.config._REGISTRY.items():
        if entry.wrapped.__module__.startswith("learned_update."):
            found[entry.name] = entry.wrapped
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def descriptions(documented):
    """`{parameter: text}` of the section Args or Attributes of a docstring."""
    found, name, section = {}, None, False
    for line in (inspect.getdoc(documented) or "").splitlines():
        if line in ("Args:", "Attributes:"):
            section = True
        elif section and line and not line.startswith(" "):
            break
        elif section and (entry := ENTRY.match(line[4:])) and line[4:5] != " ":
            name, text = entry.groups()
            found[name] = text
        elif section and name and line.strip():
            found[name] += " " + line.strip()
    return found


def parameters(documented):
    """`(name, default, text)` of each parameter that gin can bind."""
    texts = descriptions(documented)
    for name, parameter in inspect.signature(documented).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        yield name, _default(parameter.default), texts.get(name, "")


def _default(value):
    import gin

    if value in (inspect.Parameter.empty, gin.REQUIRED):
        return "required"
    name = getattr(value, "__name__", None)
    return f"`{name or repr(value)}`"


def configuration_page():
    """Every name that a gin file can bind, with defaults and meanings."""
    parts = [
        "# Configuration",
        "Every name that a gin file or `--gin_param` can bind, made from the package. "
        "`adam.learning_rate = 0.01` binds `learning_rate` of `adam`. How files are "
        "found and combined: [Train your own rule](how_to/train.md). "
        "Lengths are inner or outer steps where nothing else is said.",
    ]
    for name, documented in configurables().items():
        parts.append(f"## `{name}`")
        parts.append((inspect.getdoc(documented) or "").split("\n\n")[0])
        rows = [
            f"| `{parameter}` | {_cell(default)} | {_cell(text)} |"
            for parameter, default, text in parameters(documented)
        ]
        if rows:
            head = ["| binding | default | meaning |", "| --- | --- | --- |"]
            parts.append("\n".join([*head, *rows]))
    parts.append("**Next:** [train a rule](how_to/train.md) with one of them changed.")
    return "\n\n".join(parts)


def _cell(text):
    return text.replace("|", "\\|")


def reference_page():
    """The public names, from their docstrings."""
    parts = ["# Python", "What `import learned_update as lu` offers."]
    for title, names in ROOMS.items():
        parts.append(f"## {title}")
        parts += [f"::: learned_update.{_home(name)}" for name in names]
    parts.append("**Next:** [Get started](get_started.md).")
    return "\n\n".join(parts)


def _home(name):
    """Where a public name is defined, relative to the package."""
    import learned_update

    defined = getattr(learned_update, name)
    return f"{defined.__module__.removeprefix('learned_update.')}.{defined.__name__}"


def rules_page():
    """The cards of the rules that ship."""
    from learned_update.zoo.card_text import card_text
    from learned_update.zoo.shelves import rule_card, shipped_folder

    parts = [
        "# Rules that ship",
        "What `learned-update rules show NAME` prints of the rules that ship.",
    ]
    for path in sorted(shipped_folder().glob("*.json")):
        parts.append(f"## {path.stem}")
        parts.append(f"```\n{card_text(rule_card(path.stem))}\n```")
    parts.append("**Next:** [use one](get_started.md), or [make one](how_to/train.md).")
    return "\n\n".join(parts)


def contributing_page():
    """`CONTRIBUTING.md`, with the links to pages as they are from here."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    text = text.replace("](docs/", "](")
    return text + "\n**Next:** [the words that the package uses](glossary.md).\n"
