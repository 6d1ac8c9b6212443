"""The conformance classes that the service meets, by standard: declared is what works, no more and no less.

Styles is a draft (20-009) that has renamed its classes; those who read it earlier look for the names of then.

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
SYSTEMS = _classes("ogcapi-features-2", "crs")
FILTERING = _classes("ogcapi-features-3", "queryables", "queryables-query-parameters", "filter", "features-filter")
CQL2 = _classes(
    "cql2",
    *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison"),
    *("accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus"),
    # Older clients know basic-spatial-functions by this name.
    "basic-spatial-operators",
    *("spatial-functions", "temporal-functions", "array-functions", "property-property", "arithmetic", "functions"),
)
_SCHEMAS = ("schemas", "returnables-and-receivables", "queryables", "sortables")
SCHEMAS = (
    *_classes("ogcapi-features-5", "core-roles-features", *_SCHEMAS),
    *_classes("ogcapi-common-3", "advanced-property-roles", *_SCHEMAS),
)
TILES = _classes(
    "ogcapi-tiles-1",
    *("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection", "datetime"),
    *("mvt", "oas30"),
)
STYLES = _classes(
    "ogcapi-styles-1",
    *("core", "json", "html", "global-styles", "collection-styles", "mapbox-styles", "sld-se"),
    # What the last two were called before.
    *("mapbox-style", "sld-10", "sld-11"),
)

CONFORMANCE = (*COMMON, *FEATURES, *SYSTEMS, *FILTERING, *CQL2, *SCHEMAS, *TILES, *STYLES)

COVERAGES = _classes(
    "ogcapi-coverages-1",
    *("core", "geodata-coverage", "coverage-subset", "coverage-bbox", "scaling", "geotiff"),
    # What `scaling` was called before.
    "coverage-scaling",
)
MAPS = _classes("ogcapi-maps-1", "core", "collection-map", "background", "crs", "png")
RASTERS = (*COVERAGES, *MAPS)
"""Declared where a raster is loaded. Coverages is a draft (19-087), whose names pygeoapi has too."""
