"""Exports are whole or absent, and replace nothing that they need not."""

import keras
import pytest

import learned_update as lu
from learned_update import export
from learned_update.export.destination import atomic_folder, check_destination
from tests.rules_and_bases import INPUTS, batch


def listed(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_folder_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "above" / "exported"
    with atomic_folder(path) as folder:
        (folder / "file").write_text("whole")
        assert not path.exists()
    assert listed(tmp_path) == ["above", "above/exported", "above/exported/file"]


def test_folder_replaces_what_was_there(tmp_path):
    (tmp_path / "exported").mkdir()
    (tmp_path / "exported" / "before").touch()
    with atomic_folder(tmp_path / "exported") as folder:
        (folder / "after").touch()
    assert listed(tmp_path) == ["exported", "exported/after"]


def test_failure_leaves_what_was_there(tmp_path):
    (tmp_path / "exported").mkdir()
    (tmp_path / "exported" / "before").touch()

    def fail():
        with atomic_folder(tmp_path / "exported") as folder:
            (folder / "half").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert listed(tmp_path) == ["exported", "exported/before"]


def test_taken_path(tmp_path):
    path = tmp_path / "encoder.keras"
    check_destination(path, overwrite=False)
    path.touch()
    with pytest.raises(ValueError, match=r"encoder\.keras exists already"):
        check_destination(path, overwrite=False)
    check_destination(path, overwrite=True)


def test_only_a_saved_model_is_overwritten(tmp_path):
    check_destination(tmp_path, overwrite=True)
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ValueError, match=r"something else than an export.*thesis\.tex"):
        check_destination(tmp_path, overwrite=True)
    (tmp_path / "saved_model.pb").touch()
    check_destination(tmp_path, overwrite=True)


@pytest.mark.parametrize("name", ["encoder.keras", "encoder.onnx", "encoder"])
def test_unwritable_path(tmp_path, name):
    if name.endswith("onnx"):
        pytest.importorskip("onnx", reason="onnx is not installed")
    if name == "encoder" and keras.backend.backend() != "tensorflow":
        pytest.skip("SavedModels are written by TensorFlow")
    (tmp_path / "file").touch()
    base = lu.BaseMLP((4,))
    phi = base.init_phi(INPUTS)
    statistics = base.statistics(phi, batch(dtype="float32"))
    with pytest.raises(OSError, match="file"):
        export.export_encoder(base, phi, statistics, tmp_path / "file" / name)
    assert listed(tmp_path) == ["file"]
