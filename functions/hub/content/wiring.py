"""The proofreader, with the template language and MJML as they are."""

from hub.content.adapters.liquid_renderer import LiquidRenderer, names_in
from hub.content.adapters.mjml_compiler import to_html
from hub.content.steps.proofread_template import Proofreader
from hub.expression.domain.field_types import FieldTypes


def proofreader(fields: FieldTypes) -> Proofreader:
    return Proofreader(LiquidRenderer(), names_in, to_html, fields)
