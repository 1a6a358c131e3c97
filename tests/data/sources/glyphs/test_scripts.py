"""Rendered characters of many scripts."""

import inspect

import numpy as np
import pytest

from learned_update.data import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
    check_dataset,
    flatten,
    glyphs,
    scripts,
    split,
)
from learned_update.data.sources.glyphs.rendering import render
from learned_update.data.sources.glyphs.scripts import (
    COMPARISON_SIZE,
    LEAST_DISTANCE,
    _alphabet,
    _distances,
    _distinct,
    _references,
)


@pytest.fixture(scope="module")
def references():
    """Unjittered images of the characters of every script."""
    return {
        script: _references(list(_alphabet(script, None).values()))
        for script in META_TRAIN_SCRIPTS + HELD_OUT_SCRIPTS
    }


def test_characters_are_classes():
    dataset = check_dataset(glyphs("latin", renderings=5))
    assert dataset.name == "glyphs/latin"
    assert dataset.class_names == tuple("abcdefghijklmnopqrstuvwxyz")
    assert dataset.images.shape == (26 * 5, 8, 8, 1)
    np.testing.assert_array_equal(dataset.labels, np.repeat(np.arange(26), 5))


def test_images_are_light_ink_on_dark_ground():
    images = glyphs("latin_capital").images
    assert np.median(images) < 10
    assert images.max() == 255
    assert (images.max(axis=(1, 2, 3)) > 100).mean() > 0.99
    between = (images > 20) & (images < 235)
    assert between.mean() > 0.2  # anti-aliased


@pytest.mark.parametrize("size", [4, 14])
def test_other_sizes_show_the_same_characters(size):
    small, large = glyphs("greek"), glyphs("greek", size=size)
    assert large.images.shape == (len(small.images), size, size, 1)
    assert large.class_names == small.class_names


def test_a_size_is_the_average_of_twice_the_size():
    small = glyphs("hebrew", size=8, renderings=4).images[..., 0].astype(float)
    large = glyphs("hebrew", size=16, renderings=4).images[..., 0]
    averaged = large.reshape(-1, 8, 2, 8, 2).mean((2, 4))
    assert np.abs(averaged - small).mean() < 2
    np.testing.assert_allclose(averaged, small, atol=40)  # sampled more finely


def test_renderings_are_a_function_of_the_seed():
    first, again, other = (glyphs("lisu", seed=seed).images for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2, 3)).mean() > 0.99


def test_renderings_of_a_character_differ():
    dataset = glyphs("latin", renderings=32)
    for label in range(26):
        images = dataset.images[dataset.labels == label].reshape(32, -1)
        assert len(np.unique(images, axis=0)) == 32


def test_characters_are_nearer_to_themselves_than_to_others():
    dataset = glyphs("latin", renderings=48)
    first, second = split(dataset, 0.5, seed=0)
    a, b = flatten(first), flatten(second)
    squares = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    nearest = second.labels[squares.argmin(axis=1)]
    assert (nearest == first.labels).mean() > 0.6  # chance: 0.04


def test_faces_take_turns(box_fonts):
    dataset = glyphs("latin_capital", fonts=box_fonts, renderings=6)
    assert dataset.images.shape == (2 * 6, 8, 8, 1)


def test_no_placeholders_blanks_duplicates_or_rare_characters(box_fonts):
    dataset = glyphs("latin_capital", fonts=box_fonts)
    assert dataset.class_names == ("A", "E")  # see `box_fonts`


def test_upright_references_of_boxes(box_fonts):
    bar, dash = _references(list(_alphabet("latin_capital", box_fonts).values()))[:, 0]
    bar, dash = bar.reshape(8, 8), dash.reshape(8, 8)
    assert bar[:, 3:5].min() > 0.4
    assert not bar[:, :3].any()
    np.testing.assert_allclose(bar.sum(), 8 * 8 / 7, rtol=0.08)  # 1 of 7 wide
    np.testing.assert_allclose(dash.sum(), 8 * 8 / 8, rtol=0.08)
    assert dash[3:5].sum() == dash.sum()


def test_scripts_that_fonts_have(box_fonts):
    assert scripts(box_fonts) == ()
    assert scripts(box_fonts, minimum_classes=2) == ("latin_capital",)


def test_every_default_script_has_twenty_classes(references):
    assert min(len(characters) for characters in references.values()) >= 20
    assert len(META_TRAIN_SCRIPTS) == 31


def test_held_out_scripts_look_like_no_training_script(references):
    train = np.concatenate([references[script] for script in META_TRAIN_SCRIPTS])
    for script in HELD_OUT_SCRIPTS:
        assert _distances(references[script], train).min() >= LEAST_DISTANCE


def test_lookalikes_would_be_found():
    alphabets = [
        _alphabet(script, None) for script in ("latin_capital", "cyrillic_capital")
    ]
    latin, cyrillic = (_references(list(a.values())) for a in alphabets)
    distances = _distances(latin, cyrillic)
    for a, b in ("A\u0410", "B\u0412", "H\u041d", "P\u0420"):
        i, j = list(alphabets[0]).index(a), list(alphabets[1]).index(b)
        assert distances[i, j] < LEAST_DISTANCE
    i, j = list(alphabets[0]).index("A"), list(alphabets[1]).index("Ж")
    assert distances[i, j] > 0.2


def test_distances_are_means_over_common_faces():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(size=(3, 4, 5)), rng.uniform(size=(2, 4, 5))
    a[0, 1] = b[1, 2] = 0  # not drawn in these faces
    a[2, :2] = b[0, 2:] = 0  # no face in common
    distances = _distances(a, b)
    for i in range(3):
        for j in range(2):
            terms = [
                ((x - y) ** 2).sum() / ((x**2).sum() + (y**2).sum())
                for x, y in zip(a[i], b[j], strict=True)
                if x.any() and y.any()
            ]
            expected = np.mean(terms) if terms else np.inf
            np.testing.assert_allclose(distances[i, j], expected, atol=1e-12)
    assert np.isinf(distances).sum() == 1


def test_the_first_of_two_that_look_the_same_is_kept():
    images = np.random.default_rng(0).uniform(size=(3, 1, 64))
    references = images[[0, 1, 0, 2, 1]]
    assert _distinct(references).tolist() == [True, True, False, True, False]


def test_characters_are_compared_as_they_are_rendered(references):
    row = _alphabet("armenian", None)
    first = next(iter(row.values()))
    drawn = [i for i, image in enumerate(first) if image is not None]
    (image,) = render([first[drawn[0]]], COMPARISON_SIZE)
    np.testing.assert_allclose(
        references["armenian"][0, drawn[0]], image.ravel() / 255, rtol=1e-6
    )


@pytest.mark.parametrize("options", [{"size": 3}, {"renderings": 0}])
def test_too_small_numbers(options):
    defaults = inspect.signature(glyphs).parameters
    values = {name: defaults[name].default for name in ("size", "renderings")} | options
    message = (
        "Expected: size of at least 4, renderings of at least 1. Received: "
        f"size={values['size']}, renderings={values['renderings']}. Give larger"
    )
    with pytest.raises(ValueError, match=message):
        glyphs("latin", **options)


def test_a_script_that_the_fonts_lack(box_fonts):
    message = (
        "No character of script 'lao' is in 4 faces. Expected: fonts with its "
        f"characters in at least 4 faces. Received: fonts='{box_fonts}'. Give other"
    )
    with pytest.raises(ValueError, match=message):
        glyphs("lao", fonts=box_fonts)


def test_an_unknown_script():
    with pytest.raises(ValueError, match="There is no script 'klingon'"):
        glyphs("klingon")
