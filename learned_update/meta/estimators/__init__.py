"""Estimators of the meta-gradient, one a file, which the trainer may choose among.

An estimator has

* `perturbs`: whether it reads noise, standard normal numbers drawn anew for every
  truncation; then `pairs`: how many for each task and number of theta;
* `begin(phi, noise)`: what it carries from one truncation of an unroll to the next, a
  tree whose leaves have the leading axes of `phi`;
* `(step, theta, carried, data) -> MetaGradient`, whose `phi` is what it carries on.

Whatever it must remember is in that tree, hence in the checkpoints.

From outside: `mixture`, `persistent_es`, `single_es`, `truncated_backpropagation`,
`truncated_es`.
"""
