"""Pieces of vector pictures (SVG) that need nothing else: no script, no font, no network."""

from collections.abc import Iterable
from html import escape

INK, PALE, BETTER, WORSE = "#1d2733", "#8a94a3", "#0a6b3d", "#a3201a"
SERIES = ("#1f5fa8", "#b8570b", "#0a6b3d", "#7a3b9a")
_FONT = "system-ui,'Noto Sans CJK SC',sans-serif"


def picture(width: int, height: int, parts: Iterable[str], title: str = "") -> str:
    """A whole picture; ``title`` is read to those who don't see it. White behind it where it has one."""
    ground = f'<title>{escape(title)}</title><rect width="{width}" height="{height}" fill="#fff"/>' if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'font-family="{_FONT}">{ground}{"".join(parts)}</svg>'
    )


def line(
    start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1, *, dashed: bool = False
) -> str:
    """A straight line."""
    dashes = ' stroke-dasharray="4"' if dashed else ""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashes}/>'
    )


def dot(centre: tuple[float, float], colour: str, *, radius: float = 4.5, filled: bool = True, tip: str = "") -> str:
    """A filled or open dot; ``tip`` is shown under the pointer."""
    fill = colour if filled else "#fff"
    inside = f"<title>{escape(tip)}</title>" if tip else ""
    return (
        f'<circle cx="{centre[0]:.1f}" cy="{centre[1]:.1f}" r="{radius:g}" fill="{fill}" stroke="{colour}" '
        f'stroke-width="1.5">{inside}</circle>'
    )


def label(place: tuple[float, float], text: str, *, size: int = 12, anchor: str = "start", colour: str = INK) -> str:
    """A line of text; ``anchor`` is ``start``, ``middle`` or ``end``."""
    return (
        f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(text)}</text>"
    )


def area(points: Iterable[tuple[float, float]], colour: str) -> str:
    """A faint filled outline."""
    return f'<polygon points="{_points(points)}" fill="{colour}" fill-opacity="0.15"/>'


def path(points: Iterable[tuple[float, float]], colour: str, width: float = 2, *, dashed: bool = False) -> str:
    """Lines from point to point."""
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<polyline points="{_points(points)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
