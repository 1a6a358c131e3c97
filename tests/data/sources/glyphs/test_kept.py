"""Data sets are drawn once, and anew when anything about them changes."""

import numpy as np
import pytest

from learned_update.data import Dataset, glyphs
from learned_update.data.sources.glyphs import kept as module
from learned_update.data.sources.glyphs.fonts import shipped_fonts
from learned_update.data.sources.glyphs.kept import _digest, kept


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Draw:
    """Draws as many images as it was called times."""

    calls = 0

    def __call__(self):
        self.calls += 1
        images = np.full((self.calls, 2, 2, 1), self.calls, "uint8")
        return Dataset("drawn", images, np.zeros(self.calls, "int32"), ("a",))


def same(a, b):
    assert a[0] == b[0]
    assert a[3] == b[3]
    for one, other in zip(a[1:3], b[1:3], strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_it_is_drawn_once(cache):
    draw = Draw()
    first, second = (kept("drawn", draw, seed=0) for _ in range(2))
    assert draw.calls == 1
    same(first, second)
    second.images[:] = 9  # the reader's own
    same(kept("drawn", draw, seed=0), first)
    assert len(list(cache.iterdir())) == 1


def test_other_options_and_names_are_other_entries(cache):
    draw = Draw()
    for name, seed in (("drawn", 0), ("drawn", 1), ("other", 0)):
        kept(name, draw, seed=seed)
    assert draw.calls == 3
    assert len(list(cache.iterdir())) == 3


def test_other_fonts_are_drawn_anew(cache, tmp_path):
    draw, fonts = Draw(), tmp_path / "fonts"
    fonts.mkdir()
    for content in (b"a", b"a", b"b"):
        (fonts / "one.ttf").write_bytes(content)
        _digest.cache_clear()  # as in another process
        kept("drawn", draw, fonts=fonts)
    assert draw.calls == 2


def test_other_code_draws_anew(cache, tmp_path, monkeypatch):
    draw, code = Draw(), tmp_path / "code"
    code.mkdir()
    monkeypatch.setattr(module, "CODE", (code,))
    for content in ("a = 1", "a = 1", "a = 2"):
        (code / "rendering.py").write_text(content)
        _digest.cache_clear()
        kept("drawn", draw)
    assert draw.calls == 2


def test_a_damaged_entry_is_drawn_anew(cache):
    draw = Draw()
    kept("drawn", draw)
    (images,) = cache.glob("*/images.npy")
    images.write_bytes(images.read_bytes()[:-1])
    assert len(kept("drawn", draw).labels) == 2


def test_nothing_is_kept_where_nothing_can_be_written(cache):
    cache.write_text("a file")
    draw = Draw()
    assert len(kept("drawn", draw).labels) == 1
    assert len(kept("drawn", draw).labels) == 2
    assert cache.read_text() == "a file"


def test_glyphs_are_the_same_drawn_and_read(cache):
    drawn, read = (glyphs("greek", size=6, renderings=3, seed=2) for _ in range(2))
    same(drawn, read)
    assert (cache / next(cache.iterdir()).name / "images.npy").stat().st_size > 0
    same(glyphs("greek", 6, 3, 2, fonts=shipped_fonts()), drawn)
