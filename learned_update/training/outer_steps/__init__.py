"""An outer step: what it reads, drawn ahead; what is compiled; what it measured.

From outside: `ahead`, `compiled`, `draws`, `layout`, `outer_step`, `slots`,
`step_metrics`.
"""
