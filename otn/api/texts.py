"""The API's own words in the four languages: titles of links and of resources."""

from otn.model.text import Text

THIS_DOCUMENT = Text(en="This document", nl="Dit document", fr="Ce document", de="Dieses Dokument")
AS_PAGE = Text(en="As a web page", nl="Als webpagina", fr="En page web", de="Als Webseite")
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
FUNCTIONS = Text(
    en="Functions of filters", nl="Functies van filters", fr="Fonctions des filtres", de="Funktionen der Filter"
)
COLLECTIONS = Text(en="Collections", nl="Collecties", fr="Collections", de="Sammlungen")
COLLECTION = Text(en="Collection", nl="Collectie", fr="Collection", de="Sammlung")
ITEMS = Text(en="Features", nl="Objecten", fr="Objets", de="Objekte")
FIRST = Text(en="First page", nl="Eerste pagina", fr="Première page", de="Erste Seite")
PREVIOUS = Text(en="Previous page", nl="Vorige pagina", fr="Page précédente", de="Vorige Seite")
NEXT = Text(en="Next page", nl="Volgende pagina", fr="Page suivante", de="Nächste Seite")
QUERYABLES = Text(
    en="Properties that select features",
    nl="Eigenschappen om objecten mee te selecteren",
    fr="Propriétés qui sélectionnent des objets",
    de="Eigenschaften, die Objekte auswählen",
)
SORTABLES = Text(
    en="Properties that sort features",
    nl="Eigenschappen om objecten op te sorteren",
    fr="Propriétés qui trient des objets",
    de="Eigenschaften, die Objekte sortieren",
)
FACETS = Text(
    en="Values and how many features have them",
    nl="Waarden en hoeveel objecten ze hebben",
    fr="Valeurs et nombre d'objets qui les portent",
    de="Werte und wie viele Objekte sie haben",
)
SCHEMA = Text(en="Schema of the features", nl="Schema van de objecten", fr="Schéma des objets", de="Schema der Objekte")
FEATURE_SCHEMA = Text(
    en="Schema of a feature as GeoJSON",
    nl="Schema van een object als GeoJSON",
    fr="Schéma d'un objet en GeoJSON",
    de="Schema eines Objekts als GeoJSON",
)
XML_SCHEMA = Text(
    en="XML Schema of the features in GML",
    nl="XML-schema van de objecten in GML",
    fr="Schéma XML des objets en GML",
    de="XML-Schema der Objekte in GML",
)
GEOMETRY = Text(en="Geometry", nl="Geometrie", fr="Géométrie", de="Geometrie")
STYLE = Text(en="Map style", nl="Kaartstijl", fr="Style de carte", de="Kartenstil")
STYLES = Text(en="Map styles", nl="Kaartstijlen", fr="Styles de carte", de="Kartenstile")
WHOLE_MAP = Text(en="The whole map", nl="De hele kaart", fr="La carte entière", de="Die ganze Karte")
DARK = Text(en="dark", nl="donker", fr="sombre", de="dunkel")
FOR_PRINT = Text(en="for print", nl="voor afdruk", fr="pour l'impression", de="für den Druck")
LEGEND = Text(en="Legend", nl="Legenda", fr="Légende", de="Legende")
STYLE_METADATA = Text(
    en="Description of the style",
    nl="Beschrijving van de stijl",
    fr="Description du style",
    de="Beschreibung des Stils",
)
STYLE_DESCRIPTIONS = {
    "light": Text(
        en="For screens, on light paper, in colours that people with colour blindness tell apart.",
        nl="Voor schermen, op lichte achtergrond, in kleuren die mensen met kleurenblindheid uit elkaar houden.",
        fr="Pour l'écran, sur fond clair, en couleurs que les personnes daltoniennes distinguent.",
        de="Für Bildschirme, auf hellem Grund, in Farben, die Menschen mit Farbenblindheit unterscheiden.",
    ),
    "dark": Text(
        en="For screens, on dark paper, in colours that people with colour blindness tell apart.",
        nl="Voor schermen, op donkere achtergrond, in kleuren die mensen met kleurenblindheid uit elkaar houden.",
        fr="Pour l'écran, sur fond sombre, en couleurs que les personnes daltoniennes distinguent.",
        de="Für Bildschirme, auf dunklem Grund, in Farben, die Menschen mit Farbenblindheit unterscheiden.",
    ),
    "print": Text(
        en="For paper: dark and thin on white, without filled areas, told apart in grey too.",
        nl="Voor papier: donker en dun op wit, zonder gevulde vlakken, ook in grijs te onderscheiden.",
        fr="Pour le papier : sombre et fin sur blanc, sans aplats, distinct aussi en gris.",
        de="Für Papier: dunkel und dünn auf Weiß, ohne gefüllte Flächen, auch in Grau unterscheidbar.",
    ),
}
QGIS_LAYERS = Text(
    en="Layers for QGIS, drawn as here",
    nl="Lagen voor QGIS, getekend zoals hier",
    fr="Couches pour QGIS, dessinées comme ici",
    de="Ebenen für QGIS, gezeichnet wie hier",
)
QGIS_MAP = Text(
    en="Map for QGIS, as a project",
    nl="Kaart voor QGIS, als project",
    fr="Carte pour QGIS, en projet",
    de="Karte für QGIS, als Projekt",
)
POINTS_OF = Text(en="{title} (points)", nl="{title} (punten)", fr="{title} (points)", de="{title} (Punkte)")
LINES_OF = Text(en="{title} (lines)", nl="{title} (lijnen)", fr="{title} (lignes)", de="{title} (Linien)")
AREAS_OF = Text(en="{title} (areas)", nl="{title} (vlakken)", fr="{title} (surfaces)", de="{title} (Flächen)")
VECTOR_TILES_OF = Text(
    en="{title} (vector tiles)",
    nl="{title} (vectortegels)",
    fr="{title} (tuiles vectorielles)",
    de="{title} (Vektorkacheln)",
)
TILESETS = Text(en="Vector tiles", nl="Vectortegels", fr="Tuiles vectorielles", de="Vektorkacheln")
TILESET = Text(en="Tileset", nl="Tegelset", fr="Jeu de tuiles", de="Kachelsatz")
TILE = Text(en="Vector tile", nl="Vectortegel", fr="Tuile vectorielle", de="Vektorkachel")
TILE_ARCHIVE = Text(
    en="All vector tiles (PMTiles)",
    nl="Alle vectortegels (PMTiles)",
    fr="Toutes les tuiles vectorielles (PMTiles)",
    de="Alle Vektorkacheln (PMTiles)",
)
TILEJSON = Text(en="As TileJSON", nl="Als TileJSON", fr="En TileJSON", de="Als TileJSON")
TILE_MATRIX_SETS = Text(
    en="Tile matrix sets", nl="Tegelmatrixsets", fr="Ensembles de matrices de tuiles", de="Kachelmatrixsätze"
)
TILE_MATRIX_SET = Text(
    en="Tile matrix set", nl="Tegelmatrixset", fr="Ensemble de matrices de tuiles", de="Kachelmatrixsatz"
)
BASE_MAP = Text(en="Base map", nl="Achtergrondkaart", fr="Fond de carte", de="Hintergrundkarte")
DATASETS = Text(
    en="Datasets and quality",
    nl="Datasets en kwaliteit",
    fr="Jeux de données et qualité",
    de="Datensätze und Qualität",
)
LOAD_NUMBER = Text(en="Load {id}", nl="Lading {id}", fr="Chargement {id}", de="Ladevorgang {id}")
REJECTED_ROWS_ARE_HELD = Text(
    en="Rejected rows are counted here but not shown: they may hold personal data. The operator of this service can "
    "look at them.",
    nl="Afgewezen rijen worden hier geteld maar niet getoond: ze kunnen persoonsgegevens bevatten. De beheerder van "
    "deze dienst kan ze inzien.",
    fr="Les lignes rejetées sont comptées ici mais non montrées : elles peuvent contenir des données personnelles. "
    "L'exploitant de ce service peut les consulter.",
    de="Abgewiesene Zeilen werden hier gezählt, aber nicht gezeigt: Sie können personenbezogene Daten enthalten. Der "
    "Betreiber dieses Dienstes kann sie einsehen.",
)
COVERAGE = Text(
    en="Coverage: the values of the cells",
    nl="Coverage: de waarden van de cellen",
    fr="Couverture : les valeurs des cellules",
    de="Coverage: die Werte der Zellen",
)
WHOLE_RASTER = Text(
    en="The whole as a Cloud Optimized GeoTIFF",
    nl="Het geheel als Cloud Optimized GeoTIFF",
    fr="Le tout en GeoTIFF optimisé pour le nuage (COG)",
    de="Das Ganze als Cloud Optimized GeoTIFF",
)
RASTER_SCHEMA = Text(
    en="Schema of the cells", nl="Schema van de cellen", fr="Schéma des cellules", de="Schema der Zellen"
)
TERRAIN_TILES = Text(
    en="Terrain tiles (heights as Mapbox Terrain-RGB)",
    nl="Terreintegels (hoogten als Mapbox Terrain-RGB)",
    fr="Tuiles de relief (altitudes en Mapbox Terrain-RGB)",
    de="Geländekacheln (Höhen als Mapbox Terrain-RGB)",
)
MAP_TILES = Text(en="Map tiles", nl="Kaarttegels", fr="Tuiles de carte", de="Kartenkacheln")
HILL_SHADE = Text(en="Hill-shade", nl="Reliëfschaduw", fr="Ombrage du relief", de="Schummerung")
IN_LIGHT = Text(en="Slopes in the light", nl="Hellingen in het licht", fr="Pentes éclairées", de="Hänge im Licht")
IN_SHADOW = Text(en="Slopes in shadow", nl="Hellingen in de schaduw", fr="Pentes à l'ombre", de="Hänge im Schatten")
RASTER_STYLE_DESCRIPTION = Text(
    en="Heights drawn as on the service's maps, with light from the north-west.",
    nl="Hoogten getekend zoals op de kaarten van de dienst, met licht uit het noordwesten.",
    fr="Altitudes dessinées comme sur les cartes du service, éclairées du nord-ouest.",
    de="Höhen, gezeichnet wie auf den Karten des Dienstes, mit Licht aus Nordwesten.",
)
RELIEF = Text(
    en="Relief in tints of elevation",
    nl="Reliëf in hoogtetinten",
    fr="Relief en teintes d'altitude",
    de="Relief in Höhenstufen",
)
MAP_IMAGE = Text(en="Map image", nl="Kaartbeeld", fr="Image de carte", de="Kartenbild")
