"""The authors' variables: names and shapes tell the sizes; misfits are refused."""

import os
import shutil
import zipfile

import numpy as np
import pytest

import learned_update as lu
from learned_update.layers.forms import released_parts
from learned_update.zoo import convert_released_rule
from learned_update.zoo.card import NOT_STATED, read_card
from learned_update.zoo.released.rule import released_variables
from tests.damage import damaged, outcome
from tests.rules_and_bases import released
from tests.zoo.small_rules import assert_same_theta, released_values, write_checkpoint


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"identical_updates": False},
        {"depth": 2, "top_depth": 1, "embedding_units": 4},
    ],
    ids=["default", "feedback of its own", "other depths"],
)
def test_round_trip(sizes):
    rule = released(**sizes)
    loaded = lu.load_released_rule(
        released_values(rule), inner_learning_rate=0.05, dtype="float64"
    )
    assert loaded.inner_learning_rate == 0.05
    assert lu.released_variable_names(loaded) == lu.released_variable_names(rule)
    for a, b in zip(rule.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_default_sizes_are_those_of_the_published_rule():
    rule = lu.UpdateRule(**released_parts())
    assert len(rule.trainable_variables) == 72
    assert rule.count_params() == 114_670


def test_scope_suffix_and_inert_variables_do_not_matter():
    named = released_values(released())
    plain = {k.split("Process/")[1] + ":0": v for k, v in named.items()}
    plain["batch_norm/moving_mean:0"] = np.zeros((1, 1, 8))
    plain["global_step"] = np.int64(7)
    loaded = lu.load_released_rule(plain, dtype="float64")
    for name, value in released_values(loaded).items():
        np.testing.assert_array_equal(value, named[name])


def without(named, part):
    return {k: v for k, v in named.items() if part not in k}


def test_misfits_are_refused():
    named = released_values(released())
    scope = next(iter(named)).split("/")[0]
    with pytest.raises(ValueError, match="missing: bias_readout/w; unknown: none"):
        lu.load_released_rule(without(named, "bias_readout/w"))
    with pytest.raises(ValueError, match="missing: linear/w"):
        lu.load_released_rule({k: v for k, v in named.items() if "linear/w" not in k})
    with pytest.raises(ValueError, match="unknown: extra/w"):
        lu.load_released_rule({**named, f"{scope}/extra/w": np.zeros(3)})
    shape = {**named, f"{scope}/bias_readout/w": np.zeros((9, 1))}
    with pytest.raises(ValueError, match=r"bias_readout/w.*\(6, 1\).*\(9, 1\)"):
        lu.load_released_rule(shape)
    broken = {**named, f"{scope}/bias_readout/w": np.full((6, 1), np.nan)}
    with pytest.raises(ValueError, match="with NaN"):
        lu.load_released_rule(broken)
    with pytest.raises(FileNotFoundError, match="no TensorFlow checkpoint nowhere"):
        lu.load_released_rule("nowhere.ckpt")


def test_truncated_checkpoint(tmp_path):
    (tmp_path / "a.ckpt.index").write_bytes(b"not an index")
    with pytest.raises(ValueError, match=r"a\.ckpt cannot be read.*Download it again"):
        lu.load_released_rule(tmp_path / "a.ckpt")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Folder of a checkpoint, deep down, and its rule."""
    folder = tmp_path_factory.mktemp("published")
    rule = released(dtype="float32", identical_updates=False)
    named = released_values(rule)
    scope = next(iter(named)).split("/")[0]
    named |= {f"{scope}/batch_norm/moving_mean": np.zeros((1, 1, 6))}
    write_checkpoint(named, folder / "200_graph" / "a" / "tf_graph_data.ckpt")
    (folder / "200_graph" / "notes.txt").write_text("by the authors")
    return folder, rule


def zipped(folder, path, extra=()):
    """A zip of a folder, as macOS would make it, with further members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder).as_posix())
        archive.writestr("__MACOSX/a/._tf_graph_data.ckpt.index", b"junk")
        for name, content in extra:
            archive.writestr(name, content)
    return path


def test_sources(published, tmp_path):
    folder, rule = published
    archive = zipped(folder, tmp_path / "weights.zip")
    renamed = tmp_path / "download"
    shutil.copy(archive, renamed)
    prefix = folder / "200_graph" / "a" / "tf_graph_data.ckpt"
    for source in (prefix, folder, archive, str(archive), renamed):
        assert_same_theta(lu.load_released_rule(source), rule)
    assert sorted(os.listdir(tmp_path)) == ["download", "weights.zip"]


def test_zip_made_on_windows(published, tmp_path):
    folder, rule = published
    archive = tmp_path / "windows.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in (folder / "200_graph" / "a").iterdir():
            packed.writestr(f"a\\b\\{file.name}", file.read_bytes())
    assert_same_theta(lu.load_released_rule(archive), rule)


def test_several_checkpoints(published, tmp_path):
    folder, _ = published
    both = tmp_path / "both"
    shutil.copytree(folder, both)
    shutil.copytree(folder / "200_graph", both / "400_graph")
    found = "200_graph/a/tf_graph_data.ckpt, .*400_graph/a/tf_graph_data.ckpt"
    with pytest.raises(ValueError, match=f"{found}. Name one of them"):
        lu.load_released_rule(both)
    with pytest.raises(ValueError, match=f"{found}. Unpack it and name one"):
        lu.load_released_rule(zipped(both, tmp_path / "both.zip"))


