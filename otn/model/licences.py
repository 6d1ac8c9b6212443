"""The licences datasets may refer to. A licence comes from this register, never from free text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """A licence by its SPDX identifier where it has one; `share_alike` where what is derived must carry it too."""

    id: str
    title: str
    url: str
    share_alike: bool = False


LICENCES = {
    licence.id: licence
    for licence in (
        Licence("ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", True),
        Licence("MIT", "MIT License", "https://opensource.org/license/mit"),
        Licence("Apache-2.0", "Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
        Licence("CC0-1.0", "CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
        Licence("CC-PDM-1.0", "Public Domain Mark 1.0", "https://creativecommons.org/publicdomain/mark/1.0/"),
        Licence("PDDL-1.0", "Public Domain Dedication and Licence", "https://opendatacommons.org/licenses/pddl/1-0/"),
        Licence("us-government-work", "Work of the United States Government", "https://www.usa.gov/government-works"),
        Licence("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        Licence(
            "OGL-UK-3.0",
            "Open Government Licence 3.0",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ),
        Licence("etalab-2.0", "Licence Ouverte 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
        Licence(
            "gratis-hergebruik-1.0",
            "Modellicentie voor gratis hergebruik 1.0",
            "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
        ),
        Licence("not-stated", "No licence stated: use here only", "https://www.dcat-ap.de/def/licenses/other-closed"),
    )
}
