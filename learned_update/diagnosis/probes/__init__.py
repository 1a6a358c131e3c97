"""What is measured of a rule on fixed tasks, whose unrolls begin at an initial phi.

From outside: `course`, `gradients`, `shares`, `tasks`, `times`.
"""
