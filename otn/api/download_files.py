"""Files of whole collections: made once for each edition, when they are first asked for, and kept.

One is made at a time, over all processes, and who asks for it reads along while it grows. Whoever asks for another one
meanwhile is answered as if none were kept. What is kept of an edition is made for the next one before it is asked for.
"""

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from xxhash import xxh3_64_hexdigest

from otn.api.conditional import PROGRAM
from otn.api.context import Api
from otn.api.download_making import Making, WholeFile
from otn.api.encoders.registry import FORMATS, OutputFormat
from otn.api.encoders.view import PAGE_ORDER, TextFormat
from otn.api.envelope import envelope
from otn.api.feature_files import FeatureFile
from otn.api.presentation import whole_presentation
from otn.api.sql import view
from otn.edition.folders import remove_unfinished
from otn.edition.kept_files import (
    DOWNLOADS,
    NO_LANGUAGE,
    FileName,
    KeptFile,
    UnfinishedFile,
    files,
    make_room,
)
from otn.errors import DamagedPart, RequestError, Unavailable
from otn.model.collections import COLLECTIONS
from otn.model.text import DEFAULT_LANGUAGE
from otn.store.statement import SqlParameters

if TYPE_CHECKING:
    from otn.edition.edition import Edition

_log = logging.getLogger(__name__)
_INTERVAL = 1.0
_BY_NAME = {output.name: output for output in FORMATS}


class DownloadFiles:
    """The files below `folder`, that of the editions, as one process finds and makes them; `limit` bytes are kept."""

    def __init__(self, api: Api, folder: Path, limit: int) -> None:
        self._api = api
        self._folder = folder
        self._limit = limit
        self._open: dict[Path, KeptFile] = {}
        self._making: Making | None = None
        self._lock = FileLock(folder / "downloads.lock")

    def of(self, edition: "Edition", output: OutputFormat, language: str) -> WholeFile:
        """The file of an edition in a format and a language, which may be NO_LANGUAGE."""
        collection, is_text = edition.collection, isinstance(output.encoder, TextFormat)
        served = self._api.served.of_edition(edition)
        spoken = DEFAULT_LANGUAGE if is_text else language
        shown = view(collection, whole_presentation(collection.id), SqlParameters())
        page = envelope(self._api.service, shown, spoken, served.updated, named=served)
        features = FeatureFile(output, page, "", PAGE_ORDER, (), bare=is_text)
        made_of = [PROGRAM, edition.manifest.recipe, edition.manifest.loaded, edition.updated.isoformat()]
        if not is_text:
            made_of += [page.title, page.notice]
        fingerprint = xxh3_64_hexdigest(repr(made_of).encode())
        name = FileName(edition.number, output.name, NO_LANGUAGE if is_text else language, fingerprint)
        return WholeFile(collection.id, name, features, partial(self._api.served.confirm, collection, edition.number))

    async def find(self, file: WholeFile) -> KeptFile | None:
        """The file, verified, where it is kept."""
        path = self._folder_of(file.collection) / str(file.name)
        kept = self._open.get(path)
        if kept is None or not kept.is_there():
            self._open.pop(path, None)
            if not path.exists():
                return None
            try:
                kept = self._open[path] = await asyncio.to_thread(KeptFile, path)
            except DamagedPart as error:
                _log.warning("%s It is made anew when it is asked for.", error)
                path.unlink(missing_ok=True)
                return None
        kept.use()
        return kept

    def make(self, file: WholeFile) -> Making | None:
        """Begins to make the file, or joins who does; None where it is not to be kept, or another one is being made."""
        if self._making is not None:
            return self._making if self._making.file.name == file.name else None
        if not self._limit:
            return None
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return None
        folder = self._folder_of(file.collection)
        try:
            remove_unfinished(folder)
            making = Making(file, UnfinishedFile(folder, file.name))
        except OSError as error:
            _log.warning("No downloads are kept: %s", error)
            self._lock.release()
            return None
        self._making = making
        making.start(self._api.pool, self._ended)
        return making

    async def renew(self) -> None:
        """Makes what is kept of an edition for the one that came after it, as long as it runs."""
        while True:
            await asyncio.sleep(_INTERVAL)
            for collection in COLLECTIONS.values():
                edition = self._api.editions.current(collection)
                if edition is not None:
                    try:
                        await self._renew(edition)
                    except OSError as error:
                        # The folder may be there again the next time.
                        _log.warning("Downloads cannot be made anew: %s", error)

    async def close(self) -> None:
        """Breaks off what is being made."""
        if self._making is not None:
            await self._making.stop()

    async def _renew(self, edition: "Edition") -> None:
        for path, name in list(files(self._folder_of(edition.collection.id))):
            if name.edition == edition.number:
                continue
            output = _BY_NAME.get(name.format)
            file = None if output is None else self.of(edition, output, name.language)
            if file is None or await self.find(file) is not None:
                path.unlink(missing_ok=True)
            elif (making := self.make(file)) is not None:
                try:
                    await making.whole()
                except Unavailable:
                    return  # it is tried again
                except (RequestError, RuntimeError, OSError):
                    path.unlink(missing_ok=True)

    def _ended(self) -> None:
        assert self._making is not None  # noqa: S101 - it is what has ended
        made, self._making = self._making.file, None
        self._open = {path: kept for path, kept in self._open.items() if kept.is_there()}
        for path, name in files(self._folder_of(made.collection)):
            if (name.format, name.language) == (made.name.format, made.name.language) and name != made.name:
                path.unlink(missing_ok=True)
        make_room([self._folder_of(name) for name in COLLECTIONS], self._limit)
        self._lock.release()

    def _folder_of(self, collection_id: str) -> Path:
        return self._folder / collection_id / DOWNLOADS
