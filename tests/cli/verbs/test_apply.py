"""`learned-update apply`: what it reads, writes, says and refuses."""

import csv
import os
import pickle

import gin
import keras
import numpy as np
import pytest
from PIL import Image

import learned_update as lu
from learned_update import estimator
from learned_update.cli import main
from learned_update.estimator import LearnedUpdateEncoder
from learned_update.layers import local_rule
from tests.round_off import features_and_bound
from tests.rules_and_bases import perturbed

SETTINGS = ("--units", "6", "4", "--steps", "3", "--batch_size", "16", "--seed", "2")


@pytest.fixture(autouse=True)
def _verb(monkeypatch):
    if "apply" not in main.VERBS:
        monkeypatch.setattr(main, "VERBS", (*main.VERBS, "apply"))
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture(scope="module")
def rule(tmp_path_factory):
    """Path of a rule away from its initial theta."""
    path = tmp_path_factory.mktemp("rules") / "rule.keras"
    perturbed(local_rule("oja"), scale=0.02).save(path)  # it compiles in no time
    return str(path)


@pytest.fixture
def rows(tmp_path):
    """40 rows, also in rows.npy."""
    rows = np.random.default_rng(1).normal(size=(40, 5)).astype("float32")
    rows *= np.float32(10.0) ** np.arange(5)
    np.save(tmp_path / "rows.npy", rows)
    return rows


def _apply(rule, source, output, *more):
    paths = ("--rule", rule, "--input", str(source), "--output", str(output))
    return main.main(["apply", *paths, *SETTINGS, *more])


def _encoder(rule, standardise=True):
    return LearnedUpdateEncoder(
        rule, (6, 4), 3, batch_size=16, standardise=standardise, random_state=2
    )


def _expected(rule, rows, standardise=True):
    return _encoder(rule, standardise).fit_transform(rows)


def test_rows_of_numbers(tmp_path, rule, rows, capsys):
    output, kept = tmp_path / "new" / "out.npy", tmp_path / "encoder.pkl"
    assert _apply(rule, tmp_path / "rows.npy", output, "--encoder", str(kept)) == 0
    features = np.load(output)
    np.testing.assert_array_equal(features, _expected(rule, rows))
    encoder = pickle.loads(kept.read_bytes())
    np.testing.assert_array_equal(encoder.transform(rows), features)
    said = capsys.readouterr().out
    assert f"Wrote {output} and {kept}: 40 rows x 4 features. 3 inner steps in " in said
    assert "steps per second" in said
    assert list(output.parent.iterdir()) == [output]


def test_other_features(tmp_path, rule, rows, capsys):
    source, output = tmp_path / "rows.npy", tmp_path / "out.npy"
    for name, width in (("all", 10), ("with_input", 9)):
        given = ("--output_features", name, "--force")
        assert _apply(rule, source, output, *given) == 0
        expected = _encoder(rule).set_params(output=name).fit_transform(rows)
        assert expected.shape == (40, width)
        np.testing.assert_array_equal(np.load(output), expected)
        assert f"40 rows x {width} features" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        _apply(rule, source, output, "--output_features", "inputs")
    assert "invalid choice: 'inputs'" in capsys.readouterr().err


def test_what_was_learned_is_kept_to_deploy(tmp_path, rule, rows):
    kept = tmp_path / "encoder.keras"
    source, output = tmp_path / "rows.npy", tmp_path / "out.npy"
    assert _apply(rule, source, output, "--encoder", str(kept)) == 0
    model = keras.saving.load_model(kept)
    exact, bound = features_and_bound(_encoder(rule).fit(rows), rows)
    assert bound.max() < 1e-3 * np.ptp(exact)
    for features in (np.asarray(model(rows)), np.load(output)):
        assert (np.abs(features - exact) <= bound).all()


def test_the_mean_of_phi_can_be_left_out(tmp_path, rule, rows):
    output = tmp_path / "out.npy"
    assert _apply(rule, tmp_path / "rows.npy", output, "--no-average") == 0
    encoder = _encoder(rule).set_params(average=False)
    np.testing.assert_array_equal(np.load(output), encoder.fit_transform(rows))
    assert not np.allclose(np.load(output), _expected(rule, rows), atol=1e-3)


def test_an_encoder_of_another_format(tmp_path, rule, rows, capsys):
    output = tmp_path / "out.npy"
    arguments = ("--encoder", str(tmp_path / "encoder.h5"))
    assert _apply(rule, tmp_path / "rows.npy", output, *arguments) == 2
    assert "ends with .pkl, .keras, .onnx, or a folder" in capsys.readouterr().err
    assert not output.exists()


