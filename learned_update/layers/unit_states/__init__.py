"""From activations to the state of every unit and the error that is carried down.

From outside: `contrast`, `error_network`, `features`, `mixing`, `top_error`.
"""
