"""Scores of a method with one seed, kept in a file as they are found."""

import dataclasses
import json
import pathlib

import numpy as np

from learned_update.evaluation.results.digests import episodes_digest
from learned_update.evaluation.test_sets.cost import Cost
from learned_update.files import atomic_path, slug


class KeptScores:
    """What was scored before with the same settings, or is scored now.

    Args:
        folder: where files are; None for no files.
        settings: everything that decides scores beside the method and its seed, as
            text; a file of others is measured anew.
        digests: `{method: text}` of methods whose name does not say all of them.
    """

    def __init__(self, folder=None, settings="", digests=None):
        self._folder = None if folder is None else pathlib.Path(folder)
        self._settings = settings
        self._digests = digests or {}

    def get(self, title, method, seed, measure):
        """Scores and cost of a method.

        Args:
            title: of the data set.
            method: its name.
            seed: of what the method draws.
            measure: function without arguments, to such a pair.

        Returns:
            `{(read-out, statistics): (episodes,)}` and `Cost`.
        """
        if self._folder is None:
            return measure()
        digest = self._digests.get(method, "")
        known = f"{title}; {method} {digest}; seed {seed}; {self._settings}"
        path = self._folder / (slug(f"{title} {method} {seed}") + ".json")
        try:
            part = json.loads(path.read_bytes())
            if part["settings"] == known:
                scores = {tuple(kind): np.array(each) for kind, each in part["scores"]}
                return scores, Cost(*part["cost"])
        except (OSError, ValueError, TypeError, KeyError):
            pass  # not measured yet, or damaged
        scores, cost = measure()
        told = [(kind, each.tolist()) for kind, each in scores.items()]
        part = {"scores": told, "cost": cost, "settings": known}
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(part), encoding="utf-8")
        return scores, cost


def kept_under(folder, protocol, episodes, more, digests=None):
    """`KeptScores` of a protocol's methods on episodes, however many initialisations.

    Args:
        folder: as of `KeptScores`.
        protocol: `ComparisonProtocol`.
        episodes: `EpisodeSet`.
        more: what else decides the scores, as text.
        digests: as of `KeptScores`.
    """
    one = dataclasses.replace(protocol, initialisations=1)
    settings = f"{one!r}; {episodes_digest(episodes)}; {more}"
    return KeptScores(folder, settings, digests)
