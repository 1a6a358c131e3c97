"""Image files of any kind as 8-bit pixels."""

import numpy as np
import pytest
from PIL import Image

from learned_update.data.sources.own.image_files import (
    formats,
    is_image,
    read_image,
    suffixes,
)


def noise(*shape, dtype="uint8"):
    high = np.iinfo(dtype).max
    pixels = np.random.default_rng(0).integers(0, high, shape, endpoint=True)
    return pixels.astype(dtype)


GREY, COLOUR = noise(5, 7), noise(5, 7, 3)


@pytest.mark.parametrize("suffix", ["png", "bmp", "gif", "tif", "pgm"])
def test_grey_images_are_read_exactly(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    Image.fromarray(GREY).save(path)
    np.testing.assert_array_equal(read_image(path), GREY)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff", "ppm", "webp"])
def test_colour_images_are_read_exactly(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    options = {"lossless": True} if suffix == "webp" else {}
    Image.fromarray(COLOUR).save(path, **options)
    np.testing.assert_array_equal(read_image(path), COLOUR)


@pytest.mark.parametrize("suffix", ["jpg", "jpeg"])
def test_lossy_images_are_read_nearly(tmp_path, suffix):
    ramp = np.linspace(0, 255, 16 * 16 * 3).reshape(16, 16, 3).astype("uint8")
    Image.fromarray(ramp).save(tmp_path / f"x.{suffix}", quality=95)
    pixels = read_image(tmp_path / f"x.{suffix}").astype(int)
    np.testing.assert_allclose(pixels, ramp, atol=8)


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_sixteen_bits_are_rounded_to_eight(tmp_path, suffix):
    pixels = noise(5, 7, dtype="uint16")
    pixels[0, :2] = 0, 65535
    path = tmp_path / f"x.{suffix}"
    if suffix == "pgm":
        path.write_bytes(b"P5 7 5 65535\n" + pixels.astype(">u2").tobytes())
    else:
        Image.fromarray(pixels).save(path)
    result = read_image(path)
    assert result.dtype == np.uint8
    assert result[0, :2].tolist() == [0, 255]
    np.testing.assert_allclose(result / 255, pixels / 65535, atol=0.5 / 255 + 1e-9)


def test_black_and_white(tmp_path):
    pixels = GREY > 100
    Image.fromarray(pixels).save(tmp_path / "x.png")
    np.testing.assert_array_equal(read_image(tmp_path / "x.png"), pixels * 255)


@pytest.mark.parametrize("transparency", [None, 2, bytes([255, 255, 0, 255])])
def test_palettes(tmp_path, transparency):
    colours = noise(4, 3)
    indices = GREY % 4
    picture = Image.fromarray(indices).convert("P")
    picture.putdata(indices.ravel().tolist())
    picture.putpalette(colours.ravel().tolist())
    options = {} if transparency is None else {"transparency": transparency}
    picture.save(tmp_path / "x.png", **options)
    with Image.open(tmp_path / "x.png") as file:
        assert file.mode == "P"
    if transparency is not None:
        colours[2] = 255  # what is behind the picture
    np.testing.assert_array_equal(read_image(tmp_path / "x.png"), colours[indices])


@pytest.mark.parametrize("channels", [2, 4])
def test_transparent_images_are_laid_on_white(tmp_path, channels):
    pixels = noise(5, 7, channels)
    pixels[0, 0] = 0
    Image.fromarray(pixels).save(tmp_path / "x.png")
    opacity = pixels[..., -1:] / 255
    expected = opacity * pixels[..., :-1] + (1 - opacity) * 255
    result = read_image(tmp_path / "x.png")
    np.testing.assert_allclose(result, np.squeeze(expected), atol=1)
    assert np.unique(result[0, 0]).tolist() == [255]


def test_orientation_of_the_camera(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is at the right
    Image.fromarray(COLOUR).save(tmp_path / "x.png", exif=exif)
    np.testing.assert_array_equal(
        read_image(tmp_path / "x.png"), np.rot90(COLOUR, k=-1)
    )


def test_first_frame_of_an_animation(tmp_path):
    frames = [Image.fromarray(pixels) for pixels in (GREY, 255 - GREY)]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
    with Image.open(tmp_path / "x.gif") as file:
        assert file.n_frames == 2
    np.testing.assert_array_equal(read_image(tmp_path / "x.gif"), GREY)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            lambda path: path.write_bytes(b"rubbish"),
            "x.png cannot be read. Expected: an image that Pillow can read.*Received: "
            "UnidentifiedImageError: .*Take the file away, or .*on_error='skip'",
        ),
        (lambda path: path.write_bytes(b""), "UnidentifiedImageError"),
        (lambda path: path.mkdir(), "x.png cannot be read.*IsADirectory"),
        (
            lambda path: Image.fromarray(GREY / 255).save(path, "TIFF"),
            "ValueError: its pixels are floating-point numbers",
        ),
        (
            lambda path: Image.fromarray(GREY.astype("int32") << 16).save(path, "TIFF"),
            "ValueError: its pixels have more than 16 bits",
        ),
    ],
    ids=["rubbish", "empty", "folder", "floats", "32 bits"],
)
def test_what_is_no_image(tmp_path, content, message):
    content(tmp_path / "x.png")
    with pytest.raises(ValueError, match=message):
        read_image(tmp_path / "x.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp"])
def test_truncated_images(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    Image.fromarray(noise(40, 40)).save(path)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(ValueError, match=f"x.{suffix} cannot be read"):
        read_image(path)


def test_formats_that_pillow_only_names_are_no_images(tmp_path):
    assert {".png", ".jfif", ".jp2", ".avif", ".webp", ".tga", ".qoi"} <= suffixes()
    assert not {".eps", ".h5", ".mpg", ".wmf", ".pdf", ".heic"} & suffixes()
    assert formats()[0] == Image.ID[0]  # those with a signature come first, as there


def test_no_other_program_is_started_for_an_image(tmp_path):
    Image.fromarray(COLOUR).save(tmp_path / "x.eps")
    (tmp_path / "x.eps").rename(tmp_path / "x.png")
    with pytest.raises(ValueError, match="Received: UnidentifiedImageError"):
        read_image(tmp_path / "x.png")


def test_images_are_known_by_their_content(tmp_path):
    Image.fromarray(COLOUR).save(tmp_path / "image", "JPEG")
    (tmp_path / "truncated").write_bytes((tmp_path / "image").read_bytes()[:-40])
    (tmp_path / "text").write_text("Licence")
    (tmp_path / "empty").write_bytes(b"")
    known = {path.name: is_image(path) for path in tmp_path.iterdir()}
    assert known == {"image": True, "truncated": True, "text": False, "empty": False}


def test_what_is_far_too_large_is_an_image_that_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    Image.fromarray(COLOUR).save(tmp_path / "x", "PNG")
    assert is_image(tmp_path / "x")
    with pytest.raises(ValueError, match="DecompressionBombError"):
        read_image(tmp_path / "x")
