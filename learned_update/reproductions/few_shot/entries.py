"""The learners of the table, and how long each is meta-trained."""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One row of the table.

    Attributes:
        method: of the learner.
        settings: arguments of its class.
        steps: outer steps of meta-training; 0 where there is none.
        fit: more arguments of `fit`.
        training_form: ways and shots of meta-training's episodes where the method lets
            them differ from those of meta-testing, so that one training serves all
            situations of its data; None for the same.
        published: accuracies on the whole of Omniglot, by title of the situation.
    """

    method: str
    settings: dict[str, Any] = {}  # noqa: RUF012
    steps: int = 0
    fit: dict[str, Any] = {}  # noqa: RUF012
    training_form: tuple[int, int] | None = None
    published: tuple[float, float] | None = None


FAST = {"tasks_per_step": 2, "learning_rate": 3e-3}
ONCE = (20, 1)  # ways and shots
TRANSDUCTIVE = {"statistics": "transductive"}
ENTRIES = {
    "prototypical": Entry("prototypical", {}, 2000, {}, ONCE, (98.8, 99.7)),
    "prototypical, transductive": Entry(
        "prototypical", TRANSDUCTIVE, 500, {}, ONCE, (98.8, 99.7)
    ),
    "prototypical, cosine": Entry(
        "prototypical", {"distance": "cosine"}, 500, {}, ONCE
    ),
    "matching": Entry("matching", {}, 500, {}, ONCE, (98.1, 98.9)),
    "matching, full context": Entry("matching-full-context", {}, 500),
    "relation": Entry("relation", {}, 700, {}, None, (99.6, 99.8)),
    "siamese": Entry("siamese", {}, 500, {}, ONCE),
    "graph network": Entry("graph", {}, 700),
    "LSTM reader": Entry("lstm", {}, 1200),
    "conditional neural process": Entry("conditional", {}, 1200),
    "SNAIL": Entry("snail", {}, 500),
    "MANN": Entry("mann", {}, 1200, {}, None, (82.8, 94.9)),
    "Meta Networks": Entry("meta-networks", {}, 800),
    "hypernetwork": Entry("hyper-network", {}, 500, {}, ONCE),
    "MAML": Entry("maml", {}, 1500, {"tasks_per_step": 2}, None, (98.7, 99.9)),
    "MAML, transductive": Entry(
        "maml",
        TRANSDUCTIVE,
        1800,
        FAST,
        None,
        (98.7, 99.9),
    ),
    "first-order MAML": Entry("fomaml", {}, 800, FAST),
    "Reptile, serial": Entry(
        "reptile", {"prediction_steps": 20}, 800, {"tasks_per_step": 1}
    ),
    "Reptile, batched": Entry(
        "reptile", {"prediction_steps": 20}, 400, {"tasks_per_step": 5}
    ),
    "ANIL": Entry("anil", {}, 800, FAST),
    "implicit MAML": Entry("imaml", {}, 150, {"tasks_per_step": 2}),
    "Meta-SGD": Entry("meta-sgd", {}, 600, FAST),
    "multi-task": Entry("multi-task", {}, 500, {}, ONCE),
    "fine-tuning, last layer": Entry("fine-tuning", {"layers": "last"}, 500, {}, ONCE),
    "fine-tuning, all layers": Entry(
        "fine-tuning", {"layers": "all", "head_steps": 20}, 500, {}, ONCE
    ),
    "fine-tuning, gradual": Entry(
        "fine-tuning", {"layers": "gradual", "head_steps": 20}, 500, {}, ONCE
    ),
    "nearest neighbour": Entry("nearest-neighbour"),
    "from scratch": Entry("from-scratch", {"training_steps": 20}),
    "rule + ridge": Entry("rule-ridge"),
    "rule + prototypical": Entry("rule-prototypical"),
}
