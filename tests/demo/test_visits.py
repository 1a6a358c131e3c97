"""Visits are kept apart, and nothing of them stays."""

import os
import time

from learned_update.demo.server import sweep
from learned_update.demo.visits import Visits


def _result(visit, text):
    path = visit.empty() / "features.npz"
    path.write_text(text)
    visit.files = {"features.npz": path}
    return path


def test_each_key_has_a_visit_of_its_own(tmp_path):
    visits = Visits(tmp_path)
    first, second = visits.of("a"), visits.of("b")
    assert visits.of("a") is first
    assert first.folder != second.folder
    paths = _result(first, "1"), _result(second, "2")
    for visit, path in zip((first, second), paths, strict=True):
        assert visits.file(visit.token, "features.npz") == path
        assert visits.file(visit.token, "../features.npz") is None
    assert visits.file("guessed", "features.npz") is None


def test_the_files_of_a_visit_end_with_it(tmp_path):
    visits = Visits(tmp_path)
    first, second = visits.of("a"), visits.of("b")
    _result(first, "1"), _result(second, "2")
    visits.end("a")
    visits.end("a")
    assert not first.folder.exists()
    assert first.stopping
    assert visits.file(first.token, "features.npz") is None
    assert visits.file(second.token, "features.npz").read_text() == "2"


def test_the_visit_that_rested_longest_makes_room(tmp_path):
    visits = Visits(tmp_path, most=2)
    first, second = visits.of("a"), visits.of("b")
    visits.of("a")
    visits.of("c")
    assert not second.folder.exists()
    assert first.folder.is_dir()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_was_dropped_before_is_forgotten(tmp_path):
    visit = Visits(tmp_path).of("a")
    path = _result(visit, "1")
    visit.stopping = False
    visit.empty()
    assert not path.exists()
    assert visit.files == {}
    assert visit.stopping


def test_uploads_are_swept_when_they_are_old(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    for _ in range(2):
        sweep(tmp_path, age=3600)
    assert len(list(tmp_path.rglob("file"))) == 2
    while time.time() - os.stat(tmp_path / "new" / "file").st_ctime < 0.05:
        time.sleep(0.01)
    (tmp_path / "new" / "file").chmod(0o600)
    sweep(tmp_path, age=0.04)
    sweep(tmp_path, age=0.04)
    assert [x.name for x in tmp_path.iterdir()] == ["new"]
