"""Zip archives, checked for what Python's zipfile lets through."""

import zipfile

_END = b"PK\x05\x06"  # begins the record at the end of an archive
_END_BYTES = 22 + 0xFFFF  # its longest size, with a comment
_COUNT = slice(10, 12)  # of members, in that record
_MANY = 0xFFFF  # in the place of a count that does not fit


def check_archive(archive):
    """Raises an exception if the directory of an archive is not that of its members.

    Contents are not read: whoever reads a member to its end has its checksum compared.

    Args:
        archive: open `zipfile.ZipFile`.

    Raises:
        zipfile.BadZipFile: the directory lacks members, or names them otherwise.
        Exception: of other kinds, as damaged archives cause.
    """
    members = archive.infolist()
    for member in members:
        archive.open(member).close()  # compares both names
    file = archive.fp
    file.seek(max(0, file.seek(0, 2) - _END_BYTES))
    tail = file.read()
    count = int.from_bytes(tail[tail.rindex(_END) :][_COUNT], "little")
    if count not in (len(members), _MANY):
        raise zipfile.BadZipFile(
            f"the directory has {len(members)} members, its end says {count}"
        )
