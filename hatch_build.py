"""Puts shipped plugins and assets inside the package: no top-level `agents` may reach site-packages."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedFolders(BuildHookInterface[Any]):
    """Maps each shipped folder to `arena/_shipped/`; an editable install reads them beside the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            for folder in ("agents", "plugins", "assets"):
                build_data["force_include"][str(Path(self.root, folder))] = f"arena/_shipped/{folder}"
