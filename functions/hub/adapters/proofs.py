"""The proofreader, with the template language and MJML as they are."""

from hub.adapters.content import LiquidRenderer, names_in
from hub.adapters.mjml import to_html
from hub.domain.fields import FieldTypes
from hub.steps.proofread import Proofreader


def proofreader(fields: FieldTypes) -> Proofreader:
    return Proofreader(LiquidRenderer(), names_in, to_html, fields)
