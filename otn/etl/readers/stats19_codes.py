"""What the codes of STATS19 mean, the road accident data of Great Britain.

Source: Department for Transport, Road Safety Open Data Guide; the values of the variables of the collision table. -1
is "missing or out of range", 9 or 99 "unknown (self reported)": these are not here, and so null.
"""

SEVERITY = {"1": "fatal", "2": "serious", "3": "slight"}
LIGHT = {
    "1": "daylight",
    "4": "darknessLit",
    "5": "darknessUnlit",
    "6": "darknessNoLighting",
    "7": "darkness",
}
# 1 to 3 are fine, rain and snow without high winds, 4 to 6 the same with them: what falls is said before the wind.
WEATHER = {
    "1": "clear",
    "2": "rain",
    "3": "snow",
    "4": "highWinds",
    "5": "rain",
    "6": "snow",
    "7": "fog",
    "8": "other",
}
SURFACE = {"1": "dry", "2": "wet", "3": "snow", "4": "ice", "5": "flooded", "6": "oil", "7": "mud"}
URBAN = {"1": True, "2": False}
# The only limits on public roads, from miles per hour to km/h.
SPEED_LIMIT = {str(mph): round(mph * 1.609344) for mph in (20, 30, 40, 50, 60, 70)}
CASUALTIES = {"1": "killed", "2": "seriouslyInjured", "3": "slightlyInjured"}
