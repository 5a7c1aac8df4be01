"""Small drawings in the reader's colours, as pictures that need no second request."""

from collections.abc import Sequence
from urllib.parse import quote

from layouts.elements import Element, html
from layouts.palette import Palette

WAVES = "M2 15.5c3-2 5-2 8 0s5 2 8 0 5-2 8 0V28H2z"


def picture(svg: str, width: float, height: float, class_name: str, alt: str = "") -> Element:
    """The text must be ours: nothing of a customer's goes in."""
    return html.Img(
        src="data:image/svg+xml," + quote(svg, safe="/:=' "),
        width=f"{width:g}",
        height=f"{height:g}",
        className=class_name,
        alt=alt,
    )


def logo(line: str, water: str, size: float = 24) -> Element:
    """The porthole, Vigia's mark; `size` is in pixels, and CSS may override it."""
    return picture(logo_svg(line, water), size, size, "logo")


def logo_svg(line: str, water: str) -> str:
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28'>"
        "<clipPath id='c'><circle cx='14' cy='14' r='9.2'/></clipPath>"
        f"<circle cx='14' cy='14' r='12.6' fill='none' stroke='{line}' stroke-width='2.4'/>"
        f"<path clip-path='url(#c)' d='{WAVES}' fill='{water}'/>"
        f"<circle cx='17.4' cy='9.8' r='1.9' fill='{line}'/></svg>"
    )


def sparkline(
    values: Sequence[float | None],
    palette: Palette,
    low: Sequence[float | None] = (),
    high: Sequence[float | None] = (),
    alt: str = "",
    running: int | None = None,
    unknown: int = 0,
) -> Element | None:
    """86 by 32 pixels, one value per day, with the usual band and a dot at its last whole day.

    The day at the place `running` is not over: a hollow dot at the end of dashes. Days without a
    value are gaps, the first `unknown` ones dashed: nobody knows their value. Nothing is drawn for
    fewer than three values.
    """
    today = None if running is None else values[running]
    values = [None if place == running else value for place, value in enumerate(values)]
    known = [v for v in values if v is not None]
    if len(known) < 3:
        return None
    edges = [v for v in (*low, *high) if v is not None]
    bottom, top = min(known + edges), max(known + edges)
    spread = (top - bottom) or 1.0
    step = 78 / max(1, len(values) - 1)

    def point(place: int, value: float) -> str:
        height = min(1.0, max(0.0, (value - bottom) / spread))
        return f"{3 + place * step:.1f} {29 - 26 * height:.1f}"

    band = ""
    both = [
        (i, a, b)
        for i, (a, b) in enumerate(zip(low, high, strict=False))
        if a is not None and b is not None
    ]
    if len(both) > 1:
        outline = [point(i, b) for i, _, b in both] + [point(i, a) for i, a, _ in reversed(both)]
        band = f"<path d='M{'L'.join(outline)}Z' fill='{palette['s3']}'/>"
    line, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        line.append(pen + point(place, value))
        pen = "L"
    last = next(i for i in reversed(range(len(values))) if values[i] is not None)
    x, y = point(last, float(values[last] or 0)).split()
    dashes = f"fill='none' stroke='{palette['ink3']}' stroke-width='1.2' stroke-dasharray='2 2'"
    marks = f"<path d='M3 29H{3 + (unknown - 0.5) * step:.1f}' {dashes}/>" if unknown else ""
    if running is not None and today is not None:
        right, top_edge = point(running, today).split()
        marks += (
            f"<path d='M{x} {y}L{right} {top_edge}' {dashes}/><circle cx='{right}' "
            f"cy='{top_edge}' r='2.2' fill='{palette['s1']}' stroke='{palette['ink3']}'/>"
        )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 86 32'>{band}{marks}"
        f"<path d='{''.join(line)}' fill='none' stroke='{palette['ink3']}' "
        "stroke-width='1.4' stroke-linejoin='round'/>"
        f"<circle cx='{x}' cy='{y}' r='2.6' fill='{palette['accent']}'/></svg>"
    )
    return picture(svg, 86, 32, "sparkline", alt)


