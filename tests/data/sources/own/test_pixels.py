"""What numbers and axes of images mean is found, said, and can be told."""

import numpy as np
import pytest

from learned_update.data import flatten, from_arrays

BYTES = np.random.default_rng(0).integers(0, 256, (2, 6, 7, 3)).astype("uint8")
FIRST = np.moveaxis(BYTES, -1, 1)
GREY = BYTES[..., 0]


@pytest.mark.parametrize("dtype", ["int64", "uint16", "int16"])
@pytest.mark.parametrize("images", [BYTES, GREY], ids=["colour", "grey"])
def test_integer_images_mean_what_bytes_mean(images, dtype):
    message = (
        f"Data set 'arrays' of {dtype} from {images.min()} to {images.max()} is taken "
        "for pixels of 0 to 255, like uint8; `pixels=False` or True says which."
    )
    with pytest.warns(UserWarning, match=message):
        dataset = from_arrays(images.astype(dtype))
    assert dataset.images.dtype == np.uint8
    np.testing.assert_array_equal(flatten(dataset), flatten(from_arrays(images)))


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_what_is_told_of_pixels_is_believed(dtype):
    images = GREY.astype(dtype)
    told = from_arrays(images, pixels=True).images
    assert told.dtype == np.uint8
    np.testing.assert_array_equal(told[..., 0], GREY)
    numbers = from_arrays(images, pixels=False).images
    assert numbers.dtype == np.float32
    np.testing.assert_array_equal(numbers[..., 0], GREY)
    rows = from_arrays(images.reshape(2, -1), pixels=True).images
    np.testing.assert_array_equal(rows[:, 0, :, 0], GREY.reshape(2, -1))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (GREY.astype("float32"), "of float32 from .* is taken as it is, at the scale"),
        (
            GREY.astype("int64") * 257,
            "of int64 from .* is taken as it is, at the scale",
        ),
        (
            GREY[:, :, :6].reshape(2, -1).astype("int64"),
            "rows of 36 whole numbers up to 2.., taken as they are; `pixels=True`",
        ),
        (
            BYTES[:, :, :6].reshape(2, -1).astype("float64"),
            "rows of 108 whole numbers up to 2.*, taken as they are; `pixels=True`",
        ),
    ],
    ids=["floats", "more bits", "grey rows", "colour rows"],
)
def test_what_may_be_pixels_is_said(images, message):
    with pytest.warns(UserWarning, match=message):
        numbers = from_arrays(images).images
    np.testing.assert_array_equal(numbers.ravel(), images.ravel())


@pytest.mark.parametrize(
    "images",
    [
        GREY / 255,
        (GREY > 9).astype("int64"),
        GREY.astype("int64") - 128,
        GREY // 16 * 1.0,
        GREY[:, :2].reshape(2, -1).astype("int64"),
    ],
    ids=["0 to 1", "0 and 1", "signed", "few levels", "counts"],
)
def test_other_numbers_are_no_pixels(images):
    numbers = from_arrays(images).images
    np.testing.assert_array_equal(numbers.ravel(), images.astype("float32").ravel())


def test_nearly_black_bytes_are_said():
    with pytest.warns(UserWarning, match="uint8 of 0 and 1, nearly black"):
        from_arrays(GREY % 2)
    from_arrays(GREY % 2, pixels=True)


@pytest.mark.parametrize("images", [GREY - 300.0, GREY * 2.0])
def test_values_that_are_no_pixels(images):
    message = (
        "'arrays' has values that are no pixels. Expected: 0 to 255. Received: "
        f"{images.min()} to {images.max()}. Scale them"
    )
    with pytest.raises(ValueError, match=message):
        from_arrays(images, pixels=True)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_first_is_found(channels):
    message = (
        rf"Data set 'arrays' of shape \(2, {channels}, 6, 7\) is taken for images of "
        "6 x 7 pixels with their channels first; `channels_first=False` or True says"
    )
    with pytest.warns(UserWarning, match=message):
        dataset = from_arrays(FIRST[:, :channels])
    np.testing.assert_array_equal(dataset.images, BYTES[..., :channels])


def test_what_is_told_of_channels_is_believed():
    told = from_arrays(FIRST[:, :2], channels_first=True).images
    np.testing.assert_array_equal(told, BYTES[..., :2])
    assert from_arrays(FIRST, channels_first=False).images.shape == (2, 3, 6, 7)


@pytest.mark.parametrize(
    "shape", [(2, 6, 7, 3), (2, 3, 7, 3), (2, 1, 9, 1), (2, 1, 9, 2), (2, 3, 4, 4)]
)
def test_channels_stay_last_where_they_may_be(shape):
    assert from_arrays(np.zeros(shape, "uint8")).images.shape == shape


@pytest.mark.parametrize("argument", ["pixels", "channels_first"])
@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_what_is_no_answer(argument, value):
    message = (
        f"no answer to {argument}. Expected: True, False or 'infer'. Received: "
        f"{argument}={value!r}. Leave it out"
    )
    with pytest.raises(ValueError, match=message):
        from_arrays(BYTES, **{argument: value})
