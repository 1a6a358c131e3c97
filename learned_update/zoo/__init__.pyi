from learned_update.zoo.adding import add_rule as add_rule
from learned_update.zoo.blending import blend_rules as blend_rules
from learned_update.zoo.card import Card as Card
from learned_update.zoo.card import Compute as Compute
from learned_update.zoo.card import Result as Result
from learned_update.zoo.loading import load_rule as load_rule
from learned_update.zoo.released.conversion import (
    convert_released_rule as convert_released_rule,
)
from learned_update.zoo.released.rule import load_released_rule as load_released_rule
from learned_update.zoo.released.rule import (
    released_variable_names as released_variable_names,
)
from learned_update.zoo.shelves import list_rules as list_rules
from learned_update.zoo.shelves import remove_rule as remove_rule
from learned_update.zoo.shelves import rule_card as rule_card