def test_no_checkpoint(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="There is no TensorFlow checkpoint in"):
        lu.load_released_rule(tmp_path / "empty")
    with pytest.raises(ValueError, match="does not hold one.*Received: none. Pass"):
        lu.load_released_rule(zipped(tmp_path / "empty", tmp_path / "empty.zip"))


@pytest.mark.parametrize(
    "name", ["../../a.ckpt", "/tmp/a.ckpt", "..\\a.ckpt", "c:a.ckpt"]
)
def test_zip_that_would_unpack_elsewhere(tmp_path, name):
    (tmp_path / "empty").mkdir()
    extra = [(f"{name}.index", b"x"), (f"{name}.data-00000-of-00001", b"x")]
    archive = zipped(tmp_path / "empty", tmp_path / "slip.zip", extra)
    with pytest.raises(ValueError, match="would be unpacked outside of its folder"):
        lu.load_released_rule(archive)
    assert sorted(os.listdir(tmp_path)) == ["empty", "slip.zip"]


def test_broken_zip(published, tmp_path):
    archive = zipped(published[0], tmp_path / "weights.zip")
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"weights\.zip cannot be unpacked.*again"):
        lu.load_released_rule(archive)
    damaged = bytearray(content)
    damaged[200:20000] = bytes(19800)
    archive.write_bytes(damaged)
    with pytest.raises(ValueError, match=r"weights\.zip cannot be unpacked.*again"):
        lu.load_released_rule(archive)


def test_a_changed_byte_of_a_zip_is_refused_or_changes_nothing(published, tmp_path):
    content = zipped(published[0], tmp_path / "weights.zip").read_bytes()
    path, expected = tmp_path / "changed.zip", released_variables(published[0])
    outcomes = set()
    for begin, end, every in ((0, -700, 401), (-700, None, 3)):
        for _, changed in damaged(content[begin:end], every, masks=(0x01, 0x80)):
            whole = content[:begin] + changed + content[begin:][len(changed) :]
            path.write_bytes(whole)
            values, error = outcome(released_variables, path)
            if error:
                assert str(error).startswith(str(path))
                outcomes.add(type(error.__cause__).__name__)
            else:
                assert values.keys() == expected.keys()
                for name, value in values.items():
                    np.testing.assert_array_equal(value, expected[name])
                outcomes.add("sound")
    assert {"sound", "BadZipFile", "NotImplementedError"} <= outcomes


def test_zip_without_the_data(published, tmp_path):
    bare = tmp_path / "bare"
    shutil.copytree(published[0], bare)
    for path in bare.rglob("*.data-*"):
        path.unlink()
    with pytest.raises(ValueError, match=r"tf_graph_data\.ckpt cannot be read"):
        lu.load_released_rule(zipped(bare, tmp_path / "bare.zip"))


def test_conversion(published, tmp_path):
    folder, rule = published
    path = tmp_path / "converted" / "released.keras"
    archive = zipped(folder, tmp_path / "weights.zip")
    card = convert_released_rule(archive, path, inner_learning_rate=2e-4)
    loaded = lu.load_rule(path)
    assert_same_theta(loaded, rule)
    assert loaded.inner_learning_rate == 2e-4
    assert read_card(path.with_suffix(".json")) == card
    assert (card.name, card.licence) == ("released", NOT_STATED)
    assert card.origin == "TensorFlow 1 checkpoint weights.zip"
    assert card.configuration.splitlines() == [
        "released.top_channels = 5",
        "released.embedding_units = 5",
        "released.channels = 6",
        "released.delta_channels = 4",
        "released.rank = 2",
        "released.top_depth = 2",
        "released.depth = 1",
        "released.identical_updates = False",
        "released.inner_learning_rate = 0.0002",
        "update_rule.form = @released",
    ]


def test_conversion_of_a_misfit_writes_nothing(tmp_path):
    named = released_values(released(dtype="float32"))
    write_checkpoint(without(named, "bias_readout/b"), tmp_path / "less" / "a.ckpt")
    write_checkpoint({**named, "extra": np.zeros(3)}, tmp_path / "more" / "a.ckpt")
    path = tmp_path / "new" / "released.keras"
    with pytest.raises(ValueError, match="missing: bias_readout/b; unknown: none"):
        convert_released_rule(tmp_path / "less", path)
    with pytest.raises(ValueError, match="missing: none; unknown: extra"):
        convert_released_rule(tmp_path / "more", path)
    assert not path.parent.exists()


def test_conversion_to_a_taken_path(published, tmp_path):
    path = tmp_path / "released.keras"
    (tmp_path / "released.json").write_text("{}")
    with pytest.raises(ValueError, match=r"released\.json exists already"):
        convert_released_rule(published[0], path)
    with pytest.raises(ValueError, match=r"ends with \.keras.*released\.h5"):
        convert_released_rule(published[0], tmp_path / "released.h5")
    assert os.listdir(tmp_path) == ["released.json"]
    convert_released_rule(published[0], path, overwrite=True)
    assert sorted(os.listdir(tmp_path)) == ["released.json", "released.keras"]
