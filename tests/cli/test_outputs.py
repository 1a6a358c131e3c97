"""What can be written is found out before the work."""

import os

import pytest

from learned_update.cli import main, outputs


def test_what_can_be_written(tmp_path):
    (tmp_path / "there").touch()
    outputs.check_file_output(tmp_path / "new" / "deep" / "a.npy", force=False)
    outputs.check_file_output(tmp_path / "there", force=True)
    outputs.check_output(tmp_path, force=True)
    outputs.check_folder(tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_exists_is_not_overwritten(tmp_path):
    (tmp_path / "there").touch()
    with pytest.raises(ValueError, match="there exists already.*--force"):
        outputs.check_output(tmp_path / "there", force=False)


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_is_no_file(tmp_path, force):
    with pytest.raises(ValueError, match="is a folder.*Expected: the path of a file"):
        outputs.check_file_output(tmp_path, force)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="file, which is a file. Name another"):
        outputs.check_output(tmp_path / "file" / "deep" / "a.npy", force=True)
    with pytest.raises(NotADirectoryError, match="file, which is a file. Name another"):
        outputs.check_folder(tmp_path / "file")


def test_a_folder_that_is_read_only(tmp_path, monkeypatch):
    # In root's place: for root every folder can be written in.
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(
        PermissionError, match=f"{tmp_path}, which is read-only for you"
    ):
        outputs.check_folder(tmp_path / "new")


@pytest.mark.parametrize(
    "arguments",
    [
        "apply --input digits --output file/a.npy",
        "apply --input digits --output a.npy --encoder file/e.onnx",
        "evaluate --rule glyphs --data digits --output file/results",
        "reproduce horizon --output file",
        "reproduce all --output file",
        "export --rule glyphs --units 4 --output file/exported",
        "convert a.ckpt file/a.keras",
        "prepare digits --preview file/task.png",
        "train --gin_file experiments/quickstart.gin --run_dir file",
    ],
)
def test_every_verb_says_so_at_once(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert main.main(arguments.split()) == 1
    said = capsys.readouterr()
    verb = arguments.split()[0]
    assert said.err.startswith(
        f"learned-update {verb}: error: Nothing can be written in"
    )
    assert f"{tmp_path / 'file'}, which is a file" in said.err
    assert not said.out
