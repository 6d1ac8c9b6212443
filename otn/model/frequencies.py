"""How often publishers renew a dataset, as the EU authority table of frequencies names it."""

from otn.model.text import Text

FREQUENCY_URI = "http://publications.europa.eu/resource/authority/frequency"

FREQUENCIES = {
    "CONT": Text(en="continuous", nl="voortdurend", fr="continuelle", de="ständig"),
    "HOURLY": Text(en="hourly", nl="om het uur", fr="horaire", de="stündlich"),
    "DAILY": Text(en="daily", nl="dagelijks", fr="quotidienne", de="täglich"),
    "WEEKLY": Text(en="weekly", nl="wekelijks", fr="hebdomadaire", de="wöchentlich"),
    "BIWEEKLY": Text(en="every two weeks", nl="tweewekelijks", fr="bimensuelle", de="vierzehntäglich"),
    "MONTHLY": Text(en="monthly", nl="maandelijks", fr="mensuelle", de="monatlich"),
    "BIMONTHLY": Text(en="every two months", nl="tweemaandelijks", fr="bimestrielle", de="zweimonatlich"),
    "QUARTERLY": Text(en="quarterly", nl="driemaandelijks", fr="trimestrielle", de="vierteljährlich"),
    "ANNUAL_2": Text(en="twice a year", nl="halfjaarlijks", fr="semestrielle", de="halbjährlich"),
    "ANNUAL": Text(en="yearly", nl="jaarlijks", fr="annuelle", de="jährlich"),
    "BIENNIAL": Text(en="every two years", nl="tweejaarlijks", fr="bisannuelle", de="zweijährlich"),
    "IRREG": Text(en="irregular", nl="onregelmatig", fr="irrégulière", de="unregelmäßig"),
    "NEVER": Text(en="never", nl="nooit", fr="jamais", de="nie"),
    "UNKNOWN": Text(en="unknown", nl="onbekend", fr="inconnue", de="unbekannt"),
}
"""The title of each code of otn.model.sources.Frequency."""
