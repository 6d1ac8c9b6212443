"""How the features of each collection are drawn: declared once, for maps in browsers and for QGIS.

Colours are those of Okabe and Ito (Color Universal Design, 2008), darkened or lightened until they stand out from the
paper they lie on; no two classes differ by hue alone: size, shade and casing tell them apart too. In print they are
dark on white paper, tell classes apart in grey as well, and fill no large areas.
"""

from otn.model.drawing import Areas, DrawnClass, Lines, Mixed, Plate, Points, Stops, Symbology, Themed, one_class
from otn.model.text import Text
from otn.model.traffic_codelists import SEVERITY

HALO = Themed("#ffffff", "#10181d", "#ffffff")
INK = Themed("#2b3238", "#e3eaee", "#111111")
ROADS = Symbology(
    Lines(
        (
            DrawnClass(
                Text(en="Main road", nl="Hoofdweg", fr="Route principale", de="Hauptstraße"),
                ("mainRoad",),
                Themed("#d55e00", "#e8641b", "#7a2800"),
                ((4, 0.7), (8, 1.8), (11, 3.0), (14, 6.0), (18, 24.0)),
            ),
            DrawnClass(
                Text(en="First class", nl="Eerste klasse", fr="Première classe", de="Erste Klasse"),
                ("firstClass",),
                Themed("#e69f00", "#e9aa2b", "#b06a00"),
                ((6, 0.6), (8, 1.2), (11, 2.4), (14, 5.2), (18, 22.0)),
            ),
            DrawnClass(
                Text(en="Second class", nl="Tweede klasse", fr="Deuxième classe", de="Zweite Klasse"),
                ("secondClass",),
                Themed("#f4e04d", "#efe07a", "#cfa43a"),
                ((8, 0.8), (11, 1.9), (14, 4.6), (18, 20.0)),
            ),
            DrawnClass(
                Text(en="Third class", nl="Derde klasse", fr="Troisième classe", de="Dritte Klasse"),
                ("thirdClass",),
                Themed("#fbf4bd", "#cfc9a0", "#ece3ae"),
                ((9, 0.7), (11, 1.4), (14, 4.0), (18, 18.0)),
            ),
            DrawnClass(
                Text(
                    en="Other roads and streets",
                    nl="Andere wegen en straten",
                    fr="Autres routes et rues",
                    de="Übrige Straßen",
                ),
                ("fourthClass", "fifthClass"),
                Themed("#ffffff", "#67757e", "#ffffff"),
                ((11, 0.8), (13, 1.6), (14, 2.6), (18, 15.0)),
            ),
            DrawnClass(
                Text(en="Tracks and paths", nl="Veld- en voetwegen", fr="Chemins et sentiers", de="Feld- und Fußwege"),
                ("sixthClass", "seventhClass", "eighthClass", "ninthClass"),
                Themed("#efe9df", "#64727b", "#b9b4aa"),
                ((12, 0.5), (14, 1.1), (18, 5.0)),
            ),
            DrawnClass(
                Text(en="Class unknown", nl="Klasse onbekend", fr="Classe inconnue", de="Klasse unbekannt"),
                (),
                Themed("#8a7a66", "#97765a", "#6b6b6b"),
                ((0, 0.15), (5, 0.6), (8, 1.5), (11, 2.2), (14, 3.4), (18, 12.0)),
            ),
        ),
        class_field="functionalRoadClass",
        casing=Themed("#878b8a", "#0b1114", "#3a3a3a"),
        casing_widths=((9, 0.3), (11, 0.6), (14, 0.8), (18, 1.5)),
        faded_field="tunnel",
    ),
    name_field="name",
    name_zoom=13,
    ink=INK,
    plates=(
        Plate(
            "europeanRoadNumber",
            Themed("shield-european", "shield-european", "shield"),
            8,
            Themed("#ffffff", "#ffffff", "#111111"),
            Themed("#00704f", "#00704f", "#ffffff"),
            Themed("#ffffff", "#ffffff", "#5b6770"),
        ),
        Plate(
            "nationalRoadCode",
            Themed("shield", "shield-dark", "shield"),
            10,
            Themed("#20282e", "#f2f5f6", "#111111"),
            Themed("#ffffff", "#1b262d", "#ffffff"),
            Themed("#5b6770", "#9aa8b1", "#5b6770"),
        ),
    ),
)

RAILWAYS = Symbology(
    Lines(
        one_class(
            Text(en="Railway", nl="Spoorweg", fr="Voie ferrée", de="Bahnstrecke"),
            Themed("#ffffff", "#10181d", "#ffffff"),
            ((8, 0.5), (12, 1.2), (14, 1.8), (18, 5.0)),
        ),
        casing=Themed("#4d565c", "#9fb0ba", "#1f1f1f"),
        casing_widths=((0, 0.08), (5, 0.25), (7, 0.5), (8, 0.4), (10, 0.6), (14, 0.9), (18, 1.6)),
        dash=(6.0, 6.0),
    ),
    name_field="name",
    name_zoom=13,
    ink=INK,
)

