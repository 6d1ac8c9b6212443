"""The collections of OTN, in the order they are listed. Texts about whole collections stand in config/pygeoapi.yml."""

from otn.model.collection import Collection, GeometryKind
from otn.model.themes.air import AIRPORTS, RUNWAYS
from otn.model.themes.places import AREAS, BUILDINGS
from otn.model.themes.railways import RAILWAYS
from otn.model.themes.roads import ROAD_NODES, ROADS
from otn.model.themes.traffic import ACCIDENTS, TRAFFIC_COUNTS, TRAFFIC_VOLUMES
from otn.model.themes.water import PORT_FACILITIES, PORTS, SEA_LANES

__all__ = [
    "ACCIDENTS",
    "AIRPORTS",
    "AREAS",
    "BUILDINGS",
    "COLLECTIONS",
    "PORTS",
    "PORT_FACILITIES",
    "RAILWAYS",
    "ROADS",
    "ROAD_NODES",
    "RUNWAYS",
    "SEA_LANES",
    "TRAFFIC_COUNTS",
    "TRAFFIC_VOLUMES",
    "Collection",
    "GeometryKind",
]

COLLECTIONS = {
    collection.id: collection
    for collection in (
        ROADS,
        ROAD_NODES,
        RAILWAYS,
        PORTS,
        PORT_FACILITIES,
        SEA_LANES,
        AIRPORTS,
        RUNWAYS,
        ACCIDENTS,
        TRAFFIC_COUNTS,
        TRAFFIC_VOLUMES,
        AREAS,
        BUILDINGS,
    )
}
