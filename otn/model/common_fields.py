"""The fields that several collections have."""

from otn.model.fields import Field, Kind
from otn.model.text import Text

_TN = "http://inspire.ec.europa.eu/schemas/tn/4.0#"
_NET = "http://inspire.ec.europa.eu/schemas/net/4.0#"
_DCTERMS = "http://purl.org/dc/terms/"
_LOCN = "http://www.w3.org/ns/locn#"

IDENTIFIER = Field(
    "id",
    Kind.INTEGER,
    Text(en="Identifier", nl="Identificator", fr="Identifiant", de="Identifikator"),
    _DCTERMS + "identifier",
    "The identifier of the feature: it never changes and is never given to another.",
    required=True,
    indexed=True,
)
"""Every feature has it beside its properties."""

LOCAL_ID = Field(
    "localId",
    Kind.TEXT,
    Text(en="Local identifier", nl="Lokale identificator", fr="Identifiant local", de="Lokaler Identifikator"),
    "http://inspire.ec.europa.eu/schemas/base/3.3#localId",
    "The publisher's own identifier of the object.",
    required=True,
    indexed=True,
)
INSPIRE_ID = Field(
    "inspireId",
    Kind.TEXT,
    Text(en="INSPIRE identifier", nl="INSPIRE-identificator", fr="Identifiant INSPIRE", de="INSPIRE-Identifikator"),
    _NET + "inspireId",
    "The identifier of the object across all publishers: the dataset's namespace and the local identifier.",
    required=True,
    indexed=True,
)
NAME = Field(
    "name",
    Kind.TEXT,
    Text(en="Name", nl="Naam", fr="Nom", de="Name"),
    _TN + "geographicalName",
    "The name as the publisher spells it.",
    indexed=True,
)
LENGTH = Field(
    "length",
    Kind.NUMBER,
    Text(en="Length", nl="Lengte", fr="Longueur", de="Länge"),
    "http://www.opengis.net/def/function/geosparql/metricLength",
    "Geodesic length on the WGS 84 ellipsoid, computed from the geometry.",
    unit="m",
    minimum=0,
)
COUNTRY = Field(
    "country",
    Kind.TEXT,
    Text(en="Country", nl="Land", fr="Pays", de="Land"),
    _LOCN + "adminUnitL1",
    "ISO 3166-1 alpha-2 code of the country.",
    pattern="[A-Z]{2}",
    indexed=True,
)

LIFE_AND_ORIGIN = (
    Field(
        "validFrom",
        Kind.INSTANT,
        Text(en="Valid from", nl="Geldig vanaf", fr="Valable à partir de", de="Gültig ab"),
        _TN + "validFrom",
        "When the object came into being in the real world; null where the publisher does not say.",
    ),
    Field(
        "validTo",
        Kind.INSTANT,
        Text(en="Valid to", nl="Geldig tot", fr="Valable jusqu'au", de="Gültig bis"),
        _TN + "validTo",
        "When the object ceased to exist in the real world; null while it exists or where the publisher does not say.",
    ),
    Field(
        "dataset",
        Kind.TEXT,
        Text(en="Dataset", nl="Dataset", fr="Jeu de données", de="Datensatz"),
        _DCTERMS + "isPartOf",
        "The dataset the object comes from, as <region>/<name>.",
        required=True,
        indexed=True,
    ),
    Field(
        "region",
        Kind.TEXT,
        Text(en="Region", nl="Regio", fr="Région", de="Region"),
        _DCTERMS + "spatial",
        "The partner region the object lies in; `elsewhere` where it lies in none.",
        required=True,
        indexed=True,
    ),
    Field(
        "licence",
        Kind.TEXT,
        Text(en="Licence", nl="Licentie", fr="Licence", de="Lizenz"),
        _DCTERMS + "license",
        "The licence of the object's dataset, by its SPDX identifier; it tells share-alike data from the rest.",
        required=True,
    ),
    Field(
        "sourceCodes",
        Kind.OBJECT,
        Text(en="Codes at the source", nl="Broncodes", fr="Codes de la source", de="Codes der Quelle"),
        _DCTERMS + "source",
        "What the publisher wrote, by the publisher's own names, where OTN mapped, converted or left it out.",
    ),
)