def test_a_table_with_labels(tmp_path, rule, rows):
    labels = ["a", "b"] * 19 + ["a", ""]
    lines = [
        ",".join([*map(repr, map(float, row)), label])
        for row, label in zip(rows, labels, strict=True)
    ]
    source, output = tmp_path / "table.csv", tmp_path / "out.csv"
    source.write_text("\n".join(["p,q,r,s,t,kind", *lines]))
    with pytest.warns(UserWarning, match="'table': 1 of 40 labels are missing"):
        assert _apply(rule, source, output, "--label", "kind") == 0
    with open(output, newline="") as file:
        header, *cells = csv.reader(file)
    assert header == ["feature0", "feature1", "feature2", "feature3", "label"]
    assert [row[-1] for row in cells] == labels
    written = np.array([row[:-1] for row in cells]).astype("float32")
    np.testing.assert_array_equal(written, _expected(rule, rows))


@pytest.mark.parametrize(
    ("more", "standardise"), [((), False), (("--standardise",), True)]
)
def test_a_folder_of_images(tmp_path, rule, more, standardise):
    rng = np.random.default_rng(3)
    images = rng.integers(256, size=(2, 10, 6, 6), dtype=np.uint8)
    for name, group in zip(("left", "right"), images, strict=True):
        (tmp_path / "images" / name).mkdir(parents=True)
        for index, image in enumerate(group):
            Image.fromarray(image).save(tmp_path / "images" / name / f"{index}.png")
    output = tmp_path / "out.npz"
    size = ("--size", "6", "--channels", "1")
    assert _apply(rule, tmp_path / "images", output, *size, *more) == 0
    x = images.reshape(20, 36).astype("float32") / np.float32(255)
    with np.load(output) as written:
        np.testing.assert_array_equal(written["X"], _expected(rule, x, standardise))
        assert written["y"].tolist() == ["left"] * 10 + ["right"] * 10
        files = [f"{name}/{i}.png" for name in ("left", "right") for i in range(10)]
        assert written["files"].tolist() == files


def test_a_folder_of_images_to_csv(tmp_path, rule):
    images = np.random.default_rng(3).integers(256, size=(3, 4, 4), dtype=np.uint8)
    names = ["10", "9", os.fsdecode(b"caf\xe9")]
    (tmp_path / "images" / "test").mkdir(parents=True)
    for name, image in zip(names, images, strict=True):
        Image.fromarray(image).save(tmp_path / "images" / "test" / f"{name}.png")
    output = tmp_path / "out.csv"
    assert _apply(rule, tmp_path / "images", output, "--split", "test") == 0
    with open(output, newline="", encoding="utf-8") as file:
        header, *cells = csv.reader(file)
    assert header == ["file", "feature0", "feature1", "feature2", "feature3"]
    files = ["test/9.png", "test/10.png", r"test/caf\xe9.png"]
    assert [row[0] for row in cells] == files
    x = images[[1, 0, 2]].reshape(3, 16).astype("float32") / np.float32(255)
    written = np.array([row[1:] for row in cells]).astype("float32")
    np.testing.assert_array_equal(written, _expected(rule, x, standardise=False))


def test_a_data_set_by_name(tmp_path, rule):
    output = tmp_path / "out.npy"
    assert _apply(rule, "digits", output) == 0
    assert np.load(output).shape == (1797, 4)


