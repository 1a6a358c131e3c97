"""How what a truncation takes and gives lies on several devices."""

from learned_update.backend.layout import Averaged, Gathered, Shared, Whole
from learned_update.training.outer_steps.draws import GroupDraw
from learned_update.training.outer_steps.outer_step import GroupResult

PHI = Shared()
DRAWN = GroupDraw(
    batch=Shared(1),  # after the steps
    steps=Whole(),
    input_map=Shared(),
    begins=Shared(),
    fresh=PHI,
    noise=Shared(),
)
RESULT = GroupResult(
    gradient=Averaged(), phi=PHI, broken=Gathered(), figures=Gathered(1)
)
