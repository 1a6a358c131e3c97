"""What baselines share: rows, seeds, training by gradients, a fixed phi.

From outside: `fixed_phi`, `gradient_descent`, `rows`, `seeds`, `trainable_base`,
`trained_embedding`, `wall_time`.
"""
