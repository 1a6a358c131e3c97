"""Pictures and texts of the page."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from learned_update.data import from_arrays
from learned_update.demo.pictures.accuracy_line import HEIGHT, TOP, accuracy_line
from learned_update.demo.pictures.colours import class_colour, weight_colours
from learned_update.demo.pictures.fields import examples, fields
from learned_update.demo.pictures.markup import count, escaped
from learned_update.demo.pictures.panel import downloads
from learned_update.demo.pictures.scatter import scatter
from learned_update.demo.pictures.summary import refusal, summary
from learned_update.demo.uploads.reading import Read


def _pixels(html):
    (data,) = re.findall(r"base64,([^\"]+)", html)
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        return np.asarray(picture)


def test_texts_are_shown_as_they_are():
    """Neither HTML nor the templates that Gradio fills."""
    assert escaped("<b> & \"'") == "&lt;b&gt; &amp; &quot;&#x27;"
    assert escaped("${a}{{b}}`") == ("&#36;&#123;a&#125;&#123;&#123;b&#125;&#125;&#96;")
    assert "<img" not in refusal("<img src=x onerror=alert(1)>")


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "image", "1 image"),
        (1797, "image", "1,797 images"),
        (2, "class", "2 classes"),
    ],
)
def test_counts(number, noun, text):
    assert count(number, noun) == text


def test_colours_differ_however_many_classes():
    colours = [class_colour(index) for index in range(-1, 40)]
    assert len(set(colours)) == 41
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_weights_are_red_white_and_blue():
    colours = weight_colours(np.array([[-1.0, 0.0, 1.0, np.nan]]))
    np.testing.assert_array_equal(
        colours[0, :3],
        [[178, 24, 43, 255], [247, 247, 247, 255], [33, 102, 172, 255]],
    )
    assert colours[0, 3, 3] == 0


def test_points_lie_where_they_should_and_are_coloured_by_class():
    points = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    html = scatter(points, np.array([0, 0, -1]), ("<cat>", "dog"))
    paths = dict(re.findall(r'<path d="([^"]+)" stroke="([^"]+)"', html))
    assert paths == {
        "M160.0 235.5h0": class_colour(-1),
        "M12.0 86.0h0M308.0 86.0h0": class_colour(0),
    }
    assert "&lt;cat&gt;" in html
    assert "dog" not in html


def test_many_classes_are_counted_below():
    names = tuple(f"class {index}" for index in range(15))
    html = scatter(np.zeros((15, 2)), np.arange(15), names)
    assert "and 3 more" in html


def test_the_line_of_accuracies():
    html = accuracy_line([(0, 0.62), (9, 0.81), (99, 0.95)], steps=99, raw=0.7)
    (course,) = re.findall(r'lu-course" d="M([^"]+)"', html)
    places = [tuple(map(float, pair.split())) for pair in course.split("L")]
    np.testing.assert_allclose([x for x, _ in places], [40, 174, 308], atol=0.06)
    scale = (HEIGHT - TOP - 34) / 0.4  # the axis goes from 60 to 100 %
    expected = [TOP + (1 - share) * scale for share in (0.62, 0.81, 0.95)]
    np.testing.assert_allclose([y for _, y in places], expected, atol=0.06)
    assert "95.0 %" in html
    assert "the inputs themselves, 70.0 %" in html


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_line_at_the_ends_of_the_scale(share):
    html = accuracy_line([(0, share)], steps=1, raw=share)
    assert "nan" not in html
    heights = [float(y) for y in re.findall(r'lu-raw" d="M40 ([\d.]+)H', html)]
    assert TOP <= heights[0] <= HEIGHT


def test_receptive_fields_are_tiles():
    kernel = np.array([[1.0, 0.0], [0.5, -2.0], [0.0, 1.0], [-1.0, 0.0]])
    pixels = _pixels(fields(kernel, (2, 2, 1)))
    assert pixels.shape == (4, 7, 4)
    np.testing.assert_array_equal(pixels[1, 1], [33, 102, 172, 255])
    np.testing.assert_array_equal(pixels[1, 5], [178, 24, 43, 255])
    assert pixels[0, 0, 3] == 0


def test_summary_says_what_the_data_are():
    images = np.arange(3 * 4 * 5, dtype="uint8").reshape(3, 4, 5)
    read = Read(from_arrays(images, ["a", "b", "b"]), ("One <note>.",))
    html = summary("pictures.zip", read)
    assert "<b>pictures.zip</b> 3 images, 5 &times; 4, grey, 2 classes" in html
    assert "One &lt;note&gt;." in html
    assert _pixels(examples(read.dataset.images)).shape == (4, 18)
    rows = summary("rows.csv", Read(from_arrays(np.eye(3))))
    assert "<b>rows.csv</b> 3 rows of 3 numbers, no labels" in rows


def test_downloads_are_links():
    html = downloads("download/token/", {"features.npz": 2_500_000}, "a < b")
    assert 'href="download/token/features.npz" download="features.npz"' in html
    assert "2.4 MB" in html
    assert "a &lt; b" in html
