"""The railway network. Source: INSPIRE data specification on Transport Networks (D2.8.I.7)."""

from otn.model import codelists
from otn.model.collection import Collection, GeometryKind
from otn.model.common_fields import INSPIRE_ID, LENGTH, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import LINE_RULE

_RAIL = "http://inspire.ec.europa.eu/schemas/tn-ra/4.0#"

RAILWAYS = Collection(
    "railways",
    GeometryKind.LINE_STRING,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "railwayType",
            Kind.CODE,
            Text(en="Type of railway", nl="Type spoorweg", fr="Type de voie ferrée", de="Art der Bahn"),
            _RAIL + "type",
            "The kind of railway.",
            codelist=codelists.RAILWAY_TYPE,
            indexed=True,
        ),
        LENGTH,
        *LIFE_AND_ORIGIN,
    ),
    LINE_RULE,
)
