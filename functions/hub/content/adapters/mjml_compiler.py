"""Compiles MJML, a mark-up for e-mail, to the HTML of mail programs (mrml)."""

import mrml

from hub.content.domain.mjml_size import check_mjml
from hub.kernel.errors import Rejected, explain_fault

_NO_INCLUDES = mrml.ParserOptions(include_loader=mrml.noop_loader())


def to_html(source: str) -> str:
    """Compiles MJML; reads nothing but `source`. Raises `Rejected` if it is no MJML, and if it is
    nested too deep or may make too much HTML."""
    check_mjml(source)
    try:
        output = mrml.to_html(source, parser_options=_NO_INCLUDES)
    except OSError as error:  # mrml raises it for everything that it cannot read or render
        raise Rejected(str(error)) from error
    except BaseException as error:
        raise Rejected(explain_fault(error)) from error
    return output.content
