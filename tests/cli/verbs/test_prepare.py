"""`learned-update prepare`."""

import gin
import pytest

from learned_update.cli import main


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def test_preview_of_a_configured_task(tmp_path, capsys):
    path = tmp_path / "task.png"
    arguments = ["prepare", "--gin_file", "tasks/glyphs.gin", "--preview", str(path)]
    arguments += ["--gin_param", "task_distribution.datasets = ('glyphs/greek',)"]
    assert main.main(arguments) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert "a task of 10 classes" in capsys.readouterr().out
    assert main.main(arguments) == 2
    assert "--force to overwrite" in capsys.readouterr().err
    assert main.main([*arguments, "--force"]) == 0


def test_preview_of_named_data_sets(tmp_path):
    path = tmp_path / "digits.png"
    assert main.main(["prepare", "digits", "--preview", str(path)]) == 0
    assert path.is_file()


def test_preview_of_a_table(tmp_path, capsys):
    table, path = tmp_path / "table.csv", tmp_path / "task.png"
    rows = [f"{i},{i * i % 7},c{i % 10}" for i in range(200)]
    table.write_text("\n".join(["a,b,kind", *rows]))
    arguments = ["prepare", str(table), "--preview", str(path), "--label"]
    assert main.main([*arguments, "kind"]) == 0
    assert "200 examples of 1 x 2 x 1, 10 classes" in capsys.readouterr().out
    assert path.read_bytes().startswith(b"\x89PNG")


def test_preview_without_labels(tmp_path, capsys):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n3,4\n")
    path = tmp_path / "task.png"
    assert (
        main.main(["prepare", str(tmp_path / "table.csv"), "--preview", str(path)]) == 2
    )
    assert "'table' has no labels" in capsys.readouterr().err
    assert not path.exists()


def test_what_needs_no_preparation_is_said_so(capsys):
    assert main.main(["prepare", "digits", "--size", "14"]) == 0
    assert "digits: 1,797 examples of 14 x 14 x 1, 10 classes" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to prepare"),
        (("digitz",), "digits"),
        (("--preview", "task.png"), "Is a --gin_file missing?"),
        (("digits", "--preview", ""), "A preview is not drawn in this format"),
        (("digits", "--preview", "task.jpg"), "ends with .png"),
        (("gone.parquet",), "no file or folder 'gone.parquet'"),
        (("digits", "--size", "2147483648"), "from 0 to 2147483647"),
        (("digits", "--size", "2.5"), "expected an integer"),
        (("digits", "--channels", "2"), "invalid choice"),
        (("/no/such/folder",), "/no/such/folder"),
    ],
)
def test_wrong_input(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        status = main.main(["prepare", *arguments])
    except SystemExit as caught:
        status = caught.code
    assert status in (1, 2)
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
