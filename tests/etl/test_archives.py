"""An archive is unpacked whole or not at all, and nothing in it chooses where on the disk it lands."""

import bz2
import gzip
import io
import lzma
import os
import stat
import string
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otn.errors import ArchiveError, SourceError
from otn.etl.archives import ArchiveLimits, unpack

CONTENT = b"id;name\n1;Kerkstraat\n" * 100
MEGABYTE = bytes(1_000_000)
FILES = {"roads/Wegsegment.SHP": b"shp", "roads/Wegsegment.dbf": b"dbf", "readme.txt": CONTENT}

Members = dict[str, bytes]


def zipped(members: Members, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(members: Members, kind: int = tarfile.PAX_FORMAT, **attributes: object) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for attribute, value in attributes.items():
                setattr(member, attribute, value)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


PACKED: dict[str, Callable[[Members], bytes]] = {
    "a.zip": zipped,
    "b.zip": lambda members: zipped(members, zipfile.ZIP_STORED),
    "a.tar": tarred,
    "b.tar": lambda members: tarred(members, tarfile.GNU_FORMAT),
    "c.tar": lambda members: tarred(members, tarfile.USTAR_FORMAT),
    "a.tar.gz": lambda members: gzip.compress(tarred(members), mtime=0),
    "a.tgz": lambda members: gzip.compress(tarred(members), mtime=0),
    "a.tar.bz2": lambda members: bz2.compress(tarred(members)),
    "a.tar.xz": lambda members: lzma.compress(tarred(members)),
    "a": lambda members: gzip.compress(tarred(members), mtime=0),
}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "there" / "unpacked"


def write(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def refused(path: Path, into: Path, message: str, **options: object) -> None:
    """It is, in one sentence that names the archive, and leaves nothing behind."""
    with pytest.raises(ArchiveError, match=message) as raised:
        unpack(path, into, **options)  # type: ignore[arg-type]
    assert str(path) in str(raised.value)
    assert list(into.parent.iterdir()) == []


@pytest.mark.parametrize("name", PACKED)
def test_what_is_wanted_is_unpacked(tmp_path: Path, into: Path, name: str) -> None:
    path = write(tmp_path, name, PACKED[name](FILES))
    assert unpack(path, into, wanted=["*.shp", "wegsegment.DBF"]) == [
        into / "roads" / "Wegsegment.SHP",
        into / "roads" / "Wegsegment.dbf",
    ]
    assert sorted(file.read_bytes() for file in into.rglob("*") if file.is_file()) == [b"dbf", b"shp"]
    assert [entry.name for entry in into.parent.iterdir()] == ["unpacked"]


@pytest.mark.parametrize("name", PACKED)
def test_without_a_wish_everything_is(tmp_path: Path, into: Path, name: str) -> None:
    files = unpack(write(tmp_path, name, PACKED[name](FILES)), into)
    assert {str(file.relative_to(into)): file.read_bytes() for file in files} == FILES


@pytest.mark.parametrize("name", PACKED)
def test_what_is_wanted_must_be_there(tmp_path: Path, into: Path, name: str) -> None:
    path = write(tmp_path, name, PACKED[name](FILES))
    message = r"nothing in it is named like \*\.csv or \*\.xml; it has 'roads/Wegsegment.SHP', .*, 'readme.txt'\."
    refused(path, into, message, wanted=["*.csv", "*.xml"])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: lzma.compress(data) * 2])
def test_a_file_that_is_packed_alone_loses_its_ending(
    tmp_path: Path, into: Path, pack: Callable[[bytes], bytes]
) -> None:
    [file] = unpack(write(tmp_path, "roads.csv.gz", pack(CONTENT)), into)
    assert file == into / "roads.csv"
    assert file.read_bytes() in (CONTENT, CONTENT * 2)


def test_an_archive_in_an_archive_stays_one(tmp_path: Path, into: Path) -> None:
    inner = zipped(FILES)
    [file] = unpack(write(tmp_path, "a.zip", zipped({"inner.zip": inner})), into)
    assert file.read_bytes() == inner
    [again] = unpack(write(tmp_path, "a.csv.gz", gzip.compress(gzip.compress(tarred(FILES)))), into.with_name("2"))
    assert again.read_bytes()[:2] == b"\x1f\x8b"


