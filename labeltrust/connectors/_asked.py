"""What a connector is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labeltrust.domain.platform_access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a pull is to read.

    Attributes:
        source: Name of the source.
        access: Where and as whom.
        config: The source's own settings, as its webhook adapter reads them.
    """

    source: str
    access: Access
    config: Mapping[str, object] = field(default_factory=dict)
