"""An outer step: what it reads, drawn on the host; what is compiled; what it measured.

From outside: `compiled`, `draws`, `families`, `layout`, `outer_step`, `slots`,
`step_metrics`.
"""