def test_what_macos_puts_beside_files_is_not_wanted(tmp_path: Path, into: Path) -> None:
    path = write(tmp_path, "a.zip", zipped({"a.shp": b"1", "__MACOSX/._a.shp": b"2", "b/._b.shp": b"3"}))
    assert unpack(path, into, wanted=["*.shp"]) == [into / "a.shp"]


def test_folders_are_no_members_to_want(tmp_path: Path, into: Path) -> None:
    path = write(tmp_path, "a.zip", zipped({"data.gdb/": b"", "data.gdb/a": b"1", "data.gdb/b/": b""}))
    assert unpack(path, into, wanted=["*.gdb", "*/a"]) == [into / "data.gdb" / "a"]
    dotted = write(tmp_path, "a.tar", tarred({"./a.csv": b"1"}))
    assert unpack(dotted, into.with_name("2")) == [into.with_name("2") / "a.csv"]


BAD_NAMES = {
    "../roads.csv": "leads out of the archive",
    "a/../../roads.csv": "leads out of the archive",
    "a/..": "leads out of the archive",
    "/etc/cron.d/roads": "begins at the root of a disk",
    "//server/share": "begins at the root of a disk",
    "C:/roads.csv": "begins at the root of a disk",
    "c:roads.csv": "begins at the root of a disk",
    "a\\roads.csv": "has a backslash",
    "..\\roads.csv": "has a backslash",
    "a//roads.csv": "has a part without a name",
    "roads\n.csv": "has characters that cannot be shown",
    "roads\u202evsc.exe": "has characters that cannot be shown",
    "x" * 256: "is too long",
    "/".join("x" * 520): "is too long",
    ".": "is that of a folder",
    "a/.": "is that of a folder",
}


@pytest.mark.parametrize("archive", ["a.zip", "a.tar", "a.tar.gz"])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_may_lead_elsewhere_is_refused(tmp_path: Path, into: Path, archive: str, name: str) -> None:
    path = write(tmp_path, archive, PACKED[archive]({"good.csv": b"1", name: b"2"}))
    refused(path, into, f"the name of its member .* {BAD_NAMES[name]}", wanted=["good.csv"])


@pytest.mark.parametrize(
    "members",
    [
        {"Roads.csv": b"1", "roads.CSV": b"2"},
        {"\u00e9.csv": b"1", "e\u0301.csv": b"2"},
        {"a.csv": b"1", "./a.csv": b"2"},
        {"a": b"1", "A/b": b"2"},
        {"a/b": b"1", "a": b"2"},
    ],
)
@pytest.mark.parametrize("archive", ["a.zip", "a.tar"])
def test_names_that_meet_are_refused(tmp_path: Path, into: Path, archive: str, members: Members) -> None:
    path = write(tmp_path, archive, PACKED[archive](members))
    refused(path, into, "it has two members named|lies in a member that is a file")


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path, into: Path) -> None:
    path = write(tmp_path, "a.zip", zipped({"a": b"1", "b": b"2"}).replace(b"b", b"a"))
    refused(path, into, "it has two members named 'a'")


def test_a_name_that_ends_early_is_refused(tmp_path: Path, into: Path) -> None:
    content = zipped({"a.csvXexe": b"1"}).replace(b"a.csvXexe", b"a.csv\0exe")
    refused(write(tmp_path, "a.zip", content), into, "has characters that cannot be shown")


names = st.text(
    st.sampled_from(["a", "B", ".", "/", "\\", ":", " ", "\u00e9", "\u0131", "\u212a"])
    | st.characters(codec="utf-8", exclude_characters="\0"),
    min_size=1,
    max_size=12,
)


