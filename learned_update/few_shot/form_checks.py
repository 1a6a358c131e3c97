"""Whether a learner can do what is asked of it."""

from learned_update.errors import invalid


def check_fitted(learner):
    """Raises `ValueError` if a learner has learned nothing yet."""
    if learner.form is None:
        raise invalid(
            f"This {learner.method} learner has learned nothing yet.",
            expected="`fit` before `predict` and `save`",
            received="no fit",
            remedy="Fit it to episodes, or load one that is.",
        )


def check_form(learner, form):
    """Raises `ValueError` if a learner was made for episodes of another form."""
    if learner.form != form:
        raise invalid(
            f"This {learner.method} learner was made for other episodes.",
            expected=f"{learner.form}",
            received=f"{form}",
            remedy="Fit a new one.",
        )


def check_ways(learner, ways):
    """Raises `ValueError` if a learner cannot predict so many classes."""
    if learner.fixed_ways and ways != learner.ways:
        raise invalid(
            f"A {learner.method} learner predicts as many classes as it was "
            "meta-trained with.",
            expected=f"a support of {learner.ways} classes",
            received=f"{ways} classes",
            remedy="Meta-train on episodes of this many ways, or take a learner that "
            "is free in them, such as prototypical.",
        )
