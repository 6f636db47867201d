"""Finds fonts and icons: inside an installed wheel, else beside the package in a working copy."""

from __future__ import annotations

from pathlib import Path

import arena


def assets_folder() -> Path:
    """The folder that holds `fonts` and `icons`."""
    package = Path(arena.__file__).parent
    installed = package / "_shipped" / "assets"
    return installed if installed.is_dir() else package.parent / "assets"


def font_path(file_name: str) -> Path:
    return assets_folder() / "fonts" / file_name


def icon_text(name: str) -> str:
    """The icon's SVG text. Raises FileNotFoundError for an icon that is not shipped."""
    return (assets_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