@given(members=st.dictionaries(names, st.binary(max_size=4), max_size=5), archive=st.sampled_from(["a.zip", "a.tar"]))
def test_whatever_the_names_are_all_lands_inside_or_nothing_does(
    tmp_path_factory: pytest.TempPathFactory, members: Members, archive: str
) -> None:
    folder = tmp_path_factory.mktemp("names")
    into = folder / "there" / "unpacked"
    path = write(folder, archive, PACKED[archive](members))
    try:
        files = unpack(path, into)
    except ArchiveError:
        assert list(into.parent.iterdir()) == []
    else:
        assert all(file.resolve().is_relative_to(into.resolve()) and file.is_file() for file in files)
        assert sorted(file.read_bytes() for file in files) == sorted(
            content
            for name, content in members.items()
            if not name.endswith("/") and not any(part.startswith("._") for part in name.split("/")[-1:])
        )
    assert {entry.name for entry in folder.iterdir()} <= {archive, "there"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, into: Path, kind: bytes) -> None:
    path = write(tmp_path, "a.tar", tarred({"a.csv": b""}, type=kind, linkname="/etc/passwd"))
    refused(path, into, "its member 'a.csv' is a link, a device", wanted=["b.csv"])


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, into: Path, kind: int) -> None:
    member = zipfile.ZipInfo("a.csv")
    member.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    refused(tmp_path / "a.zip", into, "its member 'a.csv' is a link, a device")


def test_an_encrypted_member_is_refused(tmp_path: Path, into: Path) -> None:
    content = bytearray(zipped({"a.csv": CONTENT}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    refused(write(tmp_path, "a.zip", bytes(content)), into, "its member 'a.csv' is encrypted")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_whose_memory_cannot_be_limited_are_refused(tmp_path: Path, into: Path, packing: int) -> None:
    path = write(tmp_path, "a.zip", zipped({"a.csv": CONTENT}, packing))
    refused(path, into, "its member 'a.csv' is packed in another way than deflate")


BOMBS: dict[str, bytes] = {
    "a.zip": zipped({"a.csv": MEGABYTE * 10}),
    "a.csv.gz": gzip.compress(MEGABYTE * 10, mtime=0),
    "a.csv.bz2": bz2.compress(MEGABYTE * 10),
    "a.csv.xz": lzma.compress(MEGABYTE * 10),
    "a.tar.gz": gzip.compress(tarred({"a.csv": MEGABYTE * 10}), mtime=0),
    "b.tar.xz": lzma.compress(tarred({str(number): MEGABYTE for number in range(10)})),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(tmp_path: Path, into: Path, name: str) -> None:
    path = write(tmp_path, name, BOMBS[name])
    assert len(BOMBS[name]) < 20_000
    refused(path, into, "is more than 250 times as large as it is packed")


def test_a_zip_that_lies_about_sizes_is_not_believed(tmp_path: Path, into: Path) -> None:
    """It says that ten megabytes are a hundred bytes, or were packed into as many as ten megabytes."""
    bomb, size = BOMBS["a.zip"], struct.pack("<L", 10_000_000)
    path = write(tmp_path, "a.zip", bomb.replace(size, struct.pack("<L", 100)))
    refused(path, into, "is damaged or cut off|as large as it is packed")
    packed = struct.pack("<L", zipfile.ZipFile(io.BytesIO(bomb)).infolist()[0].compress_size)
    refused(write(tmp_path, "b.zip", bomb.replace(packed, size)), into, "as large as it is packed|is damaged")


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (ArchiveLimits(members=2), "it has more than 2 members"),
        (ArchiveLimits(member_bytes=2000), "'readme.txt' has more than 2,000 bytes"),
        (ArchiveLimits(total_bytes=2101), "more than 2,101 bytes come out of it|what is in it has more than 2,101"),
    ],
)
def test_what_is_too_much_is_refused(
    tmp_path: Path, into: Path, name: str, limits: ArchiveLimits, message: str
) -> None:
    path = write(tmp_path, name, PACKED[name](FILES))
    refused(path, into, message, limits=limits)


def test_a_list_of_members_that_would_fill_the_memory_is_not_read(tmp_path: Path, into: Path) -> None:
    content = zipped({f"{number:05}{'x' * 200}": b"" for number in range(70_000)}, zipfile.ZIP_STORED)
    refused(write(tmp_path, "a.zip", content), into, "the list of its members, or what it says of one, is too long")


def test_what_a_tar_says_of_a_member_does_not_fill_the_memory(tmp_path: Path, into: Path) -> None:
    content = tarred({"a.csv": b"1"}, pax_headers={"comment": "x" * 3_000_000})
    refused(write(tmp_path, "a.tar", content), into, "the list of its members, or what it says of one, is too long")


def test_a_single_file_is_limited_too(tmp_path: Path, into: Path) -> None:
    path = write(tmp_path, "a.csv.gz", gzip.compress(CONTENT, mtime=0))
    refused(path, into, "'a.csv' has more than 2,000 bytes", limits=ArchiveLimits(member_bytes=2000))


def test_xz_that_needs_much_memory_is_refused(tmp_path: Path, into: Path) -> None:
    # Only said to need it: the size of the dictionary is one byte of the header, under a checksum of its own.
    packed = bytearray(lzma.compress(CONTENT, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]))
    at = packed.index(b"\x21\x01") + 2
    packed[at] = 36
    end = 12 + (packed[12] + 1) * 4
    packed[end - 4 : end] = struct.pack("<L", zlib.crc32(packed[12 : end - 4]))
    refused(write(tmp_path, "a.csv.xz", bytes(packed)), into, "Memory usage limit exceeded")


