"""What the XML formats share: texts as XML 1.0 can hold them."""

from otn.api.encoders.view import column, instant_text
from otn.model.fields import Field, Kind

_TEXTS = (Kind.TEXT, Kind.CODE, Kind.OBJECT)

# The characters that XML 1.0 cannot hold, not even as references: U+0000 is none of PostgreSQL's either.
_FORBIDDEN = (*(code for code in range(1, 32) if code not in (9, 10, 13)), 0xFFFE, 0xFFFF)
_FORBIDDEN_SQL = "E'" + "".join(f"\\u{code:04x}" for code in _FORBIDDEN) + "'"
_REPLACEMENTS_SQL = "E'" + "\\ufffd" * len(_FORBIDDEN) + "'"


def value_sql(field: Field) -> str:
    """SQL: the value as the content of an element; null stays null.

    A character that XML cannot hold becomes U+FFFD; a carriage return is a reference, since a reader would make it a
    line feed.
    """
    if field.kind is Kind.INSTANT:
        return instant_text(field)
    if field.kind not in _TEXTS:
        return f"{column(field)}::text"
    value = f"translate({column(field)}::text, {_FORBIDDEN_SQL}, {_REPLACEMENTS_SQL})"
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        value = f"replace({value}, '{character}', '{reference}')"
    return f"replace({value}, E'\\r', '&#13;')"


def element_sql(name: str, field: Field) -> str:
    """SQL: an element with the value, or nothing where it is null."""
    return f"coalesce('<{name}>' || {value_sql(field)} || '</{name}>', '')"
