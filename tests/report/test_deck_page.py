"""The page to outline a deck on, used in a real browser."""

import html
import json
import re
import shutil
import subprocess

import cv2
import numpy as np
import pytest

from forensics.report.deck_page import Sheet, render_deck_page
from forensics.vision.encoding import jpeg

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVE = """<script>(function () {
  var out = {};
  function click(side, x, y) {
    var svg = document.querySelector("svg[data-side=" + side + "]");
    var at = svg.createSVGPoint();
    at.x = x; at.y = y;
    at = at.matrixTransform(svg.getScreenCTM());
    svg.dispatchEvent(new MouseEvent("click", {bubbles: true, clientX: at.x, clientY: at.y}));
  }
  function press(key, shift) {
    document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", {key: key, shiftKey: shift, bubbles: true}));
  }
  function text(id) { return JSON.parse(document.getElementById(id).value); }
  out.given = text("deck-text").polygon;
  document.getElementById("undo").click();
  [[-40, 281], [638, 141], [607, 120], [5, 240]].forEach(function (at) {
    click("before", at[0], at[1]);
  });
  click("after", 9, 9);
  out.drawn = text("deck-text");
  out.can_save = !document.getElementById("save-deck").disabled;
  press("ArrowRight", false);
  press("ArrowUp", true);
  out.moved = text("deck-text").polygon[3];
  out.focus = document.activeElement.getAttribute("aria-label");
  press("Delete", false);
  out.left = text("deck-text").polygon.length;
  out.cannot_save = document.getElementById("save-deck").disabled;
  document.getElementById("add").click();
  out.added = text("deck-text").polygon[3];
  var ties = document.querySelectorAll("input[name=mode]")[1];
  ties.checked = true;
  ties.dispatchEvent(new Event("change", {bubbles: true}));
  click("before", 100, 200);
  out.half = text("ties-text").points.length;
  click("after", 110, 205);
  out.tie = text("ties-text").points[0];
  document.title = "RESULT" + JSON.stringify(out);
}());</script></body>"""


@pytest.mark.skipif(BROWSER is None, reason="no browser is installed")
def test_clicks_and_keys_give_what_compare_reads(tmp_path):
    sheet = Sheet("a.jpg", jpeg(np.full((99, 176, 3), 90, np.uint8)), 704, 396)
    page = render_deck_page(sheet, sheet, corners=[[1, 2.5]]).decode()
    # The page allows no script but its own.
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (tmp_path / "page.html").write_text(page.replace("</body>", DRIVE))

    ran = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,1200",
         f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=2000", "--dump-dom",
         (tmp_path / "page.html").as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = re.search(r"<title>RESULT(.*?)</title>", ran.stdout, re.S)
    assert found, ran.stderr[-2000:]
    out = json.loads(html.unescape(found[1]))

    assert out["given"] == [[1, 2.5]]
    assert out["drawn"]["image"] == "before"
    wanted = np.array([[-40, 281], [638, 141], [607, 120], [5, 240]])
    # A click falls on whole pixels of the screen.
    assert np.array(out["drawn"]["polygon"]) == pytest.approx(wanted, abs=2)
    assert (out["can_save"], out["cannot_save"]) == (True, True)
    corner = np.array(out["drawn"]["polygon"][3])
    assert out["moved"] == pytest.approx([corner[0] + 1, corner[1] - 10], abs=0.02)
    assert out["focus"].startswith("Corner 4 at")
    assert (out["left"], out["added"]) == (3, [351.5, 197.5])
    assert out["half"] == 0
    assert out["tie"] == pytest.approx([100, 200, 110, 205], abs=2)


def test_a_photo_is_shown_in_its_own_pixels_whatever_is_embedded():
    small = jpeg(cv2.resize(np.zeros((9, 9, 3), np.uint8), (40, 30)))

    page = render_deck_page(Sheet("a", small, 4000, 3000), Sheet("b", small, 400, 300)).decode()

    assert 'x="-0.5" y="-0.5" width="4000" height="3000"' in page
