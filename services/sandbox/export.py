"""An export of two vendors, as it lies in a folder."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Payload = dict[str, Any]


class ExportError(Exception):
    """An export that cannot be served; says which file and line."""


def rows(folder: Path, name: str, required: tuple[str, ...]) -> list[Payload]:
    """The objects of one file, packed or not; none where there is no file.

    Raises:
        ExportError: A line is no object, or lacks one of the required members.
    """
    found: list[Payload] = []
    for path in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"):
        if path.is_file():
            for number, line in _lines(path):
                found.append(_row(line, path, number, required))
            break
    return found


def directory(folder: Path) -> Payload:
    """The names behind the ids; empty where there is no file.

    Raises:
        ExportError: It is no object.
    """
    path = folder / "directory.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ExportError(f"{path}: not JSON ({error})") from error
    if not isinstance(found, dict):
        raise ExportError(f"{path}: not an object")
    return found


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise ExportError(f"{path}: cannot be read ({error})") from error


def _row(line: bytes, path: Path, number: int, required: tuple[str, ...]) -> Payload:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ExportError(f"{path}, line {number}: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise ExportError(f"{path}, line {number}: not an object")
    for key in required:
        if row.get(key) in (None, ""):
            raise ExportError(f"{path}, line {number}: {key} is missing")
    return row
