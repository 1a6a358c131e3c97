"""Implicit MAML (Rajeswaran et al., 2019): no derivative through the inner steps."""

import keras
from keras import ops

from learned_update.few_shot.gradient.conjugate_gradient import (
    along,
    conjugate_gradients,
    dot,
)
from learned_update.few_shot.gradient.inner_steps import gradient_of, sgd_steps
from learned_update.few_shot.gradient.maml import Maml
from learned_update.few_shot.gradient.network import query_logits
from learned_update.few_shot.learner import PACKAGE
from learned_update.few_shot.objective import cross_entropy


def proximal_gradient(gradient, weights, theta, strength):
    """dL/dw + lambda (w - theta): of L(w) + lambda/2 |w - theta|^2 (eq. 3)."""
    return keras.tree.map_structure(
        lambda g, w, t: g + strength * (w - t), gradient, weights, theta
    )


def hessian_product(loss, weights, vector):
    """d^2 L/dw^2 v, by the derivative of dL/dw . v."""
    return gradient_of(lambda w: dot(gradient_of(loss, w), vector), weights)


def implicit_gradient(support_loss, phi, query_gradient, strength, steps):
    """(I + H / lambda)^-1 dL_query/dphi (eq. 7), by conjugate gradients.

    Args:
        support_loss: L, a function of the weights; H is its second derivative.
        phi: weights at the minimum of L(w) + lambda/2 |w - theta|^2.
        query_gradient: tree like phi.
        strength: lambda.
        steps: of conjugate gradients.

    Returns:
        The meta-gradient by theta, a tree.
    """

    def product(vector):
        return along(vector, hessian_product(support_loss, phi, vector), 1 / strength)

    return conjugate_gradients(product, query_gradient, steps)


@keras.saving.register_keras_serializable(PACKAGE)
class ImplicitMaml(Maml):
    """MAML with a proximal inner problem, whose solution is differentiated implicitly.

    Args:
        inner_steps: of gradient descent on the proximal problem.
        inner_rate: of these.
        strength: lambda of the proximal term.
        solver_steps: of conjugate gradients.
        **settings: of `Maml`.
    """

    method = "imaml"

    def __init__(
        self, inner_steps=10, inner_rate=0.1, strength=2.0, solver_steps=5, **settings
    ):
        self.strength = strength
        self.solver_steps = solver_steps
        super().__init__(inner_steps=inner_steps, inner_rate=inner_rate, **settings)

    def adapted(self, theta, support_x, support_y, steps):
        def gradient(weights):
            own = self.support_gradient(weights, support_x, support_y)
            return proximal_gradient(own, weights, theta, self.strength)

        return sgd_steps(gradient, theta, steps, self.inner_rate)

    def meta_gradient(self, theta, episode):
        """The query's loss after the inner steps, and `implicit_gradient`."""
        support = episode.support_x, episode.support_y
        phi = keras.tree.map_structure(
            ops.stop_gradient, self.adapted(theta, *support, self.inner_steps)
        )

        def query_loss(weights):
            logits = query_logits(
                self.embedding,
                weights,
                episode.support_x,
                episode.query_x,
                self.statistics,
            )
            return cross_entropy(logits, episode.query_y)

        gradient = implicit_gradient(
            lambda weights: self.support_loss(weights, *support),
            phi,
            gradient_of(query_loss, phi),
            self.strength,
            self.solver_steps,
        )
        return query_loss(phi), gradient

    def get_config(self):
        return {
            **super().get_config(),
            "strength": self.strength,
            "solver_steps": self.solver_steps,
        }
