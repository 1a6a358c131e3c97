"""Finds the golden tensors: in $LEARNED_UPDATE_SHARED or beside the checkout."""

import functools

import pytest

from tests.golden import cases, objective_cases


@pytest.fixture(scope="session")
def golden_folder():
    folder = cases.golden_folder()
    if not folder.is_dir():
        pytest.skip(
            f"The golden tensors are not at {folder}; set LEARNED_UPDATE_SHARED to "
            "the folder that holds golden/."
        )
    return folder


@functools.cache
def load_case(name, folder):
    return cases.Case(name, folder)


@pytest.fixture(params=["b", "f"])
def case(request, golden_folder):
    return load_case(request.param, golden_folder)


@functools.cache
def load_objective_case(name, folder):
    return objective_cases.ObjectiveCase(name, folder)


@pytest.fixture(params=objective_cases.NAMES)
def objective_case(request, golden_folder):
    return load_objective_case(request.param, golden_folder)
