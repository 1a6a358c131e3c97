"""Meta-training of learners: the compiled outer step, the loop, its checkpoints.

From outside: `loop`.
"""
