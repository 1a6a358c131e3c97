"""Several learners on the same fixed episodes: a table and the episodes."""

import csv
import pathlib
from typing import NamedTuple

from learned_update.errors import invalid
from learned_update.evaluation.episodes.files import (
    episode_digest,
    read_episodes,
    write_episodes,
)
from learned_update.evaluation.episodes.fixed_sets import EpisodeSet
from learned_update.evaluation.learners.episode_sets import (
    check_class_episodes,
    draw_class_episodes,
)
from learned_update.evaluation.learners.scores import LearnerScore, score_learner
from learned_update.evaluation.learners.training import turned
from learned_update.few_shot.episodes.distribution import EpisodeDistribution
from learned_update.few_shot.episodes.named import divided
from learned_update.few_shot.episodes.omniglot import SIZE
from learned_update.files import atomic_path

_COLUMNS = ("learner", "method", "statistics", "accuracy", "half_width", "seconds")


class Report(NamedTuple):
    """What learners are worth.

    Attributes:
        fixed: `EpisodeSet` that all were scored on.
        learners: `{name: Learner}`.
        scores: `{name: LearnerScore}`.
    """

    fixed: EpisodeSet
    learners: dict
    scores: dict[str, LearnerScore]

    @property
    def rows(self):
        """Rows of the table."""
        return [
            (
                name,
                self.learners[name].method,
                self.learners[name].statistics,
                *score.estimate,
                score.seconds,
            )
            for name, score in self.scores.items()
        ]

    @property
    def markdown(self):
        """The table for people."""
        episodes, ways, shots = self.fixed.support.shape
        queries = self.fixed.query.shape[-1]
        lines = [
            f"{episodes} fixed episodes of {self.fixed.dataset}, {ways}-way, "
            f"{shots}-shot, {queries} queries per class, accuracy in % ± half-width of "
            "the 95 % interval over episodes:",
            "",
            "| learner | method | batch statistics | accuracy | an episode (ms) |",
            "| --- | --- | --- | ---: | ---: |",
        ]
        lines += [
            f"| {name} | {method} | {statistics} | {100 * mean:.1f} ± "
            f"{100 * half_width:.1f} | {1000 * seconds:.0f} |"
            for name, method, statistics, mean, half_width, seconds in self.rows
        ]
        return "\n".join([*lines, ""])

    def write(self, folder):
        """Writes `table.csv`, `table.md` and `episodes.json`."""
        folder = pathlib.Path(folder)
        write_episodes(self.fixed, folder / "episodes.json")
        digest = episode_digest(folder / "episodes.json")
        with atomic_path(folder / "table.md") as path:
            path.write_text(
                f"{self.markdown}\nSHA-256 of the episodes: {digest}\n", "utf-8"
            )
        with (
            atomic_path(folder / "table.csv") as path,
            path.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(self.rows)


def evaluate_learners(
    learners,
    data,
    names=None,
    size=SIZE,
    channels=1,
    ways=5,
    shots=1,
    queries=15,
    permuted=False,
    count=600,
    seed=0,
    episode_file=None,
    progress=None,
):
    """Scores learners on the meta-test classes of a data set.

    Args:
        learners: `{name: Learner}`.
        data: as of `few_shot_train`, with the next four.
        names: of the meta-test classes.
        size: height and width of images.
        channels: 1 for grey, 3 for colour.
        ways: classes of an episode.
        shots: labelled examples of each.
        queries: examples of each to classify.
        permuted: whether every episode has its pixels in an order of its own.
        count: how many episodes.
        seed: of the episodes.
        episode_file: path of fixed episodes to score on instead of drawing them; ways,
            shots and queries are then theirs.
        progress: whether to show bars; None shows them on a terminal.

    Returns:
        `Report`.

    Raises:
        ValueError: if the data have too few classes or examples, or the episodes are
            of other data.
    """
    if count < 2:
        raise invalid(
            "There are too few episodes for an interval.",
            expected="at least 2",
            received=f"{count}",
            remedy="Score on 600 or more.",
        )
    _, testing = divided(data, size, names, channels)
    fixed = None if episode_file is None else read_episodes(episode_file)
    if fixed is not None:
        _, ways, shots = fixed.support.shape
        queries = 1 if fixed.query is None else fixed.query.shape[-1]
    episodes = EpisodeDistribution(
        testing, ways, shots, queries, turned(data), permuted
    )
    if fixed is None:
        name = pathlib.Path(data).stem
        fixed = draw_class_episodes(name, episodes, count, seed)
    check_class_episodes(fixed, episodes)
    scores = {
        name: score_learner(learner, episodes, fixed, progress)
        for name, learner in learners.items()
    }
    return Report(fixed, learners, scores)
