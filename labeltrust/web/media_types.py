"""What the files of a snapshot are, by name."""

from collections.abc import Mapping
from types import MappingProxyType

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "labels.parquet": "application/vnd.apache.parquet",
        "judgments.parquet": "application/vnd.apache.parquet",
        "manifest.json": "application/json",
        "manifest.sig": "application/octet-stream",
    }
)
