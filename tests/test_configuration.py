"""Gin files are found, parsed strictly and kept with the results."""

import gin
import pytest

from learned_update import configuration
from learned_update.configuration import finding


@gin.configurable(module="tests")
def cake(flour=1, eggs=2):
    return flour, eggs


@gin.register(module="tests")
class Oven:
    def __init__(self, degrees=180):
        self.degrees = degrees


@gin.register(module="tests")
class FanOven(Oven):
    def __init__(self, speed=1, **kwargs):
        super().__init__(**kwargs)
        self.speed = speed


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def test_package_files_are_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert configuration.find("rule/neuron_local.gin").is_file()


def test_working_directory_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rule").mkdir()
    own = tmp_path / "rule" / "neuron_local.gin"
    own.touch()
    assert configuration.find("rule/neuron_local.gin").resolve() == own


def test_later_files_and_parameters_win(tmp_path):
    (tmp_path / "a.gin").write_text("cake.flour = 3\ncake.eggs = 3\n")
    (tmp_path / "b.gin").write_text("cake.flour = 4\ncake.eggs = 4\n")
    files = [str(tmp_path / "a.gin"), str(tmp_path / "b.gin")]
    configuration.load(files, ["cake.eggs = 5"])
    assert cake() == (4, 5)


def test_keywords_of_a_base_class_are_known():
    configuration.load(parameters=["FanOven.degrees = 200"])


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("cakke.flour = 3", "No configurable matching 'cakke'.*Did you mean 'cake'"),
        ("cake.flower = 3", "parameter named 'flower'.*Did you mean 'flour'"),
        ("cake.zzz = 3", "parameter named 'zzz'.*cake has: eggs, flour"),
        ("FanOven.degreees = 3", "no parameter 'degreees'.*Did you mean 'degrees'"),
        ("cake.flour = @ovenn()", "reference '@ovenn\\(\\)'.*Did you mean .*'Oven'"),
        ("flour = 3", "macro 'flour' is bound, but nothing uses it"),
        ("cake.flour = much", "Strings need quotes"),
        ("cake.flour", "no gin binding.*name.parameter = value"),
        ("cake.flour = %amount", "amount"),
        ("include 'rule/neuron_locl.gin'", "no gin binding"),
    ],
)
def test_misspelt_parameter(parameter, message):
    with pytest.raises(ValueError, match=message):
        configuration.load(parameters=[parameter])


def test_misspelt_file():
    with pytest.raises(ValueError, match=r"Did you mean 'rule/neuron_local\.gin'"):
        configuration.load(["rule/neuron_locl.gin"])


def test_misspelt_include(tmp_path):
    (tmp_path / "a.gin").write_text("include 'rule/neuron_locl.gin'\n")
    with pytest.raises(ValueError, match=r"Did you mean 'rule/neuron_local\.gin'"):
        configuration.load([str(tmp_path / "a.gin")])


def test_unused_macro_in_a_file(tmp_path):
    (tmp_path / "a.gin").write_text("FLOUR = 1\nFLUOR = 2\ncake.flour = %FLOUR\n")
    with pytest.raises(ValueError, match=r"'FLUOR'.*Did you mean 'FLOUR'"):
        configuration.load([str(tmp_path / "a.gin")])


def test_parameter_may_replace_a_use_of_a_macro(tmp_path):
    (tmp_path / "a.gin").write_text("FLOUR = 1\ncake.flour = %FLOUR\n")
    configuration.load([str(tmp_path / "a.gin")], ["cake.flour = 2", "FLOUR = 3"])
    assert cake() == (2, 2)


def test_saved_configuration_repeats_the_run(tmp_path):
    configuration.load(parameters=["cake.flour = 3"])
    path = configuration.save(tmp_path / "run")
    gin.clear_config()
    configuration.load([str(path)])
    assert cake() == (3, 2)


def test_saved_configuration_may_keep_a_macro_that_was_overridden(tmp_path):
    (tmp_path / "a.gin").write_text("FLOUR = 1\ncake.flour = %FLOUR\n")
    configuration.load([str(tmp_path / "a.gin")], ["cake.flour = 5"])
    path = configuration.save(tmp_path / "run")
    gin.clear_config()
    configuration.load([str(path)])
    assert cake() == (5, 2)


