"""Font faces."""

import pytest

from learned_update.data.sources.glyphs.fonts import load_faces, shipped_fonts


def test_shipped_faces_are_text_fonts_sorted_by_name():
    names = [face.name for face in load_faces()]
    assert names == sorted(names)
    assert {"DejaVuSans.ttf", "DejaVuSerif-Bold.ttf", "STIXGeneral.ttf"} <= set(names)
    assert not any(name.startswith(("LastResort", "cm", "STIXSiz")) for name in names)


def test_faces_know_their_characters(box_fonts):
    faces = load_faces(box_fonts)
    assert [face.name for face in faces] == [f"face{i}.ttf" for i in range(4)]
    assert faces[0].characters == set("ABCDEF")
    assert faces[3].characters == set("ABCDE")


def test_pixels_per_em():
    for pixels in (20, 40):
        face = load_faces(pixels=pixels)[0]
        assert face.font.size == pixels


def test_a_folder_without_fonts(tmp_path):
    message = (
        "no fonts, or does not exist. Expected: a folder of TTF or OTF files. "
        f"Received: '{tmp_path}'. Give another folder, or None"
    )
    with pytest.raises(ValueError, match=message):
        load_faces(tmp_path)


def test_a_file_that_is_no_font(tmp_path):
    (tmp_path / "broken.ttf").write_text("not a font")
    message = (
        r"cannot be read. Expected: a TTF or OTF font. .*broken.ttf.*Take the file"
    )
    with pytest.raises(ValueError, match=message):
        load_faces(tmp_path)


def test_faces_are_read_once():
    assert load_faces() is load_faces(shipped_fonts())
