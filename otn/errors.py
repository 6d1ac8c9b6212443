"""Every error OTN raises on purpose, in one tree.

    OtnError                   one sentence a person can act on; the command line prints it and exits with 1
    ├── SettingsError          an OTN_* variable is unknown or has no usable value
    ├── ConfigError            a file under config/ is wrong; the sentence names file and dotted path
    ├── ClusterError           PostgreSQL or PostGIS is missing, or does not start or answer
    ├── LoadError              a load stopped; what was served before is still served
    │   ├── UnknownDataset     no region declares a dataset of that name
    │   ├── SourceError        what the publisher sent cannot be read
    │   │   ├── DownloadError  what the publisher offers cannot be fetched, or must not be
    │   │   └── ArchiveError   an archive is damaged, or not one that may be unpacked
    │   └── LoadInProgress     another load of the same dataset is running
    ├── EditionError           an edition cannot be built or read; PostgreSQL answers in its place
    │   └── DamagedPart        a file of an edition is not what was written
    └── RequestError           a client's mistake or a limit reached; becomes a problem document (RFC 9457)
        ├── BadRequest         400
        │   └── UnknownProperty  400 for a filter that other collections may well be asked
        ├── NotFound           404
        ├── NotAcceptable      406
        ├── Gone               410
        └── Unavailable        503
            └── TookTooLong    503, and asking for less would help

Foreign errors are translated into this tree once, where OTN meets the foreign library.
"""


class OtnError(Exception):
    """Something a person can act on, said in one sentence."""


class SettingsError(OtnError):
    """An `OTN_*` variable is unknown or has no usable value."""


class ConfigError(OtnError):
    """A file under `config/` is wrong."""


class ClusterError(OtnError):
    """PostgreSQL or PostGIS is missing, or does not start or answer."""


class LoadError(OtnError):
    """A load stopped; what was served before is still served."""


class UnknownDataset(LoadError):
    """No region declares a dataset of that name."""


class SourceError(LoadError):
    """What the publisher sent cannot be read."""


class DownloadError(SourceError):
    """What the publisher offers cannot be fetched, or must not be."""


class ArchiveError(SourceError):
    """An archive is damaged, or not one that may be unpacked."""


class LoadInProgress(LoadError):
    """Another load of the same dataset is running."""


class EditionError(OtnError):
    """An edition cannot be built or read; PostgreSQL answers in its place."""


class DamagedPart(EditionError):
    """A file of an edition is not what was written."""


class RequestError(OtnError):
    """A client's mistake or a limit reached.

    `detail` says what is wrong; `parameter` names the query parameter at fault, where there is one.
    """

    status = 500
    title = "Internal Server Error"

    def __init__(self, detail: str, *, parameter: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.parameter = parameter


class BadRequest(RequestError):
    """The request cannot be understood."""

    status = 400
    title = "Bad Request"


class UnknownProperty(BadRequest):
    """A filter names a property that the collection does not have; another one may have it."""


class NotFound(RequestError):
    """There is no such resource."""

    status = 404
    title = "Not Found"


class NotAcceptable(RequestError):
    """No representation of the resource has the media type that was asked for."""

    status = 406
    title = "Not Acceptable"


class Gone(RequestError):
    """What is asked for was there and is no longer."""

    status = 410
    title = "Gone"


class Unavailable(RequestError):
    """The service cannot answer now; trying again later may help."""

    status = 503
    title = "Service Unavailable"


class Superseded(Unavailable):
    """The data have been loaded anew since an answer was begun."""


class TookTooLong(Unavailable):
    """An answer ran into its time limit."""
