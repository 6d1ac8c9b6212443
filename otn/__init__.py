"""OTN (Open Transport Net): publishers' transport data, harmonised in PostGIS and served as OGC API Features."""

__version__ = "0.1.0"
