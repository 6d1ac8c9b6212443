"""Values as a reader of one language expects to see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

# English is written as in the rest of the portal; the other languages as in their largest country.
_LOCALES = {"en": "en_GB", "nl": "nl", "fr": "fr", "de": "de"}
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Formats:
    """Formats numbers, instants, coordinates and file-like sizes for one language."""

    locale: Locale

    @classmethod
    def of(cls, language: str) -> "Formats":
        return cls(Locale.parse(_LOCALES[language]))

    def number(self, value: float, unit: str | None = None) -> str:
        """A number with at most two decimals, grouped, followed by its unit (UCUM) where there is one."""
        text = format_decimal(value, format="#,##0.##", locale=self.locale)
        return f"{text}{_NO_BREAK_SPACE}{unit}" if unit else text

    def percent(self, share: float) -> str:
        """A share of 1 as a percentage with the decimals it has: 0.9999 is not all."""
        return str(format_percent(share, locale=self.locale, decimal_quantization=False))

    def degrees(self, value: float) -> str:
        """A longitude or latitude with at most six decimals, which is a decimetre."""
        return format_decimal(value, format="0.######", locale=self.locale)

    def instant(self, text: str) -> str:
        """An RFC 3339 instant or full-date; midnight UTC, which mostly stands for a day, is shown as that day.

        Text that is neither comes back as it is: it is the document's, and the page must still be shown.
        """
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        if moment.time() == moment.time().min:
            return format_date(moment, "long", locale=self.locale)
        return format_datetime(moment, "d MMMM y HH:mm z", locale=self.locale)

    def languages(self, codes: tuple[str, ...]) -> dict[str, str]:
        """The name of each language in that language itself."""
        return {code: str(Locale.parse(code).get_display_name(code)).capitalize() for code in codes}

    def text(self, value: Any) -> str:
        """Any plain JSON value."""
        return self.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
