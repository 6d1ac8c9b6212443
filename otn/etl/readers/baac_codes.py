"""What the codes of BAAC mean, the road accident data of France.

Source: Ministère de l'Intérieur (ONISR), description of the annual databases of road accidents with injuries. 0 and
-1 are "not said". A code that says two things at once (atm 4, snow or hail) is no value of one list: it is null.
"""

LIGHT = {
    "1": "daylight",
    "2": "twilight",
    "3": "darknessNoLighting",
    "4": "darknessUnlit",
    "5": "darknessLit",
}
INSIDE_BUILT_UP_AREA = {"1": False, "2": True}
WEATHER = {
    "1": "clear",
    "2": "rain",  # light
    "3": "rain",  # heavy
    "5": "fog",
    "6": "highWinds",
    "7": "dazzlingSun",
    "8": "cloudy",
    "9": "other",
}
SURFACE = {
    "1": "dry",
    "2": "wet",
    "3": "wet",  # puddles
    "4": "flooded",
    "5": "snow",
    "6": "mud",
    "7": "ice",
    "8": "oil",
    "9": "other",
}
# Of a person; the order of the codes is not that of severity.
PEOPLE = {"1": "unhurt", "2": "killed", "3": "seriouslyInjured", "4": "slightlyInjured"}
# From the worst on: the column of PEOPLE that makes an accident this severe.
SEVERITY = {"killed": "fatal", "seriouslyInjured": "serious", "slightlyInjured": "slight", "unhurt": "unhurt"}

# The clocks overseas, by the number of the department; everywhere else that of Paris.
ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/Guadeloupe",  # Saint-Barthélemy
    "978": "America/Guadeloupe",  # Saint-Martin
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
PARIS = "Europe/Paris"