SEA_LANES = Symbology(
    Lines(
        one_class(
            Text(en="Sea lane", nl="Zeeroute", fr="Route maritime", de="Seeweg"),
            Themed("#0072b2", "#56b4e9", "#00466e"),
            ((0, 0.4), (5, 1.0), (10, 1.8), (16, 3.0)),
        ),
        dash=(2.0, 2.5),
    ),
    name_field="passage",
    name_zoom=5,
    ink=Themed("#00507d", "#9fd3f2", "#00344f"),
)

PORTS = Symbology(
    Points(
        one_class(
            Text(en="Port", nl="Haven", fr="Port", de="Hafen"),
            Themed("#0072b2", "#2b8fd0", "#002744"),
            ((2, 1.7), (5, 2.6), (7, 4.0), (8, 8.0), (14, 11.0)),
        ),
        HALO,
        icon="port",
        icon_zoom=8,
    ),
    name_field="name",
    name_zoom=7,
    ink=Themed("#004b76", "#a5d6f4", "#00304d"),
)

AIRPORTS = Symbology(
    Points(
        one_class(
            Text(en="Airport", nl="Luchthaven", fr="Aéroport", de="Flughafen"),
            Themed("#a3407a", "#bf6d9b", "#c16ea7"),
            ((2, 1.7), (5, 2.6), (7, 4.0), (8, 8.0), (14, 11.0)),
        ),
        HALO,
        icon="airport",
        icon_zoom=8,
    ),
    name_field="name",
    name_zoom=9,
    ink=Themed("#7c2c5c", "#eab8d3", "#5c1f43"),
)

AREAS = Symbology(
    Areas(
        Text(en="Area", nl="Gebied", fr="Zone", de="Gebiet"),
        Themed("#7a6db0", "#a89cd8", "#5c4f94"),
        Themed(0.12, 0.12, 0.0),
        Themed("#5c4f94", "#b9aee6", "#3d3470"),
        ((2, 0.4), (8, 1.0), (14, 2.0)),
    ),
    name_field="name",
    name_zoom=9,
    ink=Themed("#453a75", "#d3cbf3", "#2d2560"),
)

BUILDINGS = Symbology(
    Areas(
        Text(en="Building", nl="Gebouw", fr="Bâtiment", de="Gebäude"),
        Themed("#cdbfae", "#4b443c", "#6b6b6b"),
        Themed(0.85, 0.85, 0.12),
        Themed("#9c8b76", "#7b6f62", "#4a4a4a"),
        ((12, 0.2), (16, 0.8)),
    ),
    name_field="name",
    name_zoom=16,
    ink=Themed("#5b4e3d", "#d6c9b8", "#333333"),
)

_FACILITY = Text(en="Port facility", nl="Havenvoorziening", fr="Installation portuaire", de="Hafenanlage")
_FACILITY_COLOUR = Themed("#00538a", "#6fbdf0", "#00416d")

PORT_FACILITIES = Symbology(
    Mixed(
        _FACILITY,
        Areas(
            _FACILITY, _FACILITY_COLOUR, Themed(0.25, 0.25, 0.08), _FACILITY_COLOUR, ((8, 0.4), (12, 0.8), (16, 1.6))
        ),
        Lines(one_class(_FACILITY, _FACILITY_COLOUR, ((5, 0.6), (11, 1.4), (14, 2.6), (18, 7.0)))),
        Points(one_class(_FACILITY, _FACILITY_COLOUR, ((5, 1.2), (10, 2.5), (14, 4.5))), HALO),
    ),
    name_field="name",
    name_zoom=13,
    ink=Themed("#00416d", "#a5d6f4", "#002c4a"),
)

RUNWAYS = Symbology(
    Lines(
        (
            DrawnClass(
                Text(en="Runway", nl="Start- en landingsbaan", fr="Piste", de="Start- und Landebahn"),
                ("runway",),
                Themed("#6d7078", "#9aa3ab", "#6a6a6a"),
                ((8, 1.2), (11, 2.5), (14, 9.0), (18, 40.0)),
            ),
            DrawnClass(
                Text(en="Taxiway", nl="Taxibaan", fr="Voie de circulation", de="Rollbahn"),
                ("taxiway",),
                Themed("#888b93", "#6b747c", "#919191"),
                ((11, 0.6), (14, 3.0), (18, 14.0)),
            ),
            DrawnClass(
                Text(
                    en="Runway or taxiway",
                    nl="Start- of taxibaan",
                    fr="Piste ou voie de circulation",
                    de="Start- oder Rollbahn",
                ),
                (),
                Themed("#8a7a66", "#97765a", "#888888"),
                ((8, 0.8), (14, 5.0), (18, 20.0)),
            ),
        ),
        class_field="kind",
    ),
    name_field="name",
    name_zoom=13,
    ink=INK,
)

