"""The public names have type hints, which mypy reads (`tools/test` calls it)."""

import ast
import importlib
import inspect

import pytest

import learned_update
from tests.import_graph import ROOT

LAZY = ("learned_update", "learned_update.zoo")


def _functions():
    """`(name, function)` of the public functions and methods of the package."""
    for name in learned_update.__all__:
        public = getattr(learned_update, name)
        if inspect.isfunction(inspect.unwrap(public)):
            yield name, inspect.unwrap(public)
        elif inspect.isclass(public):
            for member, value in vars(public).items():
                if member.startswith("_") and member not in ("__init__", "__call__"):
                    continue
                value = getattr(value, "__func__", getattr(value, "fget", value))
                if inspect.isfunction(value):
                    yield f"{name}.{member}", inspect.unwrap(value)


def _without_hint(function):
    signature = inspect.signature(function)
    names = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.annotation is parameter.empty and name not in ("self", "cls")
    ]
    if signature.return_annotation is signature.empty:
        names.append("return")
    return names


def test_every_public_function_has_type_hints():
    functions = {
        name: function
        for name, function in _functions()
        if function.__module__.startswith("learned_update.")
    }
    assert {"UpdateRule.call", "LearnedUpdateEncoder.fit", "inner_step"} <= set(
        functions
    )
    missing = {name: _without_hint(function) for name, function in functions.items()}
    assert {name: names for name, names in missing.items() if names} == {}


@pytest.mark.parametrize("package", LAZY)
def test_the_stub_has_the_names_that_are_imported_late(package):
    module = importlib.import_module(package)
    stub = ROOT.joinpath(*package.split("."), "__init__.pyi")
    found = {}
    for statement in ast.parse(stub.read_text(encoding="utf-8")).body:
        (alias,) = statement.names
        assert alias.name == alias.asname, alias.name  # exported, not only imported
        found[alias.name] = importlib.import_module(statement.module)
    assert set(found) == set(module.__all__)
    for name, home in found.items():
        assert getattr(home, name) is getattr(module, name), name
