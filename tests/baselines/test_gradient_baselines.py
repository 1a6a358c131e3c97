"""What the baselines that gradients train have in common."""

import numpy as np
import pytest

from learned_update.baselines import Contrastive, DenoisingAutoencoder, Supervised, Vae
from learned_update.layers import BaseMLP
from tests.arithmetic import assert_rows_do_not_mind_company

RNG = np.random.default_rng(0)
TRAIN = RNG.uniform(size=(60, 12)).astype("float32")
TEST = RNG.uniform(size=(9, 12)).astype("float32")
LABELS = np.tile([3, 5, 8], 20)
BASE = BaseMLP((8, 5))
SHORT = {"steps": 7, "batch_size": 20}
UNLABELLED = {"vae": Vae, "denoising": DenoisingAutoencoder, "contrastive": Contrastive}
# Base model: 12 * 8 + 8 and 8 * 5 + 5. The decoder mirrors it: 5 * 8 + 8 and
# 8 * 12 + 12. The variational one has two codes, the head 5 * 5 + 5 twice.
PARAMETERS = {
    "vae": 104 + 2 * 45 + 48 + 108,
    "denoising": 104 + 45 + 48 + 108,
    "contrastive": 104 + 45 + 2 * 30,
}
BY_NAME = pytest.mark.parametrize("name", UNLABELLED)


@pytest.fixture(scope="module")
def fitted():
    return {
        name: kind(BASE, 0, **SHORT).fit(TRAIN) for name, kind in UNLABELLED.items()
    }


@BY_NAME
def test_features_of_an_example_do_not_depend_on_the_others(fitted, name):
    together = fitted[name].embed(TEST)
    assert together.shape == (9, 5)
    assert together.dtype == np.float32
    assert_rows_do_not_mind_company(fitted[name].embed, TEST)


@BY_NAME
def test_one_seed_gives_one_result_and_another_another(fitted, name):
    def features(seed):
        return UNLABELLED[name](BASE, seed, **SHORT).fit(TRAIN).embed(TEST)

    np.testing.assert_array_equal(features(0), fitted[name].embed(TEST))
    assert np.abs(features(1) - fitted[name].embed(TEST)).max() > 0.1


@BY_NAME
def test_parameters_seconds_and_one_loss_per_epoch(fitted, name):
    assert fitted[name].parameters == PARAMETERS[name]
    assert fitted[name].seconds > 0
    assert len(fitted[name].history) == 3  # epochs of 3, 3 and 1 steps


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Vae, {}),
        (DenoisingAutoencoder, {"masking": 0.1}),
        (Contrastive, {"noise": 0.03, "masking": 0.0}),
    ],
)
def test_training_lowers_the_loss_on_data_of_few_directions(kind, settings):
    rng = np.random.default_rng(1)
    x = 0.5 + 0.1 * rng.normal(size=(80, 2)) @ rng.normal(size=(2, 12))
    short = {"steps": 120, "batch_size": 40, "learning_rate": 1e-2}
    history = kind(BASE, 0, **short, **settings).fit(x).history
    assert np.mean(history[-5:]) < 0.6 * history[0]


@pytest.mark.parametrize("name", ["denoising", "contrastive"])
def test_phi_is_that_of_the_base_model(fitted, name):
    base, phi = fitted[name].base, fitted[name].phi
    assert base.units == BASE.units
    expected = base.embed(phi, TEST, base.statistics(phi, TRAIN))
    np.testing.assert_array_equal(fitted[name].embed(TEST), np.asarray(expected))


def test_callback_sees_what_was_learned_so_far():
    seen = []

    def callback(step, vae):
        seen.append((step, vae.embed(TEST)))

    vae = Vae(BASE, 0, **SHORT).fit(TRAIN, callback=callback, callback_every=3)
    assert [step for step, _ in seen] == [3, 6, 7]
    np.testing.assert_array_equal(seen[-1][1], vae.embed(TEST))
    early = Vae(BASE, 0, steps=3, batch_size=20).fit(TRAIN)
    np.testing.assert_array_equal(seen[0][1], early.embed(TEST))


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (TRAIN[:1], r"too few examples.*at least 2 rows.*Received: 1"),
        (TRAIN[0], r"as rows.*\(examples, inputs\).*\(12,\)"),
        (np.where(TRAIN > 0.99, np.nan, TRAIN), r"not finite.*NaN or infinite of 720"),
        (np.ones((5, 12)), r"All rows of x are equal"),
    ],
    ids=["one row", "no rows", "nan", "equal"],
)
@BY_NAME
def test_bad_examples_are_errors(name, pixels, message):
    with pytest.raises(ValueError, match=message):
        UNLABELLED[name](BASE, 0, **SHORT).fit(pixels)


@BY_NAME
def test_another_width_is_an_error(fitted, name):
    with pytest.raises(ValueError, match=r"another width.*, 12\).*\(9, 11\)"):
        fitted[name].embed(TEST[:, 1:])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Vae(BASE, 0, steps=0), r"these settings.*Received: steps=0"),
        (lambda: Supervised(BASE, 0, batch_size=1), r"batch_size >= 2.*batch_size=1"),
        (lambda: Vae(BASE, 0, learning_rate=-1.0), r"learning_rate > 0.*=-1\.0"),
        (lambda: Vae(BaseMLP((5,)), 0), r"needs a hidden layer.*units=\(5,\)"),
        (lambda: Vae(BASE, 0, likelihood="x"), r"no such likelihood.*bernoulli"),
        (lambda: DenoisingAutoencoder(BASE, 0, masking=1.0), r"corrupted.*masking=1"),
        (lambda: Contrastive(BASE, 0, noise=-1.0), r"corrupted.*noise=-1"),
        (lambda: Contrastive(BASE, 0, temperature=0.0), r"temperature=0\.0"),
    ],
)
def test_settings_that_make_no_sense_are_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_inputs_that_a_likelihood_cannot_have_are_an_error():
    with pytest.raises(ValueError, match=r"no probabilities.*from 0 to 1.*to 2\b"):
        Vae(BASE, 0, likelihood="bernoulli").fit(np.linspace(0, 2, 24).reshape(2, 12))


def test_images_of_another_shape_are_an_error():
    with pytest.raises(ValueError, match=r"no images.*\(3, 3, 1\).*12 inputs"):
        Contrastive(BASE, 0, image_shape=(3, 3, 1)).fit(TRAIN)


def test_a_diverging_loss_is_an_error():
    with pytest.raises(ValueError, match=r"loss of Vae is not finite.*Lower learning"):
        Vae(BASE, 0, steps=50, learning_rate=1e30).fit(TRAIN)
