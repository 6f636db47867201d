"""Numbers, durations and moments as the window writes them."""

from __future__ import annotations

from typing import Final

THIN_SPACE: Final = "\u2009"
MINUS: Final = "\u2212"
PLUS_MINUS: Final = "\u00b1"


def number(value: float, decimals: int = 0) -> str:
    """1842 → ``1 842`` with thin groups of three and a true minus sign."""
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    is_zero = not any(digit in text for digit in "123456789")
    return text if value >= 0 or is_zero else MINUS + text


def short_number(value: float) -> str:
    """Counts for people: ``9 842``, ``680 k``, ``1.24 M``."""
    size = abs(value)
    if size < 10_000:
        return number(value)
    if size < 999_500:
        return f"{number(value / 1000)} k"
    if size < 999_500_000:
        decimals = 2 if size < 9_995_000 and round(value / 1e6, 2) % 1 else 1
        return f"{number(value / 1e6, decimals)} M"
    return f"{number(value / 1e9, 2)} G"


def signed(value: float, decimals: int = 0) -> str:
    """A change: ``+12``, ``−6``, or ``0``."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def with_interval(value: float, half_width: float, decimals: int = 0) -> str:
    return f"{number(value, decimals)} {PLUS_MINUS} {number(half_width, decimals)}"


def percent(share: float, decimals: int = 0) -> str:
    """A share from 0 to 1 as ``62 %``."""
    return f"{number(share * 100, decimals)} %"


def setting_value(value: object) -> str:
    """A hyper-parameter as one types it: ``0.99``, ``3e-4``, ``64``; a toggle's is ``on`` or ``off``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, float):
        return str(value)
    if value != 0 and abs(value) < 0.001:
        mantissa, exponent = f"{value:e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return f"{value:g}"


def duration(seconds: float) -> str:
    """``8.4 s``, ``45 s``, ``14 min``, ``2 h 5 min``, ``3 days``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days = round(hours / 24)
    return "1 day" if days == 1 else f"{days} days"


def time_left(seconds: float | None) -> str:
    return "time left not known yet" if seconds is None else f"{duration(max(seconds, 1))} left"


def ago(seconds: float) -> str:
    """``just now``, ``4 min ago``, ``2 h ago``, ``3 days ago``."""
    if seconds < 45:
        return "just now"
    if seconds < 3570:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 86_000:
        return f"{round(seconds / 3600)} h ago"
    return f"{duration(seconds)} ago"


def size_of(byte_count: int) -> str:
    """``4.1 MB`` and the like, in powers of 1000."""
    size = float(byte_count)
    for unit in ("B", "kB", "MB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.2f} GB"


def count_of(count: int, one: str, many: str | None = None) -> str:
    """``1 run``, ``3 runs``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
