"""OTN's own code lists of ports, aerodromes and areas, for what INSPIRE tells apart by class and not by code."""

from otn.model.codelists import OWN, CodeList, code

RUNWAY_KIND = CodeList(
    OWN + "runwayKind",
    (
        code("runway", "Runway", "Start- en landingsbaan", "Piste", "Start- und Landebahn"),
        code("taxiway", "Taxiway", "Taxibaan", "Voie de circulation", "Rollbahn"),
    ),
)
PORT_FACILITY_KIND = CodeList(
    OWN + "portFacilityKind",
    (
        code("harbourBasin", "Harbour basin", "Havenbekken", "Bassin portuaire", "Hafenbecken"),
        code("dock", "Dock", "Dok", "Dock", "Dock"),
        code("terminal", "Terminal", "Terminal", "Terminal", "Terminal"),
        code("ferryRoute", "Ferry route", "Veerverbinding", "Liaison par ferry", "Fährverbindung"),
        code("quay", "Quay", "Kade", "Quai", "Kai"),
        code("pier", "Pier", "Pier", "Jetée", "Pier"),
        code("lock", "Lock", "Sluis", "Écluse", "Schleuse"),
        code("berth", "Berth", "Ligplaats", "Poste d'amarrage", "Liegeplatz"),
        code("slipway", "Slipway", "Scheepshelling", "Cale de mise à l'eau", "Slipanlage"),
    ),
)
HARBOUR_SIZE = CodeList(
    OWN + "harbourSize",
    (
        code("large", "Large", "Groot", "Grand", "Groß"),
        code("medium", "Medium", "Middelgroot", "Moyen", "Mittel"),
        code("small", "Small", "Klein", "Petit", "Klein"),
        code("verySmall", "Very small", "Zeer klein", "Très petit", "Sehr klein"),
    ),
)
AREA_KIND = CodeList(
    OWN + "areaKind",
    (
        code("country", "Country", "Land", "Pays", "Land"),
        code("region", "Region", "Gewest", "Région", "Region"),
        code("province", "Province", "Provincie", "Province", "Provinz"),
        code("municipality", "Municipality", "Gemeente", "Commune", "Gemeinde"),
        code("district", "District", "Wijk", "Quartier", "Stadtteil"),
        code("portArea", "Port area", "Havengebied", "Zone portuaire", "Hafengebiet"),
        code("aerodromeArea", "Aerodrome area", "Luchthavengebied", "Emprise d'aérodrome", "Flugplatzgelände"),
        code("apron", "Apron", "Platform", "Aire de trafic", "Vorfeld"),
        code("other", "Other", "Andere", "Autre", "Andere"),
    ),
)
