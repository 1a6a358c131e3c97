"""Files that a visitor dropped, kept in the folder of the visit."""

import os
import pathlib
import shutil
import zipfile
from typing import NamedTuple

from learned_update.data.sources.own.image_files import suffixes
from learned_update.demo.uploads.limits import check_bytes, check_files
from learned_update.demo.uploads.zip_folders import check_unpacked, content_of, unpack
from learned_update.errors import invalid

IMAGES, TABLE, OTHER = "images", "table", "other"
ZIP, ARCHIVE = ".zip", ".npz"
KINDS = {
    ZIP: IMAGES,
    ".csv": TABLE,
    ".tsv": TABLE,
    ".npy": OTHER,
    ARCHIVE: OTHER,
    ".txt": OTHER,
}


class Kept(NamedTuple):
    """What was dropped, on disk.

    Attributes:
        path: file or folder for `learned_update.data.from_path`.
        title: what the page calls it.
        kind: `IMAGES`, `TABLE` or `OTHER`.
    """

    path: pathlib.Path
    title: str
    kind: str


def keep(paths, folder, limits):
    """Links or unpacks files into a folder.

    Args:
        paths: of the files as they were uploaded; they stay where they are.
        folder: of the visit, empty.
        limits: `Limits`.

    Returns:
        `Kept`.

    Raises:
        ValueError: they are too large, too many, of no known kind or of several.
    """
    paths = [pathlib.Path(path) for path in paths]
    title = paths[0].name if len(paths) == 1 else f"{len(paths):,} files"
    check_files(title, len(paths))
    check_bytes(title, sum(path.stat().st_size for path in paths), limits)
    unknown = [path.name for path in paths if _kind(path) is None]
    alone = [path.name for path in paths if path.suffix.lower() in KINDS]
    if unknown or (alone and len(paths) > 1):
        raise invalid(
            f"{(unknown or alone)[0]} cannot be used"
            + ("." if unknown else " together with other files."),
            expected="images, one zip of a folder of images, or one table or array "
            f"({' '.join(KINDS)})",
            received=", ".join(path.name for path in paths[:4])
            + (", .." if len(paths) > 4 else ""),
            remedy="Drop one of these.",
        )
    if not alone:
        return _keep_images(paths, folder, title)
    return _keep_one(paths[0], folder, title, limits)


def _kind(path):
    suffix = path.suffix.lower()
    return IMAGES if suffix in suffixes() else KINDS.get(suffix)


def _keep_images(paths, folder, title):
    images = folder / "images"
    images.mkdir()
    for number, path in enumerate(paths):
        target = images / path.name
        if target.exists():  # of another folder
            target = images / f"{path.stem}-{number}{path.suffix}"
        _link(path, target)
    return Kept(images, title, IMAGES)


def _keep_one(path, folder, title, limits):
    suffix = path.suffix.lower()
    if suffix == ZIP:
        inside = folder / (path.stem.strip(". ") or "folder")
        inside.mkdir()
        unpack(path, inside, limits)
        return Kept(content_of(inside), title, IMAGES)
    if suffix == ARCHIVE and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        check_unpacked(title, size, limits)
    target = folder / path.name
    _link(path, target)
    return Kept(target, title, KINDS[suffix])


def _link(source, target):
    """The same file under another name; a copy where the disk has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
