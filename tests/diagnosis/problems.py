"""Small problems as fixed tasks, and findings that are made up."""

import numpy as np
from keras import ops

from learned_update.diagnosis.findings import Findings, Gradients
from learned_update.diagnosis.probes.gradients import NoisyEstimate
from learned_update.diagnosis.probes.shares import Shares
from learned_update.diagnosis.probes.tasks import ProbeTasks
from learned_update.diagnosis.settings import Settings
from learned_update.types import TaskBatch
from tests.meta.estimator_problems import phi_of


class Logistic:
    """s <- theta s (1 - s); at theta = 4 differences double at every step, on average.

    The derivative of s by theta is known: d <- s (1 - s) + theta (1 - 2 s) d.
    """

    theta = (np.array([4.0]),)

    def __call__(self, theta, phi, *_):
        state = phi.layers[0].kernel
        state = theta[0] * state * (1.0 - state)
        return phi_of(state), state[:, 0], ops.zeros_like(state[:, 0])

    def derivatives(self, state, steps):
        """Of s after every step, by theta."""
        found, derivative = [], 0.0
        for _ in range(steps):
            slope = self.theta[0][0] * (1 - 2 * state)
            derivative = state * (1 - state) + slope * derivative
            state = self.theta[0][0] * state * (1 - state)
            found.append(derivative)
        return np.array(found)


def probe_tasks(initial, steps):
    """`ProbeTasks` of a problem whose states are `(tasks, states)` and read nothing."""
    count = len(initial)
    batch = TaskBatch(*(np.zeros((steps, count, 1), np.int32) for _ in range(3)))
    names = tuple(f"glyphs/{i}" for i in range(count))
    return ProbeTasks(names, phi_of(initial), (), (), batch)


def findings(**changed):
    """Findings of unrolls of eight steps and three tasks."""
    rng = np.random.default_rng(0)
    course = np.exp(rng.normal(size=(8, 3)))
    norms = rng.dirichlet(np.ones(3), size=(2, 2))
    lengths = (1, 2, 4, 8)
    metrics = [
        {
            "outer_step": step,
            "meta_loss": 1 / step,
            "gradient_norm": 0.1 * step,
            "largest_gradient_norm": 0.2 * step,
            "skipped": step // 3,
            "exploded": 0,
            "rolled_back": 1,
            "dead_rule": int(step > 4),
            "seconds": 0.5,
            "meta_loss/glyphs": 1 / step,
            **({"meta_loss/digits": 2 / step} if step % 2 else {}),
        }
        for step in range(1, 7)
    ]
    return Findings(
        **{
            "run": "a <run>",
            "outer_step": 6,
            "metrics": metrics,
            "held_out": [],
            "settings": Settings(steps=8, tasks=3),
            "units": (6, 5),
            "datasets": ("glyphs/greek", "glyphs/latin", "digits"),
            "losses": course,
            "initial_losses": course + 0.5,
            "gradients": Gradients(
                lengths,
                np.exp(rng.normal(size=(4, 3))),
                np.array([0.9, 0.8, 0.7, np.nan]),
                np.array([-0.5, 0.1, 0.6, 1.0]),
                2,
                NoisyEstimate(0.3, 0.9, 0.2),
                4,
            ),
            "norms": course,
            "changes": course / 10,
            "sensitivity": np.exp(np.linspace(0, 3, 8))[:, None, None]
            * np.ones((8, 3, 3)),
            "marks": (0, 7),
            "shares": Shares(
                ("hebb_positive", "0_order", "winner"),
                np.array([False, True, False]),
                norms,
                norms,
            ),
            "seconds": {"copy for a checkpoint": 0.01},
            **changed,
        }
    )
