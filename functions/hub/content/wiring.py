"""Builds the proofreader, with Liquid and MJML."""

from hub.content.adapters.liquid_renderer import LiquidRenderer, find_variables
from hub.content.adapters.mjml_compiler import to_html
from hub.content.steps.proofread_template import ProofreadTemplate
from hub.expression.domain.field_types import FieldTypes


def build_proofread_template(fields: FieldTypes) -> ProofreadTemplate:
    """Builds the step; `fields` are those that templates may read."""
    return ProofreadTemplate(LiquidRenderer(), find_variables, to_html, fields)
