"""Ports and sea lanes.

Sources: INSPIRE data specification on Transport Networks (D2.8.I.7), UN/LOCODE, World Port Index.
"""

from otn.model import place_codelists
from otn.model.collection import Collection, GeometryKind
from otn.model.common_fields import COUNTRY, INSPIRE_ID, LENGTH, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import FACILITY_RULE, LINE_RULE, PORT_RULE

_DCTERMS = "http://purl.org/dc/terms/"
_SCHEMA = "https://schema.org/"
_OWN = "urn:otn:term:"

_UN_LOCODE = Field(
    "unLocode",
    Kind.TEXT,
    Text(en="UN/LOCODE", nl="UN/LOCODE", fr="UN/LOCODE", de="UN/LOCODE"),
    "https://vocabulary.uncefact.org/UNLOCODE",
    "United Nations code for trade and transport locations: two letters of the country, three of the place.",
    pattern="[A-Z]{2}[A-Z2-9]{3}",
    indexed=True,
)

PORTS = Collection(
    "ports",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        _UN_LOCODE,
        Field(
            "harbourSize",
            Kind.CODE,
            Text(en="Size of harbour", nl="Grootte van de haven", fr="Taille du port", de="Größe des Hafens"),
            _OWN + "harbourSize",
            "The size of the harbour, by the World Port Index.",
            codelist=place_codelists.HARBOUR_SIZE,
        ),
        Field(
            "channelDepth",
            Kind.NUMBER,
            Text(en="Channel depth", nl="Diepte van de vaargeul", fr="Profondeur du chenal", de="Tiefe der Fahrrinne"),
            _OWN + "channelDepth",
            "The controlling depth of the channel at chart datum; feet and fathoms are converted.",
            unit="m",
            minimum=0,
            maximum=200,
        ),
        COUNTRY,
        *LIFE_AND_ORIGIN,
    ),
    PORT_RULE,
)

PORT_FACILITIES = Collection(
    "port-facilities",
    GeometryKind.ANY,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "kind",
            Kind.CODE,
            Text(en="Type of facility", nl="Type voorziening", fr="Type d'installation", de="Art der Anlage"),
            _DCTERMS + "type",
            "What the facility is.",
            codelist=place_codelists.PORT_FACILITY_KIND,
            indexed=True,
        ),
        Field(
            "port",
            Kind.TEXT,
            Text(en="Port", nl="Haven", fr="Port", de="Hafen"),
            _SCHEMA + "containedInPlace",
            "The port it belongs to, as the publisher names it.",
            indexed=True,
        ),
        _UN_LOCODE,
        LENGTH,
        Field(
            "depth",
            Kind.NUMBER,
            Text(en="Depth", nl="Diepte", fr="Profondeur", de="Tiefe"),
            _SCHEMA + "depth",
            "The depth of water at the facility.",
            unit="m",
            minimum=0,
            maximum=200,
        ),
        *LIFE_AND_ORIGIN,
    ),
    FACILITY_RULE,
)

SEA_LANES = Collection(
    "sea-lanes",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "passage",
            Kind.TEXT,
            Text(en="Passage", nl="Doorgang", fr="Passage", de="Passage"),
            "https://www.wikidata.org/entity/Q37901",
            "The strait or canal the lane passes, as the source names it.",
            indexed=True,
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    LINE_RULE,
)