ROAD_NODES = Symbology(
    Points(
        one_class(
            Text(en="Road node", nl="Wegknoop", fr="Nœud routier", de="Straßenknoten"),
            Themed("#3b444b", "#d6dfe4", "#222222"),
            ((8, 0.3), (12, 0.6), (14, 1.2), (16, 3.0), (18, 5.0)),
        ),
        HALO,
    ),
    ink=INK,
)

_ACCIDENT = Text(en="Accident", nl="Ongeval", fr="Accident", de="Unfall")
# Most accidents are slight: small, so that they do not hide the rest. The worse, the farther from the shade of paper.
_SEVERITIES: dict[str, tuple[Themed[str], Stops]] = {
    "fatal": (Themed("#33060c", "#fff0e6", "#000000"), ((5, 2.05), (10, 3.3), (14, 7.0), (18, 13.0))),
    "serious": (Themed("#a5130f", "#f87961", "#820505"), ((5, 1.5), (10, 2.4), (14, 4.6), (18, 9.0))),
    "slight": (Themed("#c8502c", "#d35f4a", "#c05c36"), ((5, 1.1), (10, 1.75), (14, 2.9), (18, 5.8))),
    "unhurt": (Themed("#948a86", "#82685f", "#979291"), ((5, 0.8), (10, 1.3), (14, 2.1), (18, 4.2))),
}
ACCIDENTS = Symbology(
    Points(
        (
            *(
                DrawnClass(_ACCIDENT.noted(code.title), (code.value,), *_SEVERITIES[code.value])
                for code in SEVERITY.codes
            ),
            DrawnClass(
                _ACCIDENT.noted(
                    Text(
                        en="of unknown severity",
                        nl="van onbekende ernst",
                        fr="de gravité inconnue",
                        de="von unbekannter Schwere",
                    )
                ),
                (),
                Themed("#66707a", "#8a969f", "#606870"),
                _SEVERITIES["slight"][1],
            ),
        ),
        HALO,
        class_field="severity",
    ),
    ink=Themed("#7d1a14", "#ffb3ab", "#5f0f0b"),
)

TRAFFIC_COUNTS = Symbology(
    Points(
        one_class(
            Text(en="Counting site", nl="Verkeersmeetpunt", fr="Point de comptage", de="Zählstelle"),
            Themed("#006244", "#3fcaa0", "#15614a"),
            ((5, 1.8), (10, 3.5), (14, 6.5), (18, 9.0)),
        ),
        HALO,
    ),
    name_field="name",
    name_zoom=13,
    ink=Themed("#005a43", "#a2ead2", "#003b2b"),
)

TRAFFIC_VOLUMES = Symbology(
    Points(
        one_class(
            Text(en="Traffic volume", nl="Verkeersvolume", fr="Volume de trafic", de="Verkehrsmenge"),
            Themed("#967919", "#e3c34a", "#866c17"),
            ((5, 1.2), (10, 2.2), (14, 4.0), (18, 8.0)),
        ),
        HALO,
    ),
    ink=Themed("#5f4b00", "#f0dd93", "#4a3b00"),
)

# In the order they are drawn: what comes later lies above.
SYMBOLOGIES = {
    "areas": AREAS,
    "buildings": BUILDINGS,
    "sea-lanes": SEA_LANES,
    "railways": RAILWAYS,
    "runways": RUNWAYS,
    "port-facilities": PORT_FACILITIES,
    "roads": ROADS,
    "road-nodes": ROAD_NODES,
    "traffic-volumes": TRAFFIC_VOLUMES,
    "traffic-counts": TRAFFIC_COUNTS,
    "accidents": ACCIDENTS,
    "ports": PORTS,
    "airports": AIRPORTS,
}

ELEVATION_TINTS = (
    (-100, "#7fa38c"),
    (0, "#9dbf9e"),
    (100, "#b7cfa3"),
    (250, "#d3dfb0"),
    (500, "#ece7bd"),
    (1000, "#e0cb9b"),
    (1500, "#cdac7c"),
    (2000, "#b68e68"),
    (3000, "#a98c80"),
    (4500, "#f5f2f0"),
)
"""Metres and their colour, between which others are mixed: told apart by lightness where hues do not."""
LIGHT_AZIMUTH, LIGHT_ALTITUDE = 315, 45
"""Whence light falls on hills, as on printed maps: degrees clockwise from north, and above the horizon."""
DARKEST, LIGHTEST = 0.60, 0.45
"""How much of what lies below the deepest shadow, and the brightest light, hide."""
