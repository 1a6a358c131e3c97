"""What lasts over inner steps: their number, their changes, the mean of their phi.

From outside: `inner_time`, `late_mean`, `momentum`.
"""
