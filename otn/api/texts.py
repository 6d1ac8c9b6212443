"""The API's own words in the four languages: titles of links and of resources."""

from otn.model.text import Text

THIS_DOCUMENT = Text(en="This document", nl="Dit document", fr="Ce document", de="Dieses Dokument")
AS_PAGE = Text(en="As a web page", nl="Als webpagina", fr="En page web", de="Als Webseite")
LANDING = Text(en="Landing page", nl="Startpagina", fr="Page d'accueil", de="Startseite")
API_DEFINITION = Text(
    en="API definition (OpenAPI 3.0)",
    nl="API-definitie (OpenAPI 3.0)",
    fr="Définition de l'API (OpenAPI 3.0)",
    de="API-Definition (OpenAPI 3.0)",
)
API_DOCUMENTATION = Text(
    en="API documentation", nl="API-documentatie", fr="Documentation de l'API", de="API-Dokumentation"
)
CONFORMANCE = Text(
    en="Conformance classes", nl="Conformiteitsklassen", fr="Classes de conformité", de="Konformitätsklassen"
)
COLLECTIONS = Text(en="Collections", nl="Collecties", fr="Collections", de="Sammlungen")
COLLECTION = Text(en="Collection", nl="Collectie", fr="Collection", de="Sammlung")
ITEMS = Text(en="Features", nl="Objecten", fr="Objets", de="Objekte")
FEATURE = Text(en="Feature", nl="Object", fr="Objet", de="Objekt")
NEXT = Text(en="Next page", nl="Volgende pagina", fr="Page suivante", de="Nächste Seite")
QUERYABLES = Text(
    en="Properties that select features",
    nl="Eigenschappen om objecten mee te selecteren",
    fr="Propriétés qui sélectionnent des objets",
    de="Eigenschaften, die Objekte auswählen",
)
SCHEMA = Text(en="Schema of the features", nl="Schema van de objecten", fr="Schéma des objets", de="Schema der Objekte")
FEATURE_SCHEMA = Text(
    en="Schema of a feature as GeoJSON",
    nl="Schema van een object als GeoJSON",
    fr="Schéma d'un objet en GeoJSON",
    de="Schema eines Objekts als GeoJSON",
)
IDENTIFIER = Text(en="Identifier", nl="Identificator", fr="Identifiant", de="Identifikator")
GEOMETRY = Text(en="Geometry", nl="Geometrie", fr="Géométrie", de="Geometrie")
