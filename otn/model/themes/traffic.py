"""Accidents and counted traffic.

Sources: the TrafficVolume table of the Open Transport Map, OSLO Verkeersmetingen, DATEX II (version 3), CADaS.
Nothing is said of any person in an accident.
"""

from otn.model import traffic_codelists
from otn.model.collection import Collection, GeometryKind
from otn.model.common_fields import INSPIRE_ID, LIFE_AND_ORIGIN, LOCAL_ID, NAME
from otn.model.fields import Field, Kind
from otn.model.text import Text
from otn.model.tiling import ACCIDENT_RULE, COUNT_RULE, VOLUME_RULE

_TN = "http://inspire.ec.europa.eu/schemas/tn/4.0#"
_ROAD = "http://inspire.ec.europa.eu/schemas/tn-ro/4.0#"
_DATEX = "http://datex2.eu/schema/3/situation#"
_DATEX_DATA = "http://datex2.eu/schema/3/roadTrafficData#"
_COUNTING = "https://implementatie.data.vlaanderen.be/ns/vsds-verkeersmetingen#"
_SOSA = "http://www.w3.org/ns/sosa/"
_SCHEMA = "https://schema.org/"
_OWN = "urn:otn:term:"

_VEHICLE_TYPE = Field(
    "vehicleType",
    Kind.CODE,
    Text(en="Type of vehicle", nl="Type voertuig", fr="Type de véhicule", de="Art des Fahrzeugs"),
    _TN + "vehicleType",
    "The vehicles that are counted.",
    codelist=traffic_codelists.VEHICLE_TYPE,
    indexed=True,
)
_DIRECTION = Field(
    "direction",
    Kind.TEXT,
    Text(en="Direction", nl="Richting", fr="Direction", de="Richtung"),
    _TN + "direction",
    "The direction of traffic, as the publisher says it.",
)

ACCIDENTS = Collection(
    "accidents",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        Field(
            "severity",
            Kind.CODE,
            Text(en="Severity", nl="Ernst", fr="Gravité", de="Schwere"),
            _DATEX + "injuryStatus",
            "The worst that happened to anybody.",
            codelist=traffic_codelists.SEVERITY,
            indexed=True,
        ),
        Field(
            "deathDefinition",
            Kind.CODE,
            Text(en="Deaths counted", nl="Getelde doden", fr="Décès comptés", de="Gezählte Todesfälle"),
            _OWN + "deathDefinition",
            "Until when the publisher takes a death for one of the accident.",
            codelist=traffic_codelists.DEATH_DEFINITION,
        ),
        Field(
            "killed",
            Kind.INTEGER,
            Text(en="Killed", nl="Doden", fr="Tués", de="Getötete"),
            _OWN + "killed",
            "People who died, as the publisher counts them.",
            minimum=0,
        ),
        Field(
            "seriouslyInjured",
            Kind.INTEGER,
            Text(en="Seriously injured", nl="Zwaargewonden", fr="Blessés graves", de="Schwerverletzte"),
            _OWN + "seriouslyInjured",
            "People seriously injured.",
            minimum=0,
        ),
        Field(
            "slightlyInjured",
            Kind.INTEGER,
            Text(en="Slightly injured", nl="Lichtgewonden", fr="Blessés légers", de="Leichtverletzte"),
            _OWN + "slightlyInjured",
            "People slightly injured.",
            minimum=0,
        ),
        Field(
            "casualties",
            Kind.INTEGER,
            Text(en="Casualties", nl="Slachtoffers", fr="Victimes", de="Verunglückte"),
            _OWN + "casualties",
            "People killed or injured.",
            minimum=0,
        ),
        Field(
            "vehicles",
            Kind.INTEGER,
            Text(en="Vehicles", nl="Voertuigen", fr="Véhicules", de="Fahrzeuge"),
            _DATEX + "totalNumberOfVehiclesInvolved",
            "Vehicles involved.",
            minimum=0,
        ),
        Field(
            "hour",
            Kind.INTEGER,
            Text(en="Hour of the day", nl="Uur van de dag", fr="Heure du jour", de="Stunde des Tages"),
            _OWN + "hour",
            "The hour it happened in, in local time of the place.",
            minimum=0,
            maximum=23,
        ),
        Field(
            "dayOfWeek",
            Kind.CODE,
            Text(en="Day of the week", nl="Dag van de week", fr="Jour de la semaine", de="Wochentag"),
            _SCHEMA + "dayOfWeek",
            "The day it happened on, in local time of the place.",
            codelist=traffic_codelists.DAY_OF_WEEK,
        ),
        Field(
            "speedLimit",
            Kind.INTEGER,
            Text(en="Speed limit", nl="Snelheidslimiet", fr="Limitation de vitesse", de="Höchstgeschwindigkeit"),
            _ROAD + "speedLimitMinMaxValue",
            "Maximum speed of the road; limits in miles per hour are converted and rounded.",
            unit="km/h",
            minimum=1,
            maximum=200,
        ),
        Field(
            "lightConditions",
            Kind.CODE,
            Text(en="Light conditions", nl="Lichtgesteldheid", fr="Luminosité", de="Lichtverhältnisse"),
            _OWN + "lightConditions",
            "Daylight or darkness.",
            codelist=traffic_codelists.LIGHT_CONDITIONS,
        ),
        Field(
            "weatherConditions",
            Kind.CODE,
            Text(
                en="Weather conditions",
                nl="Weersomstandigheden",
                fr="Conditions météorologiques",
                de="Wetterverhältnisse",
            ),
            _OWN + "weatherConditions",
            "The weather.",
            codelist=traffic_codelists.WEATHER_CONDITIONS,
        ),
        Field(
            "roadSurfaceCondition",
            Kind.CODE,
            Text(
                en="Condition of the road surface",
                nl="Toestand van het wegdek",
                fr="État de la chaussée",
                de="Zustand der Fahrbahn",
            ),
            _OWN + "roadSurfaceCondition",
            "What lay on the road.",
            codelist=traffic_codelists.ROAD_SURFACE_CONDITION,
        ),
        Field(
            "insideBuiltUpArea",
            Kind.BOOLEAN,
            Text(en="Inside a built-up area", nl="Binnen de bebouwde kom", fr="En agglomération", de="Innerorts"),
            _OWN + "insideBuiltUpArea",
            "Whether it happened inside a built-up area.",
        ),
        *LIFE_AND_ORIGIN,
    ),
    ACCIDENT_RULE,
)

