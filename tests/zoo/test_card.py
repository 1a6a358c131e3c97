"""Cards: what they keep, what a run's card says, what is refused."""

import json
import os

import pytest

import learned_update
from learned_update.zoo.card import Card, Compute, Result, read_card, write_card
from learned_update.zoo.card_text import card_text
from learned_update.zoo.run_card import meta_training_data, read_results, run_card
from tests.zoo import small_rules

FULL = Card(
    name="mine",
    description="a rule ± in one line",
    licence="Apache-2.0",
    origin="run mine",
    sha256="0123456789abcdef" * 4,
    package_version="0.1.0",
    data="glyph_tasks(size=8)",
    configuration="a.b = 1\na.c = \\\n    'x'",
    compute=Compute(outer_steps=300, peak_memory_gb=2.5),
    results=(
        Result("digits", "rule", 100, 0.9125, 0.01, 0.0, 0.0, 5, 100),
        Result("digits", "raw pixels", None, 1.0, None, None, None, None, None),
    ),
    weaknesses="behind raw words on texts",
)
BARE = Card("mine", "a rule", "not stated", "a file", "0" * 64, "0.1.0")
NOT_UTF8 = BARE._replace(origin=os.fsdecode(b"caf\xe9.keras"))


@pytest.mark.parametrize(
    "card", [FULL, BARE, NOT_UTF8], ids=["full", "bare", "not UTF-8"]
)
def test_round_trip(card, tmp_path):
    path = tmp_path / "mine.json"
    write_card(card, path)
    assert read_card(path) == card
    fields = json.loads(path.read_text(encoding="utf-8"))
    assert fields["format"] == 1
    assert fields.keys() - {"format"} == set(Card._fields)


def test_text():
    lines = card_text(FULL).splitlines()
    assert lines[0] == "name: mine"
    assert lines[1] == "description: a rule ± in one line"
    assert lines[2] == "licence: Apache-2.0"
    assert "known weaknesses: behind raw words on texts" in lines
    assert "outer steps: 300" in lines
    assert "peak memory: 2.50 GB" in lines
    assert not any(line.startswith("wall time") for line in lines)
    assert lines[-2:] == [
        "  digits: rule, 100 inner steps: 91.2 ± 1.0",
        "  digits: raw pixels: 100.0",
    ]


def test_wall_time_beside_the_paper():
    text = card_text(BARE._replace(compute=Compute(seconds=2466.1)))
    assert "wall time: 2,466 s (the paper's meta-training took 98,000 worker" in text


def test_a_card_from_before_weaknesses_were_told(tmp_path):
    write_card(BARE, tmp_path / "mine.json")
    fields = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    del fields["weaknesses"]
    (tmp_path / "mine.json").write_text(json.dumps(fields), encoding="utf-8")
    assert read_card(tmp_path / "mine.json") == BARE


def _without(name):
    return lambda fields: fields.pop(name)


def _with(**changes):
    return lambda fields: fields.update(changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without("licence"), "missing: licence; unknown: none"),
        (_with(score=1), "missing: none; unknown: score"),
        (_with(format=2), "format 1.*something else"),
        (_with(name=3), "Expected: name: str. Received: name: 3"),
        (_with(sha256="abc"), "sha256 of 64 hexadecimal digits. Received: 'abc'"),
        (_with(configuration="a = 1"), "Expected: configuration: list"),
        (_with(compute=[]), "Expected: compute: dict"),
        (_with(compute={"outer_steps": 3}), "missing: inner_steps, peak_memory_gb"),
        (_with(results=[{"dataset": "digits"}]), "missing: accuracy, behind"),
    ],
)
def test_what_is_no_card(change, message, tmp_path):
    path = tmp_path / "mine.json"
    write_card(FULL, path)
    fields = json.loads(path.read_text(encoding="utf-8"))
    change(fields)
    path.write_text(json.dumps(fields))
    with pytest.raises(ValueError, match=message) as caught:
        read_card(path)
    assert "mine.json is no card of a rule" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b'{"format": 1', b"[1]", b"\xff\xfe{}"])
def test_broken_card(content, tmp_path):
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"mine\.json is no card of a rule"):
        read_card(path)


def test_card_of_a_run(tmp_path):
    """Outer steps after the last checkpoint are not those of the rule."""
    small_rules.make_run(tmp_path / "trial")
    card = run_card(tmp_path / "trial", "mine")
    assert card == Card(
        name="mine",
        description="2 outer steps of the run trial",
        licence="not stated",
        origin="run trial",
        sha256="",
        package_version="",
        data="glyph_tasks(size=8, ways=10)",
        configuration="SIZE = 8\nglyph_tasks.size = %SIZE\nglyph_tasks.ways = 10\n"
        "folder.path = 'pictures of cats'\ntask_group.tasks = @glyph_tasks()",
        compute=Compute(2, 6 + 7, 2.5, 3.5),
        results=(
            Result("digits", "meta-trained rule", 100, 0.91324, 0.010059, 0, 0, 5, 100),
            Result(
                "digits", "PCA, 32 features", None, 0.88496, None, 0.02828, None, 1, 100
            ),
        ),
    )


def test_card_of_a_run_that_kept_nothing(tmp_path):
    (tmp_path / "bare").mkdir()
    card = run_card(tmp_path / "bare", "mine")
    assert card.description == "a rule of the run bare"
    assert (card.configuration, card.data) == ("", "")
    assert (card.compute, card.results) == (Compute(), ())


def test_data_of_several_groups():
    text = "a.tasks = @x()\nb/a.tasks = @y()\nx.size = (1, \\\n    2)\nz.size = 3"
    assert meta_training_data(text) == "x(size=(1, 2)), y()"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("a,b\n1,2\n", "columns a, b, line 2: 'dataset'"),
        ("dataset,method,accuracy\ndigits,rule,high\n", "line 2: could not convert"),
        ("dataset,method,accuracy\ndigits,rule\n", "line 2: "),
    ],
)
def test_table_of_something_else(table, message, tmp_path):
    (tmp_path / "table.csv").write_text(table)
    with pytest.raises(ValueError, match=message):
        read_results(tmp_path / "table.csv")


def test_version_is_the_package_s(tmp_path, user_rules):
    from learned_update.zoo import add_rule

    small_rules.make_run(tmp_path / "trial")
    assert add_rule(tmp_path / "trial").package_version == learned_update.__version__


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ({"seed": 0}, ""),
        ({"initial_rule": "rules/first.keras"}, ", begun with first.keras"),
        (
            {"theta_average": {"begin": 1, "decay": None}},
            ", mean of theta over those after 1",
        ),
        ({"theta_average": {"begin": 5, "decay": None}}, ""),  # not reached
    ],
)
def test_a_card_says_what_a_run_began_with_and_averaged(tmp_path, origin, told):
    lines = [{"origin": origin}, {"outer_step": 1}, {"outer_step": 2}]
    (tmp_path / "metrics.jsonl").write_text("\n".join(map(json.dumps, lines)))
    card = run_card(tmp_path, "mine")
    assert card.description == f"2 outer steps of the run {tmp_path.name}{told}"