_PORTHOLES = {
    "calm": (
        "<clipPath id='c'><circle cx='44' cy='44' r='40'/></clipPath>"
        "<path clip-path='url(#c)' d='M0 54c14-9 26-9 42 0s30 9 46 0v40H0z' fill='{water}'/>"
        "<circle cx='58' cy='27' r='6' fill='{ink}'/>"
        "<circle cx='44' cy='44' r='42' fill='none' stroke='{ink}' stroke-width='2'/>"
    ),
    "empty": (
        "<circle cx='44' cy='44' r='42' fill='none' stroke='{ink}' stroke-width='2' "
        "stroke-dasharray='6 4'/>"
        "<circle cx='56' cy='30' r='7' fill='none' stroke='{ink}' stroke-width='2' "
        "stroke-dasharray='3 3'/>"
        "<path d='M6 56h76' stroke='{ink}' stroke-width='2' stroke-dasharray='2 4'/>"
    ),
    "fog": (
        "<clipPath id='c'><circle cx='44' cy='44' r='40'/></clipPath>"
        "<path clip-path='url(#c)' d='M0 58c14-8 26-8 42 0s30 8 46 0v36H0z' fill='{water}'/>"
        "<path d='M14 28h40M28 38h48M10 48h44M30 58h42' stroke='{ink}' stroke-width='4' "
        "stroke-linecap='round'/>"
        "<circle cx='44' cy='44' r='42' fill='none' stroke='{ink}' stroke-width='2'/>"
    ),
    "cracked": (
        "<circle cx='44' cy='44' r='42' fill='none' stroke='{warn}' stroke-width='2.4'/>"
        "<path d='M20 18l14 16-8 10 20 6-6 14 18 4 6 16M46 50l20-10 4-14M34 34l16-8' "
        "fill='none' stroke='{warn}' stroke-width='2.4' stroke-linejoin='round'/>"
    ),
    "shuttered": (
        "<clipPath id='c'><circle cx='44' cy='44' r='42'/></clipPath>"
        "<g clip-path='url(#c)' fill='{shade}'><path d='M0 0h88v88H0z'/></g>"
        "<path clip-path='url(#c)' d='M0 14h88M0 28h88M0 42h88M0 56h88M0 70h88' "
        "stroke='{ground}' stroke-width='3'/>"
        "<circle cx='44' cy='44' r='42' fill='none' stroke='{ink}' stroke-width='2'/>"
        "<rect x='34' y='42' width='20' height='17' rx='3' fill='{strong}'/>"
        "<path d='M38 42v-6a6 6 0 0 1 12 0v6' fill='none' stroke='{strong}' stroke-width='3'/>"
    ),
}


def porthole(kind: str, palette: Palette, alt: str = "") -> Element:
    """`kind`: calm, empty (no rows), fog (old data), cracked (failed) or shuttered (forbidden)."""
    drawing = _PORTHOLES[kind].format(
        ink=palette["line2"],
        water=palette["seq-3"],
        warn=palette["warn"],
        shade=palette["s3"],
        ground=palette["s1"],
        strong=palette["ink1"],
    )
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 88 88'>{drawing}</svg>"
    return picture(svg, 88, 88, "porthole", alt)


def stairs(points: Sequence[tuple[float, float]], colour: str, alt: str) -> Element | None:
    """`points` are (when, value); nothing for a value that never changed."""
    values = [value for _, value in points]
    if len(points) < 3 or min(values) == max(values):
        return None
    start, end, top = points[0][0], points[-1][0], max(*values, 1.0)
    scale = 296 / max(1.0, end - start)
    line = ""
    for at, value in points:
        x, y = 2 + (at - start) * scale, 52 - 46 * value / top
        line += f"H{x:.1f}V{y:.1f}" if line else f"M{x:.1f} {y:.1f}"
    x, y = 298.0, 52 - 46 * values[-1] / top
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 304 56'>"
        f"<path d='{line}V54H2Z' fill='{colour}' fill-opacity='.18'/>"
        f"<path d='{line}' fill='none' stroke='{colour}' stroke-width='2.4'/>"
        f"<circle cx='{x}' cy='{y:.1f}' r='4' fill='{colour}'/></svg>"
    )
    return picture(svg, 304, 56, "stairs", alt)
