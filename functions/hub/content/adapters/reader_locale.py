"""Babel's locale of a language tag."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from hub.kernel.language_tag import LanguageTag, parse_language_tag

_ENGLISH = Locale("en")


@lru_cache(maxsize=256)
def find_locale(tag: str) -> Locale:
    """Finds the locale that CLDR has for a tag in any spelling: `DE_at`, `zh-hans-cn`.

    If CLDR has none of that country or script, it is the language's own; English if CLDR does not
    have the language.
    """
    language, script, region = parse_language_tag(tag)
    for choice in (
        LanguageTag(language, script, region),
        LanguageTag(language, "", region),
        LanguageTag(language, script, ""),
        LanguageTag(language, "", ""),
    ):
        try:
            return Locale.parse(str(choice), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return _ENGLISH