@pytest.mark.parametrize("name", PACKED)
def test_a_cut_off_archive_is_refused_wherever_it_is_cut(tmp_path: Path, into: Path, name: str) -> None:
    content = PACKED[name](FILES | {"noise.bin": os.urandom(3000)})
    end = len(content.rstrip(b"\0")) if name.endswith(".tar") else len(content)
    for cut in {7, 100, 511, 512, 513, 1024, 1536, end // 2, end - 1000, end - 30, end - 1}:
        refused(write(tmp_path, name, content[:cut]), into, "damaged")


@pytest.mark.parametrize("name", ["a.zip", "b.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a"])
@given(data=st.data())
def test_damage_is_noticed_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    content = bytearray(PACKED[name](FILES))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    folder = tmp_path_factory.mktemp("damage")
    try:
        unpack(write(folder, name, bytes(content)), folder / "there" / "unpacked")
    except ArchiveError:
        assert list((folder / "there").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", b""),
        ("a.zip", b"<html>404</html>"),
        ("a.zip", b"PK\x03\x04 and no more"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(600)),
        ("a.tar", b"no tar" * 200),
        ("a.tar.gz", gzip.compress(b"no tar" * 200, mtime=0)),
        ("a.tgz", gzip.compress(b"", mtime=0)),
        ("a.gz", b"\x1f\x8b\x08"),
        ("a.gz", gzip.compress(CONTENT, mtime=0) + b"more"),
        ("a.zip", zipped({})),
        ("a.zip", zipped(FILES)[30:]),
        ("a.zip", zipped(FILES).replace(b"PK\x05\x06", b"PK\x05\x06\0\0\0\0")),
        ("a.tar", tarred({})),
    ],
)
def test_what_is_no_archive_or_an_empty_one_is_refused(tmp_path: Path, into: Path, name: str, content: bytes) -> None:
    refused(write(tmp_path, name, content), into, "it is damaged, or neither zip|is damaged or cut|nothing in it")


def test_a_place_that_is_taken_is_left_as_it_is(tmp_path: Path, into: Path) -> None:
    into.mkdir(parents=True)
    (into / "mine").write_text("mine")
    path = write(tmp_path, "a.zip", zipped(FILES))
    with pytest.raises(SourceError, match=r"a\.zip cannot be unpacked into .*unpacked: Directory not empty"):
        unpack(path, into)
    assert [entry.name for entry in into.iterdir()] == ["mine"]
    with pytest.raises(SourceError, match="No such file"):
        unpack(tmp_path / "gone.zip", tmp_path / "new")


@given(st.lists(st.sampled_from(string.ascii_lowercase), min_size=1, max_size=4, unique=True))
def test_the_order_is_that_of_the_archive(tmp_path_factory: pytest.TempPathFactory, letters: list[str]) -> None:
    folder = tmp_path_factory.mktemp("order")
    path = write(folder, "a.zip", zipped(dict.fromkeys(letters, b"1")))
    assert [file.name for file in unpack(path, folder / "unpacked")] == letters
