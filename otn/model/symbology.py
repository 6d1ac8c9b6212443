"""How the features of each collection are drawn: declared once, for maps in browsers and for QGIS.

Colours are those of Okabe and Ito (Color Universal Design, 2008), darkened or lightened until they stand out from the
paper they lie on; no two classes differ by hue alone: width and casing tell them apart too.
"""

from otn.model.drawing import Areas, LineClass, Lines, Mixed, Plate, Points, Symbology, Themed
from otn.model.text import Text

HALO = Themed("#ffffff", "#10181d")
_INK = Themed("#2b3238", "#e3eaee")
_PLATE_INK = Themed("#20282e", "#f2f5f6")
_WHITE = Themed("#ffffff", "#ffffff")

ROADS = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Main road", nl="Hoofdweg", fr="Route principale", de="Hauptstraße"),
                ("mainRoad",),
                Themed("#d55e00", "#e8641b"),
                ((4, 0.7), (8, 1.8), (11, 3.0), (14, 6.0), (18, 24.0)),
            ),
            LineClass(
                Text(en="First class", nl="Eerste klasse", fr="Première classe", de="Erste Klasse"),
                ("firstClass",),
                Themed("#e69f00", "#e9aa2b"),
                ((6, 0.6), (8, 1.2), (11, 2.4), (14, 5.2), (18, 22.0)),
            ),
            LineClass(
                Text(en="Second class", nl="Tweede klasse", fr="Deuxième classe", de="Zweite Klasse"),
                ("secondClass",),
                Themed("#f4e04d", "#efe07a"),
                ((8, 0.8), (11, 1.9), (14, 4.6), (18, 20.0)),
            ),
            LineClass(
                Text(en="Third class", nl="Derde klasse", fr="Troisième classe", de="Dritte Klasse"),
                ("thirdClass",),
                Themed("#fbf4bd", "#cfc9a0"),
                ((9, 0.7), (11, 1.4), (14, 4.0), (18, 18.0)),
            ),
            LineClass(
                Text(
                    en="Other roads and streets",
                    nl="Andere wegen en straten",
                    fr="Autres routes et rues",
                    de="Übrige Straßen",
                ),
                ("fourthClass", "fifthClass"),
                Themed("#ffffff", "#67757e"),
                ((11, 0.8), (13, 1.6), (14, 2.6), (18, 15.0)),
            ),
            LineClass(
                Text(en="Tracks and paths", nl="Veld- en voetwegen", fr="Chemins et sentiers", de="Feld- und Fußwege"),
                ("sixthClass", "seventhClass", "eighthClass", "ninthClass"),
                Themed("#efe9df", "#4a575f"),
                ((12, 0.5), (14, 1.1), (18, 5.0)),
            ),
            LineClass(
                Text(en="Class unknown", nl="Klasse onbekend", fr="Classe inconnue", de="Klasse unbekannt"),
                (),
                Themed("#8a7a66", "#97765a"),
                ((0, 0.15), (5, 0.6), (8, 1.5), (11, 2.2), (14, 3.4), (18, 12.0)),
            ),
        ),
        class_field="functionalRoadClass",
        casing=Themed("#8b8f8e", "#0b1114"),
        casing_widths=((9, 0.3), (11, 0.6), (14, 0.8), (18, 1.5)),
        faded_field="tunnel",
    ),
    name_field="name",
    name_zoom=13,
    ink=_INK,
    plates=(
        Plate("europeanRoadNumber", Themed("shield-european", "shield-european"), 8, _WHITE),
        Plate("nationalRoadCode", Themed("shield", "shield-dark"), 10, _PLATE_INK),
    ),
)

RAILWAYS = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Railway", nl="Spoorweg", fr="Voie ferrée", de="Bahnstrecke"),
                (),
                Themed("#ffffff", "#10181d"),
                ((8, 0.5), (12, 1.2), (14, 1.8), (18, 5.0)),
            ),
        ),
        casing=Themed("#4d565c", "#9fb0ba"),
        casing_widths=((0, 0.08), (5, 0.25), (7, 0.5), (8, 0.4), (10, 0.6), (14, 0.9), (18, 1.6)),
        dash=(6.0, 6.0),
    ),
    name_field="name",
    name_zoom=13,
    ink=_INK,
)

SEA_LANES = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Sea lane", nl="Zeeroute", fr="Route maritime", de="Seeweg"),
                (),
                Themed("#0072b2", "#56b4e9"),
                ((0, 0.4), (5, 1.0), (10, 1.8), (16, 3.0)),
            ),
        ),
        dash=(2.0, 2.5),
    ),
    name_field="passage",
    name_zoom=5,
    ink=Themed("#00507d", "#9fd3f2"),
)

PORTS = Symbology(
    Points(
        Text(en="Port", nl="Haven", fr="Port", de="Hafen"),
        Themed("#0072b2", "#2b8fd0"),
        HALO,
        ((2, 1.7), (5, 2.6), (7, 4.0), (8, 8.0), (14, 11.0)),
        icon="port",
        icon_zoom=8,
    ),
    name_field="name",
    name_zoom=7,
    ink=Themed("#004b76", "#a5d6f4"),
)