TRAFFIC_COUNTS = Collection(
    "traffic-counts",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        NAME,
        Field(
            "instrument",
            Kind.CODE,
            Text(en="Measuring instrument", nl="Meetinstrument", fr="Instrument de mesure", de="Messgerät"),
            _SOSA + "madeBySensor",
            "What counts.",
            codelist=traffic_codelists.MEASURING_INSTRUMENT,
        ),
        _VEHICLE_TYPE,
        _DIRECTION,
        Field(
            "averageDailyVolume",
            Kind.NUMBER,
            Text(
                en="Average daily volume",
                nl="Gemiddeld dagvolume",
                fr="Trafic journalier moyen",
                de="Mittlere tägliche Verkehrsstärke",
            ),
            _COUNTING + "Verkeerstelling.tellingresultaat",
            "Vehicles a day, on average over the measurements.",
            minimum=0,
        ),
        Field(
            "numberOfMeasurements",
            Kind.INTEGER,
            Text(en="Number of measurements", nl="Aantal metingen", fr="Nombre de mesures", de="Anzahl der Messungen"),
            _OWN + "numberOfMeasurements",
            "How many measurements the dataset has of the site.",
            minimum=0,
        ),
        *LIFE_AND_ORIGIN,
    ),
    COUNT_RULE,
)

TRAFFIC_VOLUMES = Collection(
    "traffic-volumes",
    GeometryKind.POINT,
    (
        LOCAL_ID,
        INSPIRE_ID,
        Field(
            "site",
            Kind.TEXT,
            Text(en="Counting site", nl="Meetpunt", fr="Point de comptage", de="Zählstelle"),
            _SOSA + "hasFeatureOfInterest",
            "The counting site, by its localId in traffic-counts.",
            required=True,
            indexed=True,
        ),
        _VEHICLE_TYPE,
        _DIRECTION,
        Field(
            "volume",
            Kind.INTEGER,
            Text(en="Volume", nl="Volume", fr="Volume", de="Verkehrsmenge"),
            _COUNTING + "Verkeerstelling.tellingresultaat",
            "Vehicles that passed in the period from validFrom to validTo.",
            minimum=0,
        ),
        Field(
            "averageSpeed",
            Kind.NUMBER,
            Text(en="Average speed", nl="Gemiddelde snelheid", fr="Vitesse moyenne", de="Mittlere Geschwindigkeit"),
            _DATEX_DATA + "averageVehicleSpeed",
            "The average speed of the vehicles; miles per hour are converted.",
            unit="km/h",
            minimum=0,
            maximum=300,
        ),
        Field(
            "occupancy",
            Kind.NUMBER,
            Text(en="Occupancy", nl="Bezettingsgraad", fr="Taux d'occupation", de="Belegungsgrad"),
            _DATEX_DATA + "occupancy",
            "The share of the period in which a vehicle stood over the detector.",
            unit="%",
            minimum=0,
            maximum=100,
        ),
        Field(
            "trafficVolumeTimePeriod",
            Kind.CODE,
            Text(
                en="Length of the period",
                nl="Lengte van de periode",
                fr="Durée de la période",
                de="Länge des Zeitraums",
            ),
            _OWN + "trafficVolumeTimePeriod",
            "Whether an hour, a day or another period was measured.",
            codelist=traffic_codelists.TIME_PERIOD,
        ),
        *LIFE_AND_ORIGIN,
    ),
    VOLUME_RULE,
)
