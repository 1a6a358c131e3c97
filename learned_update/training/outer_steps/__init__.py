"""An outer step: what it reads, drawn on the host; what is compiled; what it measured.

From outside: `compiled`, `draws`, `families`, `layout`, `memory`, `outer_step`,
`precision`, `slots`, `step_metrics`.
"""
