"""What `learned-update doctor` finds."""

import importlib.metadata
import re

import pytest

from learned_update.cli import health


def without(missing):
    def version(name):
        if name == missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.2"

    return version


def test_packages_that_are_there():
    findings = list(health.packages(version=without(None)))
    assert [f.found for f in findings] == ["1.2"] * len(findings)
    assert not any(f.remedy for f in findings)


@pytest.mark.parametrize(
    ("missing", "found", "remedy"),
    [
        ("keras", "not installed (needed)", "pip install learned-update"),
        (
            "pyarrow",
            "not installed (optional)",
            'for tables in Parquet files: pip install "learned-update[parquet]"',
        ),
    ],
)
def test_a_package_that_is_missing(missing, found, remedy):
    (finding,) = [f for f in health.packages(without(missing)) if f.name == missing]
    assert finding[1:] == (found, remedy)


@pytest.mark.parametrize(
    ("backend", "devices", "remedy"),
    [
        ("tensorflow", ("cpu:0",), r'.*pip install "learned-update\[gpu\]"'),
        ("jax", ("cpu:0 cpu",), r'.*pip install "jax\[cuda12\]"'),
        ("jax", ("gpu:0 nvidia h100",), ""),
        ("tensorflow", ("cpu:0", "gpu:0"), ""),
    ],
)
def test_an_accelerator_is_asked_for_where_there_is_none(backend, devices, remedy):
    _, found = health.computing(backend, devices)
    assert found.found == ", ".join(devices)
    assert re.fullmatch(remedy, found.remedy)


def test_folders(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", str(tmp_path / "new" / "cache"))
    datasets, prepared, rules = health.folders(tmp_path / "file" / "rules")
    assert datasets.found.startswith(f"{tmp_path} (")
    assert "GB free)" in datasets.found
    assert "GB free, made when it is needed)" in prepared.found
    assert not datasets.remedy
    assert not prepared.remedy
    assert rules.found == f"{tmp_path / 'file' / 'rules'}: cannot be written"
    assert "LEARNED_UPDATE_RULES" in rules.remedy
    assert not (tmp_path / "new").exists()


def test_a_damaged_rule():
    def load(name):
        if name == "bad":
            raise ValueError("not what its card says")

    good, bad = health.shipped_rules(["good", "bad"], load)
    assert good == ("rule good", "whole", "")
    assert bad[1:] == ("not what its card says", "install the package again")


def test_remedies_stand_below_what_they_mend():
    findings = [health.Finding("a", "1"), health.Finding("long", "none", "get it")]
    assert list(health.report(findings)) == [
        "a     1",
        "long  none",
        "      -> get it",
    ]
