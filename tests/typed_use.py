"""What users write, read by the type checker alone (`tools/test` calls mypy)."""

import numpy as np
from numpy.typing import NDArray

import learned_update as lu


def features(rows: NDArray[np.float64]) -> NDArray[np.floating]:
    encoder: lu.LearnedUpdateEncoder = lu.LearnedUpdateEncoder(units=(16, 8), steps=5)
    return encoder.fit(rows).transform(rows)


def one_inner_step(rows: NDArray[np.float64]) -> lu.Phi:
    rule: lu.Rule = lu.load_rule("glyphs")
    base: lu.BaseMLP = rule.base_mlp((16, 8))
    phi: lu.Phi = base.init_phi(rows.shape[1], seed=(0, 1))
    return lu.inner_step(rule, base, phi, rows)


def names() -> list[str]:
    return [lu.rule_card(name).licence for name in lu.list_rules()]