def test_nothing_is_overwritten_unless_asked(tmp_path, rule, rows, capsys):
    output = tmp_path / "out.npy"
    output.write_text("precious")
    assert _apply(rule, tmp_path / "rows.npy", output) == 2
    assert f"{output} exists already" in capsys.readouterr().err
    assert output.read_text() == "precious"
    assert _apply(rule, tmp_path / "rows.npy", output, "--force") == 0
    np.testing.assert_array_equal(np.load(output), _expected(rule, rows))


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"output": "out.txt"}, 2, r"not written in this format.*.npy, .npz, .csv"),
        ({"rule": "nothing.keras"}, 1, "There is no rule"),
        ({"source": "./nothing.npy"}, 1, "There is no file or folder"),
        ({"source": "digits", "more": ("--label", "x")}, 2, "label does not apply"),
        ({"more": ("--batch_size", "1")}, 2, "batch_size is out of its range"),
        ({"more": ("--units", "0")}, 2, "at least one layer of at least one unit"),
        ({"output": "rows.npy/out.npy"}, 1, "rows.npy"),
    ],
    ids=["suffix", "rule", "input", "label", "batch", "units", "unwritable"],
)
def test_what_is_refused(
    tmp_path, monkeypatch, rule, rows, capsys, changes, status, message
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    asked = {"rule": rule, "source": "rows.npy", "output": "out.npy", "more": ()}
    asked |= changes
    more = asked.pop("more")
    assert _apply(*asked.values(), *more) == status
    error = capsys.readouterr().err
    assert error.startswith("learned-update apply: error: ")
    assert message.split(".*")[0] in error
    assert message.split(".*")[-1] in error
    assert sorted(tmp_path.iterdir()) == before


def _single(folder, kind):
    """A file or folder with a single example."""
    if kind == "array":
        np.save(folder / "one.npy", np.ones((1, 5)))
        return folder / "one.npy"
    if kind == "text":
        (folder / "one.txt").write_text("a fine film")
        return folder / "one.txt"
    (folder / "one").mkdir()
    Image.fromarray(np.eye(6, dtype=np.uint8)).save(folder / "one" / "a.png")
    return folder / "one"


@pytest.mark.parametrize("kind", ["array", "text", "image"])
def test_a_single_row(tmp_path, rule, capsys, kind):
    source = _single(tmp_path, kind)
    assert _apply(rule, source, tmp_path / "out.npy") == 2
    error = capsys.readouterr().err
    assert "From a single row, as in 'one', nothing is learned." in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.npy").exists()


def test_errors_of_a_loader_name_no_function(tmp_path, rule, capsys):
    (tmp_path / "empty.csv").touch()
    assert _apply(rule, tmp_path / "empty.csv", tmp_path / "out.npy") == 2
    error = capsys.readouterr().err
    assert "empty.csv" in error
    assert "In call to" not in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("seed", ["4294967296", "1099511627776"])
def test_a_seed_beyond_the_range(seed, capsys):
    with pytest.raises(SystemExit) as caught:
        main.main(["apply", "--input", "a", "--output", "b.npy", "--seed", seed])
    assert caught.value.code == 2
    assert f"integer from 0 to 4294967295, received {seed}" in capsys.readouterr().err


def test_the_largest_seed(tmp_path, rule, rows):
    output = tmp_path / "out.npy"
    assert _apply(rule, tmp_path / "rows.npy", output, "--seed", "4294967295") == 0
    expected = LearnedUpdateEncoder(
        rule, (6, 4), 3, batch_size=16, random_state=2**32 - 1
    ).fit_transform(rows)
    np.testing.assert_array_equal(np.load(output), expected)


def test_targets_of_a_regression_stay_numbers(tmp_path, rule, rows, capsys):
    y = np.linspace(-1, 1, len(rows))
    np.savez(tmp_path / "rows.npz", X=rows, y=y)
    assert _apply(rule, tmp_path / "rows.npz", tmp_path / "out.npz") == 0
    assert "labels are not in it" not in capsys.readouterr().out
    with np.load(tmp_path / "out.npz") as written:
        np.testing.assert_array_equal(written["y"], y)
    assert _apply(rule, tmp_path / "rows.npz", tmp_path / "out.npy") == 0
    assert "The labels are not in it: .npy has no place" in capsys.readouterr().out


def test_memory_that_is_not_there(tmp_path, rule, rows, monkeypatch, capsys):
    class Large(LearnedUpdateEncoder):
        def fit(self, X, y=None):
            raise MemoryError("Unable to allocate 37.3 GiB")

    monkeypatch.setattr(estimator, "LearnedUpdateEncoder", Large)
    assert _apply(rule, tmp_path / "rows.npy", tmp_path / "out.npy") == 1
    assert "Not enough memory. Unable to allocate 37.3 GiB" in capsys.readouterr().err


def test_interruption_leaves_nothing(tmp_path, rule, rows, monkeypatch, capsys):
    class Interrupted(LearnedUpdateEncoder):
        def fit(self, X, y=None):
            raise KeyboardInterrupt

    monkeypatch.setattr(estimator, "LearnedUpdateEncoder", Interrupted)
    before = sorted(tmp_path.iterdir())
    assert _apply(rule, tmp_path / "rows.npy", tmp_path / "out.npy") == 130
    assert "nothing was written" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


@pytest.fixture(scope="module")
def unbound_rule(tmp_path_factory):
    """Path of a rule that applies to convolutions and attention, too."""
    path = tmp_path_factory.mktemp("rules") / "rule.keras"
    perturbed(lu.UpdateRule(seed=3), scale=0.02).save(path)
    return str(path)


def test_a_convolution_on_images(tmp_path, unbound_rule):
    images = np.random.default_rng(1).integers(0, 256, size=(40, 6, 5), dtype="uint8")
    np.save(tmp_path / "images.npy", images)
    output = tmp_path / "out.npy"
    more = ("--base", "conv", "--gin_param", "conv_base.kernel_sizes = (3, None)")
    assert _apply(unbound_rule, tmp_path / "images.npy", output, *more) == 0
    encoder = LearnedUpdateEncoder(
        unbound_rule,
        (6, 4),
        3,
        batch_size=16,
        standardise=False,
        random_state=2,
        base="conv",
        base_options={"kernel_sizes": (3, None)},
        image_shape=(6, 5, 1),
    )
    rows = images.reshape(40, -1).astype("float32") / np.float32(255)
    np.testing.assert_allclose(np.load(output), encoder.fit_transform(rows), atol=1e-6)


def test_a_base_model_that_does_not_fit(tmp_path, unbound_rule, rows, capsys):
    arguments = (unbound_rule, tmp_path / "rows.npy", tmp_path / "out.npy")
    assert _apply(*arguments, "--base", "attention") == 2
    said = capsys.readouterr().err
    assert "Images cannot be cut into patches of this size." in said
    assert not (tmp_path / "out.npy").exists()
