"""How data are named on the command line."""

import pytest

from learned_update.cli.data_options import check_labels, data_sources, loaded
from learned_update.data import load

TABLE = "a,b,kind\n1,2,p\n3,5,q\n4,4,p\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text(TABLE)
    return tmp_path


@pytest.mark.parametrize("text", ["", " "])
def test_no_name(text):
    with pytest.raises(ValueError, match="names no data.*variable of the shell"):
        data_sources([text])


def test_a_file_that_is_missing_is_no_unknown_data_set():
    with pytest.raises(FileNotFoundError, match=r"no file or folder 'gone\.parquet'"):
        loaded(["gone.parquet"])


def test_the_label_is_for_files():
    table, digits = loaded(["table.csv", "digits"], "kind", size=None)
    assert table.class_names == ("p", "q")
    assert table.labels.tolist() == [0, 1, 0]
    assert len(digits.class_names) == 10


def test_a_label_without_files_is_refused():
    with pytest.raises(ValueError, match="label does not apply to data set 'digits'"):
        loaded(["digits"], "kind")


def test_labels_are_asked_for():
    check_labels([load("digits")])
    unlabelled = load("digits")._replace(labels=None, class_names=())
    with pytest.raises(ValueError, match="'digits' has no labels.*--label.*as y in"):
        check_labels([load("digits"), unlabelled])
