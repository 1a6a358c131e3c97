"""A look inside a run: metrics, gradients, sensitivity, weight changes."""
