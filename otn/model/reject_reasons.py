"""Why loads leave rows out, said for people in the four languages, by the code that is stored and shown."""

from otn.model.text import Text

REJECT_REASONS = {
    "geometry/missing": Text(en="no geometry", nl="geen geometrie", fr="sans géométrie", de="keine Geometrie"),
    "geometry/incomplete": Text(
        en="part of the geometry is missing",
        nl="een deel van de geometrie ontbreekt",
        fr="une partie de la géométrie manque",
        de="ein Teil der Geometrie fehlt",
    ),
    "geometry/empty": Text(en="empty geometry", nl="lege geometrie", fr="géométrie vide", de="leere Geometrie"),
    "geometry/type": Text(
        en="another type of geometry than the collection has",
        nl="een ander geometrietype dan dat van de collectie",
        fr="un autre type de géométrie que celui de la collection",
        de="ein anderer Geometrietyp als der der Sammlung",
    ),
    "geometry/too-few-points": Text(
        en="too few points", nl="te weinig punten", fr="trop peu de points", de="zu wenige Punkte"
    ),
    "geometry/not-finite": Text(
        en="a coordinate is no number",
        nl="een coördinaat is geen getal",
        fr="une coordonnée n'est pas un nombre",
        de="eine Koordinate ist keine Zahl",
    ),
    "geometry/out-of-range": Text(
        en="a coordinate lies outside the earth",
        nl="een coördinaat ligt buiten de aarde",
        fr="une coordonnée est hors de la Terre",
        de="eine Koordinate liegt außerhalb der Erde",
    ),
    "geometry/null-island": Text(
        en="at 0° north, 0° east, where nothing is",
        nl="op 0° noord, 0° oost, waar niets is",
        fr="à 0° nord, 0° est, où il n'y a rien",
        de="bei 0° Nord, 0° Ost, wo nichts ist",
    ),
    "geometry/outside-region": Text(
        en="outside the region", nl="buiten de regio", fr="hors de la région", de="außerhalb der Region"
    ),
    "geometry/swapped-axes": Text(
        en="longitude and latitude are swapped",
        nl="lengte en breedte zijn verwisseld",
        fr="longitude et latitude sont inversées",
        de="Länge und Breite sind vertauscht",
    ),
    "geometry/invalid": Text(
        en="a geometry that cannot be repaired",
        nl="een geometrie die niet te herstellen is",
        fr="une géométrie irréparable",
        de="eine Geometrie, die nicht zu reparieren ist",
    ),
    "field/missing": Text(
        en="a property that every feature must have is missing",
        nl="een eigenschap die elk object moet hebben, ontbreekt",
        fr="une propriété que chaque objet doit avoir manque",
        de="eine Eigenschaft, die jedes Objekt haben muss, fehlt",
    ),
    "id/duplicate": Text(
        en="an identifier that came before",
        nl="een identificatie die al voorkwam",
        fr="un identifiant déjà rencontré",
        de="eine Kennung, die schon vorkam",
    ),
    "id/too-long": Text(
        en="an identifier that is too long",
        nl="een te lange identificatie",
        fr="un identifiant trop long",
        de="eine zu lange Kennung",
    ),
    "row/unreadable": Text(
        en="the row cannot be read",
        nl="de rij is niet te lezen",
        fr="la ligne est illisible",
        de="die Zeile ist nicht lesbar",
    ),
}