AIRPORTS = Symbology(
    Points(
        Text(en="Airport", nl="Luchthaven", fr="Aéroport", de="Flughafen"),
        Themed("#a3407a", "#cc79a7"),
        HALO,
        ((2, 1.7), (5, 2.6), (7, 4.0), (8, 8.0), (14, 11.0)),
        icon="airport",
        icon_zoom=8,
    ),
    name_field="name",
    name_zoom=9,
    ink=Themed("#7c2c5c", "#eab8d3"),
)

AREAS = Symbology(
    Areas(
        Text(en="Area", nl="Gebied", fr="Zone", de="Gebiet"),
        Themed("#7a6db0", "#a89cd8"),
        0.12,
        Themed("#5c4f94", "#b9aee6"),
        ((2, 0.4), (8, 1.0), (14, 2.0)),
    ),
    name_field="name",
    name_zoom=9,
    ink=Themed("#453a75", "#d3cbf3"),
)

BUILDINGS = Symbology(
    Areas(
        Text(en="Building", nl="Gebouw", fr="Bâtiment", de="Gebäude"),
        Themed("#cdbfae", "#4b443c"),
        0.85,
        Themed("#9c8b76", "#7b6f62"),
        ((12, 0.2), (16, 0.8)),
    ),
    name_field="name",
    name_zoom=16,
    ink=Themed("#5b4e3d", "#d6c9b8"),
)

_FACILITY = Text(en="Port facility", nl="Havenvoorziening", fr="Installation portuaire", de="Hafenanlage")
_FACILITY_COLOUR = Themed("#00538a", "#6fbdf0")

PORT_FACILITIES = Symbology(
    Mixed(
        _FACILITY,
        Areas(_FACILITY, _FACILITY_COLOUR, 0.25, _FACILITY_COLOUR, ((8, 0.4), (12, 0.8), (16, 1.6))),
        Lines((LineClass(_FACILITY, (), _FACILITY_COLOUR, ((5, 0.6), (11, 1.4), (14, 2.6), (18, 7.0))),)),
        Points(_FACILITY, _FACILITY_COLOUR, HALO, ((5, 1.2), (10, 2.5), (14, 4.5))),
    ),
    name_field="name",
    name_zoom=13,
    ink=Themed("#00416d", "#a5d6f4"),
)

RUNWAYS = Symbology(
    Lines(
        (
            LineClass(
                Text(en="Runway", nl="Start- en landingsbaan", fr="Piste", de="Start- und Landebahn"),
                ("runway",),
                Themed("#6d7078", "#9aa3ab"),
                ((8, 1.2), (11, 2.5), (14, 9.0), (18, 40.0)),
            ),
            LineClass(
                Text(en="Taxiway", nl="Taxibaan", fr="Voie de circulation", de="Rollbahn"),
                ("taxiway",),
                Themed("#9a9da4", "#6b747c"),
                ((11, 0.6), (14, 3.0), (18, 14.0)),
            ),
            LineClass(
                Text(
                    en="Runway or taxiway",
                    nl="Start- of taxibaan",
                    fr="Piste ou voie de circulation",
                    de="Start- oder Rollbahn",
                ),
                (),
                Themed("#8a7a66", "#97765a"),
                ((8, 0.8), (14, 5.0), (18, 20.0)),
            ),
        ),
        class_field="kind",
    ),
    name_field="name",
    name_zoom=13,
    ink=_INK,
)

ROAD_NODES = Symbology(
    Points(
        Text(en="Road node", nl="Wegknoop", fr="Nœud routier", de="Straßenknoten"),
        Themed("#3b444b", "#d6dfe4"),
        HALO,
        ((8, 0.5), (12, 1.2), (15, 3.0), (18, 5.0)),
    ),
    ink=_INK,
)

ACCIDENTS = Symbology(
    Points(
        Text(en="Accident", nl="Ongeval", fr="Accident", de="Unfall"),
        Themed("#b3261e", "#ff7d70"),
        HALO,
        ((5, 1.4), (10, 2.4), (14, 5.0), (18, 8.0)),
    ),
    ink=Themed("#7d1a14", "#ffb3ab"),
)

TRAFFIC_COUNTS = Symbology(
    Points(
        Text(en="Counting site", nl="Verkeersmeetpunt", fr="Point de comptage", de="Zählstelle"),
        Themed("#00795a", "#3fcaa0"),
        HALO,
        ((5, 1.8), (10, 3.5), (14, 6.5), (18, 9.0)),
    ),
    name_field="name",
    name_zoom=13,
    ink=Themed("#005a43", "#a2ead2"),
)

TRAFFIC_VOLUMES = Symbology(
    Points(
        Text(en="Traffic volume", nl="Verkeersvolume", fr="Volume de trafic", de="Verkehrsmenge"),
        Themed("#8a6d00", "#e3c34a"),
        HALO,
        ((5, 1.2), (10, 2.2), (14, 4.0), (18, 6.0)),
    ),
    ink=Themed("#5f4b00", "#f0dd93"),
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
