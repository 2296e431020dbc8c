"""Compiles MJML, a mark-up for e-mail, to the HTML of mail programs (mrml)."""

import mrml

from hub.kernel.errors import Rejected

_NO_INCLUDES = mrml.ParserOptions(include_loader=mrml.noop_loader())


def to_html(source: str) -> str:
    """Compiles MJML; reads nothing but `source`. Raises `Rejected` if it is no MJML."""
    try:
        output = mrml.to_html(source, parser_options=_NO_INCLUDES)
    except Exception as error:  # OSError is for what mrml cannot read; the rest is never expected
        raise Rejected(str(error)) from error
    return output.content
