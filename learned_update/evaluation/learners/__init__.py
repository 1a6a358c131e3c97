"""Few-shot learners on fixed episodes of classes that they never saw.

From outside: `episode_sets`, `report`, `scores`, `training`.
"""
