"""The code lists of traffic: what is counted, how, and what is said of accidents.

Sources: INSPIRE code list register (VehicleTypeValue), OSLO Verkeersmetingen (VkmMeetInstrumentType); the lists of
accidents follow the variables of CADaS, the common accident data set of the European Union, and are OTN's own.
"""

from otn.model.codelists import INSPIRE, OWN, CodeList, code

_OSLO = "https://data.vlaanderen.be/id/concept/"

SEVERITY = CodeList(
    OWN + "accidentSeverity",
    (
        code("fatal", "Fatal", "Dodelijk", "Mortel", "Tödlich"),
        code("serious", "Serious", "Ernstig", "Grave", "Schwer"),
        code("slight", "Slight", "Licht", "Léger", "Leicht"),
        code("unhurt", "Nobody hurt", "Niemand gewond", "Sans blessé", "Ohne Verletzte"),
    ),
)
DEATH_DEFINITION = CodeList(
    OWN + "deathDefinition",
    (
        code("atScene", "At the scene", "Ter plaatse", "Sur les lieux", "Am Unfallort"),
        code("within24Hours", "Within 24 hours", "Binnen 24 uur", "Dans les 24 heures", "Binnen 24 Stunden"),
        code("within3Days", "Within 3 days", "Binnen 3 dagen", "Dans les 3 jours", "Binnen 3 Tagen"),
        code("within6Days", "Within 6 days", "Binnen 6 dagen", "Dans les 6 jours", "Binnen 6 Tagen"),
        code("within7Days", "Within 7 days", "Binnen 7 dagen", "Dans les 7 jours", "Binnen 7 Tagen"),
        code("within30Days", "Within 30 days", "Binnen 30 dagen", "Dans les 30 jours", "Binnen 30 Tagen"),
    ),
)
DAY_OF_WEEK = CodeList(
    OWN + "dayOfWeek",
    (
        code("monday", "Monday", "Maandag", "Lundi", "Montag"),
        code("tuesday", "Tuesday", "Dinsdag", "Mardi", "Dienstag"),
        code("wednesday", "Wednesday", "Woensdag", "Mercredi", "Mittwoch"),
        code("thursday", "Thursday", "Donderdag", "Jeudi", "Donnerstag"),
        code("friday", "Friday", "Vrijdag", "Vendredi", "Freitag"),
        code("saturday", "Saturday", "Zaterdag", "Samedi", "Samstag"),
        code("sunday", "Sunday", "Zondag", "Dimanche", "Sonntag"),
    ),
)
LIGHT_CONDITIONS = CodeList(
    OWN + "lightConditions",
    (
        code("daylight", "Daylight", "Daglicht", "Plein jour", "Tageslicht"),
        code("twilight", "Dusk or dawn", "Schemering", "Crépuscule ou aube", "Dämmerung"),
        code(
            "darknessLit",
            "Darkness, street lights lit",
            "Duisternis, straatverlichting aan",
            "Nuit, éclairage public allumé",
            "Dunkelheit, Straßenbeleuchtung an",
        ),
        code(
            "darknessUnlit",
            "Darkness, street lights not lit",
            "Duisternis, straatverlichting uit",
            "Nuit, éclairage public éteint",
            "Dunkelheit, Straßenbeleuchtung aus",
        ),
        code(
            "darknessNoLighting",
            "Darkness, no street lights",
            "Duisternis, geen straatverlichting",
            "Nuit, sans éclairage public",
            "Dunkelheit, keine Straßenbeleuchtung",
        ),
        code(
            "darkness",
            "Darkness, lighting unknown",
            "Duisternis, verlichting onbekend",
            "Nuit, éclairage inconnu",
            "Dunkelheit, Beleuchtung unbekannt",
        ),
    ),
)
WEATHER_CONDITIONS = CodeList(
    OWN + "weatherConditions",
    (
        code("clear", "Clear", "Helder", "Temps clair", "Klar"),
        code("cloudy", "Cloudy", "Bewolkt", "Temps couvert", "Bewölkt"),
        code("rain", "Rain", "Regen", "Pluie", "Regen"),
        code("snow", "Snow", "Sneeuw", "Neige", "Schnee"),
        code("hail", "Hail or sleet", "Hagel of natte sneeuw", "Grêle ou neige fondue", "Hagel oder Schneeregen"),
        code("fog", "Fog, mist or smoke", "Mist of rook", "Brouillard ou fumée", "Nebel oder Rauch"),
        code("highWinds", "High winds", "Harde wind", "Vent fort", "Starker Wind"),
        code("dazzlingSun", "Dazzling sun", "Verblindende zon", "Soleil éblouissant", "Blendende Sonne"),
        code("other", "Other", "Andere", "Autre", "Anderes"),
    ),
)
ROAD_SURFACE_CONDITION = CodeList(
    OWN + "roadSurfaceCondition",
    (
        code("dry", "Dry", "Droog", "Sèche", "Trocken"),
        code("wet", "Wet or damp", "Nat of vochtig", "Mouillée", "Nass oder feucht"),
        code("flooded", "Flooded", "Overstroomd", "Inondée", "Überflutet"),
        code("snow", "Snow", "Sneeuw", "Enneigée", "Schnee"),
        code("ice", "Frost or ice", "Vorst of ijs", "Verglacée", "Frost oder Eis"),
        code("oil", "Oil or grease", "Olie of vet", "Corps gras ou huile", "Öl oder Fett"),
        code("mud", "Mud", "Modder", "Boue", "Schlamm"),
        code("other", "Other", "Andere", "Autre", "Anderes"),
    ),
)
MEASURING_INSTRUMENT = CodeList(
    _OSLO + "VkmMeetInstrumentType",
    (
        code("radar", "Radar", "Radar", "Radar", "Radar"),
        code("rubberslang", "Pneumatic tube", "Rubberslang", "Tube pneumatique", "Druckschlauch"),
        code("piezzo", "Piezoelectric sensor", "Piëzo-elektrische sensor", "Capteur piézoélectrique", "Piezosensor"),
        code("glasvezel", "Fibre-optic sensor", "Glasvezel", "Fibre optique", "Glasfasersensor"),
        code("inductielus", "Induction loop", "Inductielus", "Boucle à induction", "Induktionsschleife"),
        code("standaard_Camera", "Camera", "Standaardcamera", "Caméra", "Kamera"),
        code(
            "ANPR_camera",
            "Camera that reads number plates",
            "ANPR-camera",
            "Caméra de lecture de plaques",
            "Kamera mit Kennzeichenerkennung",
        ),
        code("manuele_telling", "Manual count", "Manuele telling", "Comptage manuel", "Zählung von Hand"),
        code("telraam", "Telraam", "Telraam", "Telraam", "Telraam"),
    ),
)
TIME_PERIOD = CodeList(
    OWN + "trafficVolumeTimePeriod",
    (
        code("hour", "Hour", "Uur", "Heure", "Stunde"),
        code("day", "Day", "Dag", "Jour", "Tag"),
        code("other", "Other", "Andere", "Autre", "Andere"),
    ),
)
VEHICLE_TYPE = CodeList(
    INSPIRE + "VehicleTypeValue",
    (
        code("allVehicle", "All vehicles", "Alle voertuigen", "Tous les véhicules", "Alle Fahrzeuge"),
        code("bicycle", "Bicycle", "Fiets", "Vélo", "Fahrrad"),
        code(
            "carWithTrailer", "Car with trailer", "Auto met aanhangwagen", "Voiture avec remorque", "Auto mit Anhänger"
        ),
        code("deliveryTruck", "Delivery truck", "Bestelwagen", "Camionnette de livraison", "Lieferwagen"),
        code(
            "emergencyVehicle", "Emergency vehicle", "Hulpverleningsvoertuig", "Véhicule de secours", "Rettungsfahrzeug"
        ),
        code(
            "employeeVehicle",
            "Employee vehicle",
            "Voertuig van personeel",
            "Véhicule du personnel",
            "Mitarbeiterfahrzeug",
        ),
        code("facilityVehicle", "Facility vehicle", "Dienstvoertuig", "Véhicule de service", "Betriebsfahrzeug"),
        code("farmVehicle", "Farm vehicle", "Landbouwvoertuig", "Véhicule agricole", "Landwirtschaftliches Fahrzeug"),
        code(
            "highOccupancyVehicle",
            "High-occupancy vehicle",
            "Voertuig met hoge bezetting",
            "Véhicule à occupation multiple",
            "Mehrfach besetztes Fahrzeug",
        ),
        code("lightRail", "Light rail", "Lightrail", "Métro léger", "Stadtbahn"),
        code("mailVehicle", "Mail vehicle", "Postvoertuig", "Véhicule postal", "Postfahrzeug"),
        code("militaryVehicle", "Military vehicle", "Militair voertuig", "Véhicule militaire", "Militärfahrzeug"),
        code("moped", "Moped", "Bromfiets", "Cyclomoteur", "Moped"),
        code("motorcycle", "Motorcycle", "Motorfiets", "Motocyclette", "Motorrad"),
        code("passengerCar", "Passenger car", "Personenauto", "Voiture particulière", "Personenkraftwagen"),
        code("pedestrian", "Pedestrian", "Voetganger", "Piéton", "Fußgänger"),
        code("privateBus", "Private bus", "Particuliere bus", "Autocar privé", "Privater Bus"),
        code("publicBus", "Public bus", "Lijnbus", "Autobus public", "Linienbus"),
        code(
            "residentialVehicle", "Vehicle of residents", "Bewonersvoertuig", "Véhicule de riverain", "Anwohnerfahrzeug"
        ),
        code("schoolBus", "School bus", "Schoolbus", "Autobus scolaire", "Schulbus"),
        code(
            "snowChainEquippedVehicle",
            "Vehicle with snow chains",
            "Voertuig met sneeuwkettingen",
            "Véhicule équipé de chaînes à neige",
            "Fahrzeug mit Schneeketten",
        ),
        code("tanker", "Tanker", "Tankwagen", "Camion-citerne", "Tankwagen"),
        code("taxi", "Taxi", "Taxi", "Taxi", "Taxi"),
        code("transportTruck", "Lorry", "Vrachtwagen", "Camion", "Lastkraftwagen"),
        code("trolleyBus", "Trolleybus", "Trolleybus", "Trolleybus", "Oberleitungsbus"),
        code(
            "vehicleForDisabledPerson",
            "Vehicle for disabled person",
            "Voertuig voor personen met een handicap",
            "Véhicule pour personne handicapée",
            "Fahrzeug für Menschen mit Behinderung",
        ),
        code(
            "vehicleWithExplosiveLoad",
            "Vehicle with explosive load",
            "Voertuig met ontplofbare lading",
            "Véhicule transportant des explosifs",
            "Fahrzeug mit explosiver Ladung",
        ),
        code(
            "vehicleWithOtherDangerousLoad",
            "Vehicle with other dangerous load",
            "Voertuig met andere gevaarlijke lading",
            "Véhicule transportant d'autres matières dangereuses",
            "Fahrzeug mit anderer gefährlicher Ladung",
        ),
        code(
            "vehicleWithWaterPollutingLoad",
            "Vehicle with water-polluting load",
            "Voertuig met waterverontreinigende lading",
            "Véhicule transportant des matières polluant l'eau",
            "Fahrzeug mit wassergefährdender Ladung",
        ),
    ),
)
