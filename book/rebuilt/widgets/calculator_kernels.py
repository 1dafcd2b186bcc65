"""The calculator's text, compiled."""

from rebuilt.compiled import compiled
from rebuilt.cost.models import choices
from rebuilt.widgets import calculator_text

calculate = compiled(calculator_text.calculate)
refused, width_near = compiled(choices.refused), compiled(choices.width_near)
