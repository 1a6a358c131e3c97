"""An outer step: what it reads, drawn on the host; what is compiled; what it measured.

<<<<<<< HEAD
From outside: `compiled`, `draws`, `layout`, `outer_step`, `slots`, `step_metrics`.
=======
From outside: `ahead`, `compiled`, `draws`, `layout`, `outer_step`, `slots`,
`step_metrics`.
>>>>>>> hosts

From outside: `compiled`, `draws`, `layout`, `outer_step`, `slots`, `step_metrics`.
"""
