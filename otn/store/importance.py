"""The SQL of otn.model.tiling.TileRule, said once for those who make overviews and those who answer tiles."""

from otn.model.collections import Collection, GeometryKind

# The geometry's own measures in the unit of its CRS: they only serve to compare.
_MEASURES = {"measured_area": "ST_Area(f.geom_3857)", "measured_length": "ST_Length(f.geom_3857)"}
_BY_SIZE = {
    GeometryKind.POINT: (),
    GeometryKind.LINE_STRING: ("measured_length",),
    GeometryKind.MULTI_POLYGON: ("measured_area",),
    GeometryKind.ANY: ("measured_area", "measured_length"),
}


def measures(collection: Collection) -> dict[str, str]:
    """How large a feature is, by the names under which it may be kept: the collection's table is `f`."""
    return {name: _MEASURES[name] for name in _BY_SIZE[collection.geometry]}


def most_important_first(collection: Collection, *, measured: bool = False) -> str:
    """What follows ORDER BY where the collection's table is `f`: a total order, the same in every run.

    With `measured`, `f` is not the table but has its `measures` as columns.
    """
    rule = collection.tile_rule
    terms = []
    if rule.ranked_by is not None:
        field = collection.by_name[rule.ranked_by]
        values = ", ".join(f"'{value}'" for value in (field.codelist.values if field.codelist else ()))
        terms.append(f"array_position(ARRAY[{values}], f.{field.column})")
    if rule.notable:
        columns = ", ".join(f"f.{collection.by_name[name].column}" for name in rule.notable)
        terms.append(f"num_nulls({columns})")
    sizes = (f"f.{name}" if measured else sql for name, sql in measures(collection).items())
    return ", ".join([*terms, *(f"{size} DESC" for size in sizes), "f.id"])


def drawn(collection: Collection, hidden: str) -> str:
    """A condition on the collection's table `f`; `hidden` stands for the parameter with TileRule.hidden_at."""
    rule = collection.tile_rule
    if rule.ranked_by is None:
        return f"{hidden}::text[] IS NOT NULL"
    column = collection.by_name[rule.ranked_by].column
    return f"coalesce(f.{column} <> ALL ({hidden}::text[]), true)"
