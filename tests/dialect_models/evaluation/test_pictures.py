"""Pictures are well formed, need nothing from outside, and show the figures where they are."""

from xml.etree import ElementTree

import pytest

from dialect_models.evaluation.bootstrap import Compared, Interval
from dialect_models.evaluation.character_error import Errors
from dialect_models.evaluation.curve_picture import Curve
from dialect_models.evaluation.curve_picture import draw as draw_curves
from dialect_models.evaluation.picture import ModelCost, Row, draw
from dialect_models.evaluation.power_law import Measured, fit

SVG = "{http://www.w3.org/2000/svg}"


def test_an_evaluation_is_drawn_with_intervals_speed_and_memory() -> None:
    figures = Compared(Interval(0.4, 0.3, 0.5), Interval(0.2, 0.1, 0.3), Interval(-0.2, -0.3, -0.1), 12)
    rows = [Row("wu", "16 kHz", "raw", figures), Row("wu", "telephone", "folded", figures)]
    drawn = draw("base & co", "our-wu", rows, [ModelCost("our-wu", "16 kHz", 0.27, 1180.0)])
    root = ElementTree.fromstring(drawn)  # noqa: S314 — drawn here
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "wu, 16 kHz, raw" in words
    assert "our-wu, 16 kHz: 0.27 CPU-s a second of audio, peak 1180 MB" in words
    tips = [tip.text for tip in root.iter(f"{SVG}title")]
    assert "our-wu: 20.0% (10.0% … 30.0%)" in tips
    dots = {circle[0].text: float(circle.get("cx", "")) for circle in root.iter(f"{SVG}circle") if len(circle)}
    base, model = dots["base & co: 40.0% (30.0% … 50.0%)"], dots["our-wu: 20.0% (10.0% … 30.0%)"]
    zero = next(float(t.get("x", "")) for t in root.iter(f"{SVG}text") if t.text == "0 %")
    assert base - zero == pytest.approx(2 * (model - zero), abs=0.2)
    assert drawn.count("http") == 1


def test_a_curve_is_drawn_as_measured_and_beyond() -> None:
    points = [
        Measured(m, tuple(Errors(round(1000 * r), 1000) for _ in range(9))) for m, r in ((0, 0.6), (1, 0.4), (4, 0.3))
    ]
    law = fit(points)
    drawn = draw_curves([Curve("wu", (0.0, 1.0, 4.0), law, law)])
    root = ElementTree.fromstring(drawn)  # noqa: S314 — drawn here
    tips = [tip.text or "" for tip in root.iter(f"{SVG}title")]
    assert sum("wu, 4.0 of 4.0 minutes: 30.0%" in tip for tip in tips) == 2
    heights = [float(c.get("cy", "")) for c in root.iter(f"{SVG}circle") if len(c)][:3]
    assert heights[0] < heights[1] < heights[2]
    assert "10 h" in [text.text for text in root.iter(f"{SVG}text")]
