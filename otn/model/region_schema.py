"""The JSON Schema of config/regions/<region>.yml, for editors that complete and check while one writes."""

from typing import Any

from otn.model.collections import COLLECTIONS
from otn.model.datasets import Region
from otn.model.licences import LICENCES
from otn.model.rasters import RASTERS

# What reading a file adds of itself: the name of the file and of the dataset.
_ADDED = {"Region": ("id",), "Dataset": ("id", "region")}


def region_schema() -> dict[str, Any]:
    """The schema (2020-12) of what a region's file declares."""
    schema = Region.model_json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    for name, added in _ADDED.items():
        declared = schema if name == "Region" else definitions[name]
        for key in added:
            del declared["properties"][key]
            declared["required"].remove(key)
    dataset = definitions["Dataset"]["properties"]
    dataset["collection"] = {"enum": [*COLLECTIONS, *RASTERS]}
    dataset["licence"] = {"enum": list(LICENCES)}
    mapped = definitions["FileSource"]["properties"]["fields"]
    mapped["additionalProperties"] = {"anyOf": [{"type": "string"}, mapped["additionalProperties"]]}
    _without(schema, "discriminator")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A region of Open Transport Net",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _without(schema: Any, key: str) -> None:
    """`discriminator` is a word of OpenAPI, not of JSON Schema."""
    if isinstance(schema, dict):
        schema.pop(key, None)
    for inside in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _without(inside, key)
