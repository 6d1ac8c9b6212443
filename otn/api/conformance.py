"""The conformance classes that the service meets, by standard: declared is what works, no more and no less.

Part 5 of Features became Part 3 of Common when it was approved (23-058r2). Clients look for the one name or the other:
QGIS for that of Features, ldproxy and newer clients for that of Common; so both are declared.
"""

_SPEC = "http://www.opengis.net/spec/"


def _classes(standard: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{_SPEC}{standard}/1.0/conf/{name}" for name in names)


COMMON = (
    *_classes("ogcapi-common-1", "core", "landing-page", "json", "html", "oas30"),
    *_classes("ogcapi-common-2", "collections"),
)
FEATURES = _classes("ogcapi-features-1", "core", "geojson", "html", "oas30")
FILTERING = _classes("ogcapi-features-3", "queryables", "queryables-query-parameters")
_SCHEMAS = ("schemas", "returnables-and-receivables", "queryables", "sortables")
SCHEMAS = (
    *_classes("ogcapi-features-5", "core-roles-features", *_SCHEMAS),
    *_classes("ogcapi-common-3", "advanced-property-roles", *_SCHEMAS),
)
TILES = _classes("ogcapi-tiles-1", "core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")

CONFORMANCE = (*COMMON, *FEATURES, *FILTERING, *SCHEMAS, *TILES)
