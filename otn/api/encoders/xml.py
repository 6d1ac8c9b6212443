"""What the XML formats share: texts as XML 1.0 can hold them."""

from collections.abc import Callable, Sequence

from otn.api.encoders.view import column, instant_text
from otn.model.fields import Field, Kind

_TEXTS = (Kind.TEXT, Kind.CODE, Kind.OBJECT)

# The characters that XML 1.0 cannot hold, not even as references: U+0000 is none of PostgreSQL's either.
_FORBIDDEN = "".join(f"\\u{code:04x}" for code in (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
_REPLACEMENTS = "\\ufffd" * (len(_FORBIDDEN) // 6)

ValueSql = Callable[[Field], str]


def escaped_where_needed(fields: Sequence[Field], render: Callable[[ValueSql], str]) -> str:
    """SQL: what `render` makes of the values of these fields, given how each value becomes the content of an element.

    Few features need escaping, and to look once into all their texts costs a tenth of escaping every one.
    """
    texts = [f"{column(field)}::text" for field in fields if field.kind in _TEXTS]
    if not texts:
        return render(_plain)
    special = f"concat({', '.join(texts)}) ~ E'[&<>\\r{_FORBIDDEN}]'"
    return f"CASE WHEN {special} THEN {render(_escaped)} ELSE {render(_plain)} END"


def _plain(field: Field) -> str:
    return instant_text(field) if field.kind is Kind.INSTANT else f"{column(field)}::text"


def _escaped(field: Field) -> str:
    """A character that XML cannot hold becomes U+FFFD; a carriage return would be read as a line feed."""
    if field.kind not in _TEXTS:
        return _plain(field)
    value = f"translate({_plain(field)}, E'{_FORBIDDEN}', E'{_REPLACEMENTS}')"
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        value = f"replace({value}, '{character}', '{reference}')"
    return f"replace({value}, E'\\r', '&#13;')"
