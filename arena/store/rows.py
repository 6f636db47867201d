"""Records as rows: a column for each field, nested fields as JSON text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar, get_type_hints

import msgspec


class Row(Protocol):
    """A row of the database, its values by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


Record = TypeVar("Record", bound=msgspec.Struct)
PLAIN = (type(None), bool, int, float, str)


def to_columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as values that SQLite takes."""
    return {
        name: value if isinstance(value, PLAIN) else msgspec.json.encode(value, order="sorted").decode()
        for name, value in fields.items()
    }


def record_columns(record: msgspec.Struct) -> dict[str, Any]:
    """All of a record's fields as values that SQLite takes."""
    return to_columns(msgspec.structs.asdict(record))


def from_row(kind: type[Record], row: Row) -> Record:
    """The record of this kind that a row holds; columns that are no fields are left out."""
    values = {}
    for name, decoder in _decoders(kind).items():
        value = row[name]
        values[name] = value if decoder is None or value is None else decoder(value)
    return kind(**values)


@lru_cache
def _decoders(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """For each field, what turns its column into its value; None where they are the same."""
    hints = get_type_hints(kind)
    return {name: _decoder(hints[name]) for name in kind.__struct_fields__}


def _decoder(hint: Any) -> Any:
    if hint is bool:
        return bool
    information = msgspec.inspect.type_info(hint)
    alternatives = getattr(information, "types", (information,))
    nested = (msgspec.inspect.DictType, msgspec.inspect.VarTupleType, msgspec.inspect.StructType)
    if any(isinstance(alternative, nested) for alternative in alternatives):
        return msgspec.json.Decoder(hint).decode
    return None


def insert(table: str, columns: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The statement that adds a row, and its values."""
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values())


def update(table: str, identity: str, fields: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The statement that changes fields of the row with this id, and its values."""
    columns = to_columns(fields)
    changes = ", ".join(f'"{name}" = ?' for name in columns)
    return f"UPDATE {table} SET {changes} WHERE id = ?", [*columns.values(), identity]
