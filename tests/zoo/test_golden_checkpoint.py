"""The golden case's checkpoint, from disk, reproduces the case."""

import zipfile

import pytest
from keras import ops

import learned_update as lu
from learned_update.zoo import convert_released_rule
from tests.golden.bounds import NOISE, rounding
from tests.golden.cases import Case, golden_folder
from tests.golden.package import phi_errors, to_phi

STEPS = 5


@pytest.fixture(scope="module")
def case():
    folder = golden_folder()
    if not folder.is_dir():
        pytest.skip(
            f"The golden tensors are not at {folder}; set LEARNED_UPDATE_SHARED to "
            "the folder that holds golden/."
        )
    return Case("b", folder)


def _zip(folder):
    path = folder / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((golden_folder() / "ckpt_b").iterdir()):
            archive.write(file, f"200_tf_graph/{file.name}")
    return path


def _from_zip(case, folder):
    return lu.load_released_rule(_zip(folder), inner_learning_rate=case.learning_rate)


def _converted(case, folder):
    path = folder / "released.keras"
    convert_released_rule(_zip(folder), path, case.learning_rate)
    return lu.load_rule(path)


@pytest.mark.parametrize("load", [_from_zip, _converted])
def test_checkpoint_reproduces_the_case(case, load, tmp_path):
    rule = load(case, tmp_path)
    base = lu.BaseMLP(case.units, activation=case.activation)
    phi = to_phi(case.phi(), "float32")
    limit = NOISE["phi"] + rounding(case)["phi"]
    for step in range(STEPS):
        x = ops.convert_to_tensor(case.batch(step), dtype="float32")
        phi = lu.inner_step(rule, base, phi, x)
        if step == 0:
            errors = phi_errors(phi, case.phi("base_after1"))
            assert max(errors) < limit
    errors = phi_errors(phi, case.phi(f"base_after{STEPS}"))
    assert max(errors) < limit