def test_run_directory_belongs_to_one_configuration(tmp_path):
    configuration.load(parameters=["cake.flour = 3"])
    configuration.save(tmp_path)
    (tmp_path / "metrics.jsonl").touch()
    configuration.save(tmp_path)
    configuration.load(parameters=["cake.flour = 4"])
    with pytest.raises(ValueError, match=r"-cake.flour = 3; \+cake.flour = 4"):
        configuration.save(tmp_path)


def test_configuration_of_a_run_without_results_is_replaced(tmp_path):
    configuration.load(parameters=["cake.flour = 3"])
    configuration.save(tmp_path)
    configuration.load(parameters=["cake.flour = 4"])
    assert "cake.flour = 4" in configuration.save(tmp_path).read_text()


def _files(folder, texts):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_an_included_file_lies_beside_the_one_that_includes_it(tmp_path, monkeypatch):
    own = {
        "mine/cake.gin": "include 'parts/flour.gin'\ninclude 'eggs.gin'\n",
        "mine/eggs.gin": "cake.eggs = 7\n",
        "mine/parts/flour.gin": "include 'more.gin'\n",
        "mine/parts/more.gin": "cake.flour = 6\n",
        "mine/parts/eggs.gin": "cake.eggs = 0\n",  # beside another file
        "eggs.gin": "cake.eggs = 1\n",  # in the working directory
    }
    _files(tmp_path, own)
    monkeypatch.chdir(tmp_path)
    configuration.load(["mine/cake.gin"])
    assert cake() == (6, 7)
    gin.clear_config()
    configuration.load([str(tmp_path / "mine" / "cake.gin")])
    assert cake() == (6, 7)


def test_an_included_file_may_lie_in_the_working_directory(tmp_path, monkeypatch):
    _files(tmp_path, {"mine/a.gin": "include 'b.gin'\n", "b.gin": "cake.eggs = 9\n"})
    monkeypatch.chdir(tmp_path)
    configuration.load(["mine/a.gin"])
    assert cake() == (1, 9)


def test_an_included_file_may_be_of_the_package(tmp_path, monkeypatch):
    _files(
        tmp_path, {"package/base.gin": "cake.eggs = 5\n", "a.gin": "include 'base.gin'"}
    )
    monkeypatch.setattr(finding, "gin_folder", lambda: tmp_path / "package")
    configuration.load([str(tmp_path / "a.gin")])
    assert cake() == (1, 5)


def test_gin_itself_searches_and_reads_as_before(tmp_path):
    _files(tmp_path, {"a.gin": "include 'b.gin'\n", "b.gin": "cake.eggs = 9\n"})
    before = gin.config._LOCATION_PREFIXES[:], gin.config._FILE_READERS[:]
    configuration.load([str(tmp_path / "a.gin")])
    with pytest.raises(ValueError, match=r"nowhere\.gin"):
        configuration.load([str(tmp_path / "nowhere.gin")])
    assert before == (gin.config._LOCATION_PREFIXES, gin.config._FILE_READERS)


def test_a_circle_of_includes(tmp_path):
    _files(tmp_path, {"a.gin": "include 'b.gin'\n", "b.gin": "include 'a.gin'\n"})
    with pytest.raises(ValueError, match=r"includes itself.*a\.gin > b\.gin > a\.gin"):
        configuration.load([str(tmp_path / "a.gin")])


def test_a_file_may_be_included_twice(tmp_path):
    _files(
        tmp_path,
        {"a.gin": "include 'b.gin'\ninclude 'b.gin'\n", "b.gin": "cake.eggs = 4"},
    )
    configuration.load([str(tmp_path / "a.gin")])
    assert cake() == (1, 4)


def test_a_byte_order_mark_is_skipped(tmp_path):
    (tmp_path / "b.gin").write_text("cake.flour = 8\n", encoding="utf-8-sig")
    (tmp_path / "a.gin").write_text("include 'b.gin'\n", encoding="utf-8-sig")
    configuration.load([str(tmp_path / "a.gin")])
    assert cake() == (8, 2)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_that_is_no_utf_8(tmp_path, encoding):
    (tmp_path / "a.gin").write_text("cake.flour = 'é'\n", encoding=encoding)
    with pytest.raises(
        ValueError, match=r"a\.gin is no text in UTF-8.*Save it as UTF-8"
    ):
        configuration.load([str(tmp_path / "a.gin")])
