"""Images brought to one size and one kind of colour."""

import numpy as np
import pytest

from learned_update.data.preparation.resizing import resize, resize_all


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype("uint8")


def bicubic_weights(given, size):
    """Keys' cubic with a = -1/2, stretched when it shrinks; `(size, given)`."""
    stretch = max(given / size, 1)
    centres = (np.arange(size)[:, None] + 0.5) * given / size
    x = np.abs(np.arange(given) + 0.5 - centres) / stretch
    near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * (x**3 - 5 * x**2 + 8 * x - 4)
    weights = np.where(x < 1, near, np.where(x < 2, far, 0))
    return weights / weights.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("given", "size"), [(28, 14), (28, 8), (9, 4), (5, 12)])
@pytest.mark.parametrize("channels", [1, 3])
def test_bicubic_filter_is_stretched_when_images_shrink(given, size, channels):
    image = noise(given, given, channels)
    weights = bicubic_weights(given, size)
    columns = np.einsum("jw,hwc->hjc", weights, image).round().clip(0, 255)
    expected = np.einsum("ih,hjc->ijc", weights, columns).round().clip(0, 255)
    resized = resize(image, size)
    assert resized.shape == (size, size, channels)
    assert resized.dtype == np.uint8
    np.testing.assert_allclose(resized.astype(int), expected, atol=1)


@pytest.mark.parametrize("level", [0, 1, 127, 255])
def test_a_constant_image_stays_constant(level):
    image = np.full((31, 17, 3), level, "uint8")
    np.testing.assert_array_equal(resize(image, 6), np.full((6, 6, 3), level))


def test_the_mean_is_kept():
    image = np.kron(noise(8, 8), np.ones((4, 4), "uint8"))
    assert abs(resize(image, 8).mean() - image.mean()) < 2
    checkers = np.indices((64, 64)).sum(axis=0) % 2 * np.uint8(255)
    inside = resize(checkers.astype("uint8"), 8)[1:-1, 1:-1]
    np.testing.assert_allclose(inside, 127.5, atol=1)  # no aliasing


@pytest.mark.parametrize(
    ("shape", "rows", "columns"),
    [
        ((6, 10, 3), slice(0, 6), slice(2, 8)),
        ((9, 4, 3), slice(2, 6), slice(0, 4)),
        ((5, 5, 1), slice(0, 5), slice(0, 5)),
    ],
)
def test_the_central_square_is_cropped(shape, rows, columns):
    image = noise(*shape)
    side = min(shape[:2])
    np.testing.assert_array_equal(resize(image, side), image[rows, columns])


def test_without_a_request_nothing_changes():
    grey, colour = noise(4, 7), noise(4, 7, 3)
    np.testing.assert_array_equal(resize(grey), grey[..., None])
    np.testing.assert_array_equal(resize(colour), colour)


def test_grey_is_luma():
    image = noise(20, 30, 3)
    expected = image @ np.array([0.299, 0.587, 0.114])
    grey = resize(image, channels=1)
    assert grey.shape == (20, 30, 1)
    np.testing.assert_allclose(grey[..., 0], expected, atol=0.51)


def test_grey_in_colour_has_three_equal_channels():
    image = noise(5, 5, 1)
    np.testing.assert_array_equal(resize(image, channels=3), np.tile(image, 3))


def test_transparent_images_are_laid_on_white():
    image = noise(6, 5, 4)
    image[0, :, 3], image[1, :, 3] = 0, 255
    opacity = image[..., 3:] / 255
    expected = opacity * image[..., :3] + (1 - opacity) * 255
    result = resize(image)
    assert result.shape == (6, 5, 3)
    np.testing.assert_allclose(result, expected, atol=1)
    np.testing.assert_array_equal(result[0], 255)
    np.testing.assert_array_equal(result[1], image[1, :, :3])


@pytest.mark.parametrize("size", [None, 4])
@pytest.mark.parametrize("channels", [None, 1, 3])
@pytest.mark.parametrize("given", [1, 3, 4])
def test_all_images_are_resized_alike(size, channels, given):
    images = noise(3, 6, 9, given)
    expected = np.stack([resize(image, size, channels) for image in images])
    result = resize_all(images, size, channels)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, expected)


def test_images_that_are_as_asked_are_not_copied():
    images = noise(3, 6, 6, 1)
    assert resize_all(images, 6, 1) is images


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "integer of at least 1, or None. Received: size=0. Give None"),
        ({"size": 2.5}, "Received: size=2.5. Give None to keep the size"),
        ({"channels": 2}, r"1 \(grey\), 3 \(colour\) or None. Received: channels=2."),
        ({"channels": 4}, "Received: channels=4. Give None"),
        (
            {"image": np.zeros((4, 4, 3))},
            r"Expected: uint8 of shape \(height, width, channels\) with 1, 3 or 4 "
            r"channels. Received: float64 of shape \(4, 4, 3\). Scale",
        ),
        ({"image": noise(4, 4, 2)}, r"Received: uint8 of shape \(4, 4, 2\)"),
        ({"image": noise(4)}, r"Received: uint8 of shape \(4,\)"),
    ],
    ids=["no size", "part", "two", "four", "floats", "channels", "row"],
)
def test_what_cannot_be_resized(arguments, message):
    with pytest.raises(ValueError, match=message):
        resize(**{"image": noise(4, 4, 3)} | arguments)


def test_several_images_need_their_axis():
    message = r"\(examples, height, width, channels\).*Received: .*\(4, 4, 3\)"
    with pytest.raises(ValueError, match=message):
        resize_all(noise(4, 4, 3))
