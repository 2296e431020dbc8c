"""MJML (mrml): mark-up for e-mail, made into the HTML that mail programs understand."""

import mrml

from hub.kernel.errors import Rejected

_NO_INCLUDES = mrml.ParserOptions(include_loader=mrml.noop_loader())


def to_html(source: str) -> str:
    """Reads nothing but `source`. Raises `Rejected` where that is no MJML."""
    try:
        made = mrml.to_html(source, parser_options=_NO_INCLUDES)
    except OSError as wrong:  # which is how mrml says that it cannot read or render it
        raise Rejected(str(wrong)) from wrong
    return made.content
