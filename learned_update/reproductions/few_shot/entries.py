"""The learners of the table, and how long each is meta-trained."""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One row of the table.

    Attributes:
        method: of the learner.
        settings: arguments of its class.
        steps: outer steps of meta-training; 0 where there is none.
        fit: more arguments of `fit`.
        ways: classes of meta-training's episodes; None for those of meta-testing.
        shots: labelled examples of each; None for those of meta-testing. What does not
            depend on meta-testing is trained once for all situations of its data.
        least_share: of its steps, in situations where others have a smaller share of
            theirs: with fewer it stays at chance.
        trained_as: name of the row whose meta-training serves this one, too; None for
            one of its own.
        published: accuracies on the whole of Omniglot, 5-way 1-shot and 5-shot.
    """

    method: str
    settings: dict[str, Any] = {}  # noqa: RUF012
    steps: int = 0
    fit: dict[str, Any] = {}  # noqa: RUF012
    ways: int | None = None
    shots: int | None = 1
    least_share: float = 0.0
    trained_as: str | None = None
    published: tuple[float, float] | None = None


TRANSDUCTIVE = {"statistics": "transductive"}
SMALL_STEPS = {**TRANSDUCTIVE, "inner_steps": 5, "inner_rate": 0.1}
TUNED = "fine-tuning, last layer"
SOME = {"tasks_per_step": 2, "learning_rate": 2e-3}
REPTILE = {
    **TRANSDUCTIVE,
    "inner_optimizer": "sgd",
    "inner_rate": 0.1,
    "prediction_steps": 5,
}
_METRIC = {
    "prototypical": Entry("prototypical", {}, 2000, ways=20, published=(98.8, 99.7)),
    "prototypical, transductive": Entry(
        "prototypical", TRANSDUCTIVE, 500, ways=20, published=(98.8, 99.7)
    ),
    "prototypical, cosine": Entry("prototypical", {"distance": "cosine"}, 500, ways=20),
    "matching": Entry("matching", {}, 500, ways=20, published=(98.1, 98.9)),
    "matching, full context": Entry("matching-full-context", {}, 500, ways=20),
    "relation": Entry("relation", {}, 700, shots=None, published=(99.6, 99.8)),
    "siamese": Entry("siamese", {}, 500, ways=20),
    "graph network": Entry("graph", {}, 700, least_share=1.0),
}
_BLACK_BOXES = {
    "LSTM reader": Entry("lstm", {}, 1000, SOME, shots=None),
    "conditional neural process": Entry("conditional", {}, 600, ways=20),
    "SNAIL": Entry("snail", {}, 1200, SOME, shots=None),
    "MANN": Entry(
        "mann", {}, 1200, shots=None, least_share=1.0, published=(82.8, 94.9)
    ),
    "Meta Networks": Entry("meta-networks", {}, 800, SOME),
    "hypernetwork": Entry("hyper-network", {}, 500, ways=20),
}
_GRADIENT_BASED = {
    "MAML": Entry(
        "maml",
        {**TRANSDUCTIVE, "prediction_steps": 5},
        5000,
        {"tasks_per_step": 4, "learning_rate": 2e-3},
        published=(98.7, 99.9),
    ),
    "MAML, inductive": Entry(
        "maml", {}, 1500, {"tasks_per_step": 2}, published=(98.7, 99.9)
    ),
    "first-order MAML": Entry("fomaml", SMALL_STEPS, 800, SOME),
    "Reptile, serial": Entry(
        "reptile", REPTILE, 6000, {"tasks_per_step": 1, "learning_rate": 0.3}
    ),
    "Reptile, batched": Entry(
        "reptile", REPTILE, 300, {"tasks_per_step": 5, "learning_rate": 1.0}
    ),
    "ANIL": Entry("anil", {}, 800, {"tasks_per_step": 2, "learning_rate": 3e-3}),
    "implicit MAML": Entry("imaml", TRANSDUCTIVE, 1500, SOME),
    "Meta-SGD": Entry("meta-sgd", TRANSDUCTIVE, 800, SOME),
}
_ORDINARY = {
    "multi-task": Entry("multi-task", {}, 500, ways=20),
    TUNED: Entry("fine-tuning", {"layers": "last"}, 500, ways=20),
    "fine-tuning, all layers": Entry(
        "fine-tuning", {"layers": "all", "head_steps": 20}, ways=20, trained_as=TUNED
    ),
    "fine-tuning, gradual": Entry(
        "fine-tuning",
        {"layers": "gradual", "head_steps": 20},
        ways=20,
        trained_as=TUNED,
    ),
    "nearest neighbour": Entry("nearest-neighbour"),
    "from scratch": Entry("from-scratch", {"training_steps": 20}),
}
_UNSUPERVISED = {
    "rule + ridge": Entry("rule-ridge"),
    "rule + prototypical": Entry("rule-prototypical"),
}
ENTRIES = _METRIC | _BLACK_BOXES | _GRADIENT_BASED | _ORDINARY | _UNSUPERVISED
