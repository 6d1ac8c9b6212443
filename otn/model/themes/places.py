"""Areas and buildings.

Sources: INSPIRE data specifications on Administrative Units (D2.8.I.4) and Buildings (D2.8.III.2).
"""

from otn.model import place_codelists
from otn.model.collection import Collection, GeometryKind
from otn.model.common_fields import COUNTRY, INSPIRE_ID, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import AREA_RULE, BUILDING_RULE

_UNITS = "http://inspire.ec.europa.eu/schemas/au/4.0#"
_BUILDING = "http://inspire.ec.europa.eu/schemas/bu-base/4.0#"
_DCTERMS = "http://purl.org/dc/terms/"

AREAS = Collection(
    "areas",
    GeometryKind.MULTI_POLYGON,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "kind",
            Kind.CODE,
            Text(en="Type of area", nl="Type gebied", fr="Type de zone", de="Art des Gebiets"),
            _DCTERMS + "type",
            "What the area is.",
            codelist=place_codelists.AREA_KIND,
            indexed=True,
        ),
        Field(
            "code",
            Kind.TEXT,
            Text(en="Code", nl="Code", fr="Code", de="Code"),
            _UNITS + "nationalCode",
            "The code of the area: NUTS, where it has one, else the publisher's.",
            indexed=True,
        ),
        COUNTRY,
        Field(
            "population",
            Kind.INTEGER,
            Text(en="Population", nl="Inwoners", fr="Population", de="Einwohner"),
            "http://dbpedia.org/ontology/populationTotal",
            "The number of people who live there.",
            minimum=0,
        ),
        *LIFE_AND_ORIGIN,
    ),
    AREA_RULE,
)

BUILDINGS = Collection(
    "buildings",
    GeometryKind.MULTI_POLYGON,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "use",
            Kind.TEXT,
            Text(en="Use", nl="Gebruik", fr="Usage", de="Nutzung"),
            _BUILDING + "currentUse",
            "What the building is used for, as the publisher says it.",
            indexed=True,
        ),
        Field(
            "height",
            Kind.NUMBER,
            Text(en="Height", nl="Hoogte", fr="Hauteur", de="Höhe"),
            _BUILDING + "heightAboveGround",
            "The height above the ground.",
            unit="m",
            minimum=0.1,
            maximum=1000,
        ),
        Field(
            "floors",
            Kind.INTEGER,
            Text(en="Floors", nl="Bouwlagen", fr="Étages", de="Geschosse"),
            _BUILDING + "numberOfFloorsAboveGround",
            "Floors above the ground.",
            minimum=0,
            maximum=200,
        ),
        *LIFE_AND_ORIGIN,
    ),
    BUILDING_RULE,
)
