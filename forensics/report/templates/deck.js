"use strict";
// Marks are kept in pixels of the photo: (0, 0) is the centre of the one at the top left.
(function () {
  var SVG = "http://www.w3.org/2000/svg";
  var MARGIN = 0.12; // of the photo's longest side, around it: decks may reach beyond it
  var sheets = {};
  var corners = JSON.parse(document.body.dataset.corners);
  var ties = []; // {before: [x, y] or null, after: [x, y] or null}
  var zoom = document.getElementById("zoom");
  var status = document.getElementById("status");
  var dragged = null;

  function mode() { return document.querySelector("input[name=mode]:checked").value; }
  function round(number) { return Math.round(number * 100) / 100; }

  function marksOn(side) {
    if (mode() === "deck") {
      return side === "before" ? corners.map(function (at, i) { return { at: at, index: i }; }) : [];
    }
    return ties.map(function (tie, i) { return { at: tie[side], index: i }; })
      .filter(function (mark) { return mark.at; });
  }

  function put(side, index, at) {
    at = [round(at[0]), round(at[1])];
    if (mode() === "deck") corners[index] = at;
    else ties[index][side] = at;
  }

  function take(side, index) {
    if (mode() === "deck") corners.splice(index, 1);
    else ties.splice(index, 1);
    draw();
    var left = sheets[side].svg.querySelector(".handles circle:last-of-type");
    (left || document.getElementById("add")).focus();
  }

  function add(side, at) {
    at = [round(at[0]), round(at[1])];
    var index;
    if (mode() === "deck") {
      if (side !== "before") { say("The deck is outlined on the photo before."); return; }
      corners.push(at);
      index = corners.length - 1;
    } else {
      index = ties.findIndex(function (tie) { return !tie[side]; });
      if (index < 0) {
        ties.push({ before: null, after: null });
        index = ties.length - 1;
      }
      ties[index][side] = at;
    }
    draw();
    focusOn(side, index);
  }

  function focusOn(side, index) {
    var handle = sheets[side].svg.querySelector('[data-index="' + index + '"]');
    if (handle) handle.focus({ preventScroll: true });
  }

  function say(text) { status.textContent = text; }

  function toPixel(sheet, event) {
    var point = sheet.svg.createSVGPoint();
    point.x = event.clientX;
    point.y = event.clientY;
    point = point.matrixTransform(sheet.svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  function drawSheet(side) {
    var sheet = sheets[side];
    var scale = sheet.box[2] / (sheet.svg.getBoundingClientRect().width || sheet.box[2]);
    var marks = marksOn(side);
    var focused = document.activeElement && document.activeElement.dataset ?
      document.activeElement.dataset.index : undefined;
    var hadFocus = sheet.handles.contains(document.activeElement);
    sheet.outline.setAttribute("points", mode() === "deck" ?
      marks.map(function (mark) { return mark.at.join(","); }).join(" ") : "");
    sheet.handles.replaceChildren();
    marks.forEach(function (mark) {
      var circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("cx", mark.at[0]);
      circle.setAttribute("cy", mark.at[1]);
      circle.setAttribute("r", 7 * scale);
      circle.setAttribute("tabindex", "0");
      circle.setAttribute("role", "button");
      circle.dataset.index = mark.index;
      var name = (mode() === "deck" ? "Corner " : "Point ") + (mark.index + 1);
      circle.setAttribute("aria-label", name + " at " + mark.at[0] + ", " + mark.at[1]);
      var word = document.createElementNS(SVG, "text");
      word.setAttribute("x", mark.at[0] + 10 * scale);
      word.setAttribute("y", mark.at[1] - 10 * scale);
      word.setAttribute("font-size", 15 * scale);
      word.setAttribute("aria-hidden", "true");
      word.textContent = mark.index + 1;
      sheet.handles.append(circle, word);
    });
    if (hadFocus && focused !== undefined) focusOn(side, focused);
  }

  function numbers(list, rows) {
    list.replaceChildren();
    rows.forEach(function (row, index) {
      var item = document.createElement("li");
      row.forEach(function (cell) {
        var input = document.createElement("input");
        input.type = "number";
        input.step = "any";
        input.value = cell.at ? cell.at[cell.axis] : "";
        input.setAttribute("aria-label", cell.label + " " + (index + 1));
        input.addEventListener("change", function () {
          var value = Number(input.value);
          if (!isFinite(value) || input.value === "") return;
          if (!cell.at) { cell.at = cell.make(); }
          cell.at[cell.axis] = round(value);
          draw();
        });
        item.append(input);
      });
      list.append(item);
    });
  }

  function half(tie, side) {
    return function () { tie[side] = [0, 0]; return tie[side]; };
  }

  function draw() {
    drawSheet("before");
    drawSheet("after");
    numbers(document.getElementById("corners"), corners.map(function (at) {
      return [{ at: at, axis: 0, label: "x of corner" }, { at: at, axis: 1, label: "y of corner" }];
    }));
    numbers(document.getElementById("ties"), ties.map(function (tie) {
      return ["before", "after"].flatMap(function (side) {
        return [0, 1].map(function (axis) {
          var label = (axis ? "y" : "x") + " " + side + " of point";
          return { at: tie[side], axis: axis, label: label, make: half(tie, side) };
        });
      });
    }));
    document.getElementById("deck-text").value = deckText();
    document.getElementById("ties-text").value = tiesText();
    document.getElementById("save-deck").disabled = corners.length < 4;
    document.getElementById("save-ties").disabled = whole().length < 4;
    if (mode() === "deck") {
      say(corners.length + " corners" + (corners.length < 4 ? "; four are needed." : ". Save them below."));
    } else {
      say(whole().length + " points on both photos" + (whole().length < 4 ? "; four are needed." : ". Save them below."));
    }
  }

  function whole() { return ties.filter(function (tie) { return tie.before && tie.after; }); }

  function deckText() { return JSON.stringify({ image: "before", polygon: corners }); }

  function tiesText() {
    return JSON.stringify({ points: whole().map(function (tie) { return tie.before.concat(tie.after); }) });
  }

  function save(name, text) {
    var link = document.createElement("a");
    var address = URL.createObjectURL(new Blob([text + "\n"], { type: "application/json" }));
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(address); }, 1000);
    say(name + " was handed to the browser; it lies where downloads go.");
  }

  function resize() {
    Object.keys(sheets).forEach(function (side) {
      sheets[side].svg.style.width = 100 * Number(zoom.value) + "%";
    });
    draw();
  }

  function open(svg) {
    var side = svg.dataset.side;
    var width = Number(svg.dataset.width);
    var height = Number(svg.dataset.height);
    var margin = MARGIN * Math.max(width, height);
    var box = [-0.5 - margin, -0.5 - margin, width + 2 * margin, height + 2 * margin];
    var sheet = {
      svg: svg, box: box, middle: [(width - 1) / 2, (height - 1) / 2],
      outline: svg.querySelector(".outline"), handles: svg.querySelector(".handles")
    };
    sheets[side] = sheet;
    svg.setAttribute("viewBox", box.join(" "));
    svg.addEventListener("pointerdown", function (event) {
      var index = event.target.dataset ? event.target.dataset.index : undefined;
      if (index === undefined) return;
      dragged = { side: side, index: Number(index) };
      event.target.focus({ preventScroll: true });
      event.preventDefault();
    });
    svg.addEventListener("click", function (event) {
      if (event.target.dataset && event.target.dataset.index !== undefined) return;
      if (dragged) return;
      add(side, toPixel(sheet, event));
    });
    svg.addEventListener("keydown", function (event) {
      var index = event.target.dataset ? event.target.dataset.index : undefined;
      if (index === undefined) return;
      var step = event.shiftKey ? 10 : 1;
      var moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
      if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        take(side, Number(index));
      } else if (moves[event.key]) {
        event.preventDefault();
        var mark = marksOn(side).find(function (each) { return each.index === Number(index); });
        put(side, Number(index), [mark.at[0] + moves[event.key][0], mark.at[1] + moves[event.key][1]]);
        draw();
      }
    });
  }

  document.querySelectorAll("svg[data-side]").forEach(open);
  window.addEventListener("pointermove", function (event) {
    if (!dragged) return;
    put(dragged.side, dragged.index, toPixel(sheets[dragged.side], event));
    draw();
  });
  window.addEventListener("pointerup", function () {
    // The click that ends a drag comes after this; it must not add a corner.
    setTimeout(function () { dragged = null; }, 0);
  });
  document.getElementById("bar").addEventListener("submit", function (event) { event.preventDefault(); });
  document.querySelectorAll("input[name=mode]").forEach(function (each) {
    each.addEventListener("change", draw);
  });
  zoom.addEventListener("change", resize);
  window.addEventListener("resize", draw);
  document.getElementById("add").addEventListener("click", function () {
    var open = mode() === "deck" ? "before" :
      ties.some(function (tie) { return !tie.after; }) ? "after" : "before";
    add(open, sheets[open].middle);
  });
  document.getElementById("undo").addEventListener("click", function () {
    (mode() === "deck" ? corners : ties).pop();
    draw();
  });
  document.getElementById("clear").addEventListener("click", function () {
    if (mode() === "deck") corners = []; else ties = [];
    draw();
  });
  document.getElementById("save-deck").addEventListener("click", function () { save("deck.json", deckText()); });
  document.getElementById("save-ties").addEventListener("click", function () { save("ties.json", tiesText()); });
  resize();
}());
