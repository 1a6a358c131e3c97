"""Which tests are slow: `tools/test --fast` leaves them out; and which are long.

They trace graphs of inner and outer steps, train, or start processes; together they
take most of the time. Their maths is in the fast ones, too.
"""

import gc

import pytest

SLOW = (
    "tests/baselines/",
    "tests/benchmarks/",
    "tests/cli/",
    "tests/demo/test_handlers.py",
    "tests/demo/test_server.py",
    "tests/estimator/",
    "tests/evaluation/few_shot/",
    "tests/evaluation/held_out/",
    "tests/evaluation/methods/",
    "tests/evaluation/test_sets/",
    "tests/evaluation/tuning/",
    "tests/export/",
    "tests/few_shot/test_learners.py",
    "tests/few_shot/training/",
    "tests/golden/test_released_goldens.py",
    "tests/layers/test_update_rule.py::test_compiled_step",
    "tests/meta/test_base_training.py",
    "tests/meta/test_task_inputs.py",
    "tests/ops/test_readouts.py::test_compiled_steps",
    "tests/reproductions/",
    "tests/test_meta_gradient.py",
    "tests/test_packaging.py",
    "tests/test_how_to.py",
    "tests/test_readme.py",
    "tests/test_site.py",
    "tests/test_tutorials.py",
    "tests/training/",
)

# Several processes, or minutes: only `tools/test --long` runs them.
LONG = {  # and which of a file
    "tests/cli/test_experiments.py": ("[quickstart", "[paper]"),
    "tests/cli/verbs/test_evaluate.py": ("numbers_of_features",),
    "tests/cli/verbs/test_tune.py": ("test_a_trial",),
    "tests/demo/test_browser.py": ("",),
    "tests/demo/test_visitors.py": ("",),
    "tests/evaluation/test_sets/test_comparison.py": ("numbers_of_features",),
    "tests/evaluation/tuning/test_halving.py": ("validation_scores",),
    "tests/layers/local_rules/test_backends.py": ("",),
    "tests/layers/test_forms.py": ("both_backends",),
    "tests/benchmarks/test_plain_jax.py": ("test_meta_gradient",),
    "tests/estimator/test_estimator_checks.py": ("[object]",),
    "tests/reproductions/ablations/test_reproduction.py": ("finished_is_not_repeated",),
    "tests/reproductions/test_registry.py": (  # they have tests of their own
        "[fig5-left]",
        "[table1]",
        "[few-shot]",
        "[local-rules]",
        "[base-models]",
    ),
    "tests/training/test_several.py": ("",),
    "tests/training/test_scale_experiments.py": ("shrinks",),
    "tests/training/test_shapes.py": ("every_depth",),
    "tests/training/test_trainer.py": ("test_interrupted_run",),
    "tests/training/test_kills.py": ("",),
    "tests/training/test_theta_average.py": ("test_long",),
    "tests/training/test_determinism.py": ("two_processes",),
    "tests/training/test_memory.py": ("",),
    "tests/training/test_base_models.py": ("test_long",),
    "tests/meta/test_base_models.py": ("test_long",),
}


def pytest_collection_finish():
    """Looks for garbage less often: modules stay, and traces are millions of objects.

    Where tests trace, the search took a thirteenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items):
    """Marks them, so that `-m "not slow"` selects the others, and puts them first.

    Processes that share the files end together when the last ones are short.
    """
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        for path, words in LONG.items():
            if item.nodeid.startswith(path) and any(
                word in item.nodeid for word in words
            ):
                item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
