"""`learned-update evaluate`."""

import csv

import gin
import numpy as np
import pytest

import learned_update as lu
from learned_update.cli import main
from learned_update.data import load
from learned_update.layers import BASE_FORMS, local_rule
from tests.rules_and_bases import perturbed

SMALL = ("--steps", "2", "--units", "6", "5", "--initialisations", "2")
LEAST = {"ways": 2} | dict.fromkeys(("shots", "queries", "steps"), 1)
LEAST |= dict.fromkeys(("episodes", "initialisations"), 1)
SMALL += ("--episodes", "3", "--ways", "4", "--shots", "2", "--queries", "3")


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    local_rule("oja").save(folder / "initial.keras")  # which compiles in no time
    perturbed(local_rule("oja")).save(folder / "other.keras")
    return folder


def test_a_table_is_printed_and_written(rules, tmp_path, capsys):
    paths = [str(rules / f"{name}.keras") for name in ("initial", "other")]
    arguments = ["evaluate", "--rule", paths[0], "--rule", paths[1], "--data", "digits"]
    arguments += [*SMALL, "--output", str(tmp_path / "results")]
    assert main.main(arguments) == 0
    said = capsys.readouterr().out
    table = (tmp_path / "results" / "table.md").read_text()
    assert table in said
    assert "2 initialisations x 3 episodes, seed 0" in table
    with open(tmp_path / "results" / "table.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    methods = [row["method"] for row in rows]
    assert methods[:2] == ["initial", "other"]
    assert {"raw pixels", "random initialisation"} <= set(methods)
    expected = lu.evaluate(
        {"initial": lu.load_rule(paths[0]), "other": lu.load_rule(paths[1])},
        [load("digits")],
        steps=2,
        units=(6, 5),
        initialisations=2,
        episodes=3,
        ways=4,
        shots=2,
        queries=3,
    )
    for row, of_python in zip(rows, expected, strict=True):
        np.testing.assert_allclose(
            float(row["accuracy"]), of_python.accuracy, atol=1e-6
        )
    assert main.main(arguments) == 2
    assert "table.csv exists already" in capsys.readouterr().err
    assert "mean of phi" not in table


def test_the_mean_of_phi(rules, capsys):
    path = str(rules / "initial.keras")
    arguments = ["evaluate", "--rule", path, "--data", "digits", *SMALL]
    said = []
    for more in ((), ("--average",), ("--no-average",)):
        assert main.main([*arguments, *more]) == 0
        said.append(capsys.readouterr().out)
    after, mean, again = said
    assert after == again
    assert "units 6-5, the mean of phi over inner steps; 2 initialisations" in mean
    rows = [
        next(line for line in text.splitlines() if line.startswith("| initial"))
        for text in (after, mean)
    ]
    assert rows[0] != rows[1]


def test_the_default_rule_is_that_of_encoders(capsys):
    assert main.main(["evaluate", "--data", "digits", *SMALL]) == 0
    unnamed = capsys.readouterr().out
    rule = lu.LearnedUpdateEncoder().rule
    assert main.main(["evaluate", "--rule", rule, "--data", "digits", *SMALL]) == 0
    assert capsys.readouterr().out == unnamed
    assert f"| {rule}, 2 steps |" in unnamed


def test_numbers_of_features(rules, capsys):
    path = str(rules / "initial.keras")
    arguments = ["evaluate", "--rule", path, "--data", "digits", *SMALL]
    assert main.main([*arguments, "--features", "5", "70"]) == 0
    said = capsys.readouterr().out
    assert "| method | digits, 5 features | digits, 70 features |" in said
    assert "6-5 but for the last width, that of the features" in said
    lines = [line.split(" | ")[0].strip("| ") for line in said.splitlines()]
    found = {name for name in lines if name.endswith("features")}
    assert found == {f"PCA, {n} features" for n in (5, 64)} | {
        f"k-means, {n} features" for n in (5, 70)
    }
    expected = lu.evaluate(
        lu.load_rule(path),
        load("digits"),
        steps=2,
        units=(6, 5),
        initialisations=2,
        episodes=3,
        ways=4,
        shots=2,
        queries=3,
    )
    (cell,) = {
        line.split(" | ")[1] for line in said.splitlines() if "| initial, 2" in line
    }
    assert float(cell.split()[0]) == pytest.approx(100 * expected[0].accuracy, abs=0.06)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--rule", "nothing.keras", "--data", "digits"), 1, "There is no rule"),
        (("--rule", "glyps", "--data", "digits"), 2, "Near names: glyphs"),
        (("--rule", "glyphs", "--data", "digitz"), 2, "Near names: digits"),
        (("--rule", "glyphs", "--data", "digits", "--ways", "11"), 2, "ways=11"),
        (("--rule", "glyphs", "--data", "digits", "--shots", "90"), 2, "too few"),
        (("--rule", "glyphs", "--data", "digits", "digits"), 2, "called 'digits'"),
        (
            ("--rule", "a/rule.keras", "--rule", "b/rule.keras", "--data", "digits"),
            2,
            "Two rules would be called 'rule' in the table",
        ),
        *(
            (
                ("--rule", "glyphs", "--data", "digits", f"--{name}", str(least - 1)),
                2,
                f"{name} is out of its range. Expected: an integer >= {least}",
            )
            for name, least in LEAST.items()
        ),
    ],
)
def test_wrong_input(arguments, status, message, capsys):
    assert main.main(["evaluate", *arguments]) == status
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_data_without_labels(rules, tmp_path, capsys):
    table = tmp_path / "flowers.csv"
    rows = [f"{i},{i * i % 7},{'pqr'[i % 3]}" for i in range(60)]
    table.write_text("\n".join(["a,b,kind", *rows]))
    np.save(tmp_path / "rows.npy", np.arange(60.0).reshape(20, 3))
    arguments = ["evaluate", "--rule", str(rules / "initial.keras"), *SMALL]
    arguments += ["--ways", "3", "--data"]
    assert main.main([*arguments, str(tmp_path / "rows.npy")]) == 2
    error = capsys.readouterr().err
    assert "Data set 'rows' has no labels." in error
    assert "--label" in error
    assert main.main([*arguments, str(table), "digits", "--label", "kind"]) == 0
    said = capsys.readouterr().out
    assert "| flowers | digits |" in said


def test_a_convolution(tmp_path, capsys):
    rule = str(tmp_path / "initial.keras")
    lu.UpdateRule().save(rule)
    arguments = ["evaluate", "--rule", rule, "--data", "digits", *SMALL]
    gin_parameter = ("--gin_param", "conv_base.kernel_sizes = (3, None)")
    assert main.main([*arguments, "--base", "conv", *gin_parameter]) == 0
    said = capsys.readouterr().out
    expected = lu.evaluate(
        {"initial": lu.load_rule(rule)},
        [load("digits")],
        steps=2,
        base=BASE_FORMS["conv"](kernel_sizes=(3, None)),
        units=(6, 5),
        initialisations=2,
        episodes=3,
        ways=4,
        shots=2,
        queries=3,
    )
    assert f"| initial, 2 steps | {100 * expected[0].accuracy:.1f} ±" in said
