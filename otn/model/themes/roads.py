"""The road network.

Sources: INSPIRE data specification on Transport Networks (D2.8.I.7), the RoadLink and RoadNode tables of the Open
Transport Map (OSM to OTM mapping).
"""

from otn.model import codelists
from otn.model.collection import Collection, GeometryKind
from otn.model.common_fields import INSPIRE_ID, LENGTH, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import NODE_RULE, ROAD_RULE

_TN = "http://inspire.ec.europa.eu/schemas/tn/4.0#"
_NET = "http://inspire.ec.europa.eu/schemas/net/4.0#"
_ROAD = "http://inspire.ec.europa.eu/schemas/tn-ro/4.0#"
_OSM = "https://wiki.openstreetmap.org/wiki/Key:"
_OWN = "urn:otn:term:"

ROADS = Collection(
    "roads",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "nationalRoadCode",
            Kind.TEXT,
            Text(
                en="National road code",
                nl="Nationaal wegnummer",
                fr="Code national de la route",
                de="Nationale Straßennummer",
            ),
            _ROAD + "nationalRoadCode",
            "The number of the road in its country; several are separated by a semicolon.",
            indexed=True,
            multiple=True,
        ),
        Field(
            "europeanRoadNumber",
            Kind.TEXT,
            Text(
                en="European road number",
                nl="Europees wegnummer",
                fr="Numéro de route européenne",
                de="Europastraßennummer",
            ),
            _ROAD + "europeanRouteNumber",
            "The number of the E-road; several are separated by a semicolon.",
            indexed=True,
            multiple=True,
        ),
        Field(
            "functionalRoadClass",
            Kind.CODE,
            Text(
                en="Functional road class",
                nl="Functionele wegklasse",
                fr="Classe fonctionnelle de la route",
                de="Funktionale Straßenklasse",
            ),
            _ROAD + "functionalClass",
            "The importance of the road in the network.",
            codelist=codelists.FUNCTIONAL_ROAD_CLASS,
            indexed=True,
        ),
        Field(
            "formOfWay",
            Kind.CODE,
            Text(en="Form of way", nl="Wegvorm", fr="Forme de la voie", de="Straßenform"),
            _ROAD + "formOfWay",
            "The physical form of the road.",
            codelist=codelists.FORM_OF_WAY,
            indexed=True,
        ),
        Field(
            "surface",
            Kind.CODE,
            Text(en="Surface", nl="Verharding", fr="Revêtement", de="Oberfläche"),
            _ROAD + "surfaceCategory",
            "Whether the road is paved.",
            codelist=codelists.ROAD_SURFACE_CATEGORY,
        ),
        Field(
            "speedLimit",
            Kind.INTEGER,
            Text(en="Speed limit", nl="Snelheidslimiet", fr="Limitation de vitesse", de="Höchstgeschwindigkeit"),
            _ROAD + "speedLimitMinMaxValue",
            "Maximum speed; limits in miles per hour are converted and rounded.",
            unit="km/h",
            minimum=1,
            maximum=200,
        ),
        Field(
            "direction",
            Kind.CODE,
            Text(en="Direction of traffic", nl="Rijrichting", fr="Sens de circulation", de="Fahrtrichtung"),
            _TN + "direction",
            "The direction of traffic relative to the direction of the line.",
            codelist=codelists.LINK_DIRECTION,
        ),
        Field(
            "lanes",
            Kind.INTEGER,
            Text(en="Number of lanes", nl="Aantal rijstroken", fr="Nombre de voies", de="Anzahl der Fahrstreifen"),
            _ROAD + "numberOfLanes",
            "Lanes in all, both directions together.",
            minimum=1,
            maximum=30,
        ),
        Field(
            "maximumHeight",
            Kind.NUMBER,
            Text(en="Maximum height", nl="Maximale hoogte", fr="Hauteur maximale", de="Maximale Höhe"),
            "http://inspire.ec.europa.eu/codelist/RestrictionTypeValue/maximumHeight",
            "Maximum height of a vehicle.",
            unit="m",
            minimum=0.5,
            maximum=30,
        ),
        Field(
            "maximumWeight",
            Kind.NUMBER,
            Text(en="Maximum weight", nl="Maximaal gewicht", fr="Poids maximal", de="Maximales Gewicht"),
            "http://inspire.ec.europa.eu/codelist/RestrictionTypeValue/maximumTotalWeight",
            "Maximum total weight of a vehicle.",
            unit="t",
            minimum=0.1,
            maximum=500,
        ),
        Field(
            "maximumWidth",
            Kind.NUMBER,
            Text(en="Maximum width", nl="Maximale breedte", fr="Largeur maximale", de="Maximale Breite"),
            "http://inspire.ec.europa.eu/codelist/RestrictionTypeValue/maximumWidth",
            "Maximum width of a vehicle.",
            unit="m",
            minimum=0.3,
            maximum=30,
        ),
        Field(
            "bridge",
            Kind.BOOLEAN,
            Text(en="Bridge", nl="Brug", fr="Pont", de="Brücke"),
            _OSM + "bridge",
            "Whether the road runs over a bridge.",
        ),
        Field(
            "tunnel",
            Kind.BOOLEAN,
            Text(en="Tunnel", nl="Tunnel", fr="Tunnel", de="Tunnel"),
            _OSM + "tunnel",
            "Whether the road runs through a tunnel.",
        ),
        Field(
            "level",
            Kind.INTEGER,
            Text(en="Level", nl="Niveau", fr="Niveau", de="Ebene"),
            _OSM + "layer",
            "The level relative to the ground, 0: lines of different levels cross without meeting.",
            minimum=-20,
            maximum=20,
        ),
        Field(
            "fromNode",
            Kind.TEXT,
            Text(en="From node", nl="Van knoop", fr="Nœud initial", de="Anfangsknoten"),
            _NET + "startNode",
            "The road node, by localId in the same dataset, where the line begins.",
            indexed=True,
        ),
        Field(
            "toNode",
            Kind.TEXT,
            Text(en="To node", nl="Naar knoop", fr="Nœud final", de="Endknoten"),
            _NET + "endNode",
            "The road node, by localId in the same dataset, where the line ends.",
            indexed=True,
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    ROAD_RULE,
)

ROAD_NODES = Collection(
    "road-nodes",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "formOfRoadNode",
            Kind.CODE,
            Text(
                en="Form of road node",
                nl="Vorm van de wegknoop",
                fr="Forme du nœud routier",
                de="Form des Straßenknotens",
            ),
            _ROAD + "formOfRoadNode",
            "What the node is in the road network.",
            codelist=codelists.FORM_OF_ROAD_NODE,
            indexed=True,
        ),
        Field(
            "numberOfLinks",
            Kind.INTEGER,
            Text(en="Number of links", nl="Aantal schakels", fr="Nombre de tronçons", de="Anzahl der Abschnitte"),
            _OWN + "numberOfLinks",
            "The ends of road links that meet here.",
            minimum=0,
        ),
        *LIFE_AND_ORIGIN,
    ),
    NODE_RULE,
)
