"""The card of a rule: where it comes from and what it is worth, JSON beside its file.

A JSON object with `format` (this one is 1) and the fields of `Card`: `configuration`
as a list of lines, `compute` as an object of the fields of `Compute`, `results` as a
list of objects of the fields of `Result`. All fields but `weaknesses` are there; what
is not known is null or empty.
"""

import json
import pathlib
import re
from typing import NamedTuple, get_type_hints

from learned_update.errors import invalid

FORMAT = 1
NOT_STATED = "not stated"  # a licence that nobody gave
_SHA256 = re.compile("[0-9a-f]{64}")


class Result(NamedTuple):
    """Accuracy of one method on one data set, a row of a run's `table.csv`.

    Attributes:
        dataset: name of the data set, or of the mean over several.
        method: the meta-trained rule, or what it is compared with.
        steps: inner steps done; None for a method that takes none.
        accuracy: mean, 0 to 1.
        half_width: of its 95 % interval.
        behind: by how much the meta-trained rule is better, on the same episodes.
        behind_half_width: of the 95 % interval of that paired difference.
        initialisations: of phi.
        episodes: per initialisation.
    """

    dataset: str
    method: str
    steps: int | None
    accuracy: float
    half_width: float | None
    behind: float | None
    behind_half_width: float | None
    initialisations: int | None
    episodes: int | None


class Compute(NamedTuple):
    """What meta-training took, as far as the run recorded it.

    Attributes:
        outer_steps: of the run.
        inner_steps: that each task went through, in all truncations.
        seconds: wall time of the outer steps.
        peak_memory_gb: of the process.
    """

    outer_steps: int | None = None
    inner_steps: int | None = None
    seconds: float | None = None
    peak_memory_gb: float | None = None


class Card(NamedTuple):
    """What is known of a rule.

    Attributes:
        name: of the rule in the zoo.
        description: one line.
        licence: SPDX identifier, or `NOT_STATED`.
        origin: the run, file or address that the rule came from.
        sha256: of the `.keras` file, 64 hexadecimal digits.
        package_version: of `learned_update`, when the card was made.
        data: what the rule was meta-trained on; empty if that is not known.
        configuration: gin text that the rule was made with; may be empty.
        compute: `Compute`.
        results: measured `Result`s.
        weaknesses: what the rule is known to be bad at; may be empty, and missing in a
            file.
    """

    name: str
    description: str
    licence: str
    origin: str
    sha256: str
    package_version: str
    data: str = ""
    configuration: str = ""
    compute: Compute = Compute()
    results: tuple[Result, ...] = ()
    weaknesses: str = ""


def card_path(rule_path):
    """Where the card of a `.keras` file lies: beside it, with the same stem."""
    return pathlib.Path(rule_path).with_suffix(".json")


def write_card(card, path):
    """Writes a card, one line per result."""
    fields = {
        "format": FORMAT,
        **card._asdict(),
        "configuration": card.configuration.splitlines(),
        "compute": card.compute._asdict(),
    }
    del fields["results"]
    fields["results"] = []  # at the end
    head = json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False)
    rows = [json.dumps(row._asdict(), allow_nan=False) for row in card.results]
    if rows:
        body = ",\n    ".join(rows)
        head = head.removesuffix("[]\n}") + f"[\n    {body}\n  ]\n}}"
    # A file name that is not UTF-8 becomes escapes of JSON, which read_card reads.
    pathlib.Path(path).write_text(
        head + "\n", encoding="utf-8", errors="backslashreplace"
    )


def read_card(path):
    """Reads a card.

    Args:
        path: of the JSON file.

    Returns:
        `Card`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no card, or a field is missing, unknown or of a wrong type.
    """
    path = pathlib.Path(path)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _no_card(path, "a JSON object", str(error)) from error
    if not isinstance(fields, dict) or fields.pop("format", None) != FORMAT:
        raise _no_card(path, f"a JSON object with format {FORMAT}", "something else")
    lines = _typed(fields.get("configuration"), list, "configuration", path)
    results = _typed(fields.get("results"), list, "results", path)
    card = _record(
        Card,
        {
            "weaknesses": "",
            **fields,
            "configuration": "\n".join(
                _typed(line, str, "a line of configuration", path) for line in lines
            ),
            "compute": _record(Compute, fields.get("compute"), path),
            "results": tuple(_record(Result, row, path) for row in results),
        },
        path,
    )
    if not _SHA256.fullmatch(card.sha256):
        raise _no_card(path, "sha256 of 64 hexadecimal digits", repr(card.sha256))
    return card


def _record(kind, fields, path):
    """A NamedTuple with all its fields, each of the type that is annotated."""
    _typed(fields, dict, kind.__name__.lower(), path)
    if fields.keys() != set(kind._fields):
        raise _no_card(
            path,
            f"the fields {', '.join(kind._fields)}",
            f"missing: {_listed(set(kind._fields) - fields.keys())}; "
            f"unknown: {_listed(fields.keys() - set(kind._fields))}",
        )
    hints = get_type_hints(kind)
    for name, value in fields.items():
        if name != "results":  # a tuple of what was checked already
            _typed(value, hints[name], name, path)
    return kind(**fields)


def _typed(value, kind, name, path):
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _no_card(
            path, f"{name}: {getattr(kind, '__name__', kind)}", f"{name}: {value!r}"
        )
    return value


def _listed(names):
    return ", ".join(sorted(names)) or "none"


def _no_card(path, expected, received):
    return invalid(
        f"{path} is no card of a rule.",
        expected=expected,
        received=received,
        remedy="Fetch the rule and its card again, or make both anew with "
        "`learned-update rules add`.",
    )
