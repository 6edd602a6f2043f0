"use strict";
// The page is complete without this: it adds a filter and sliders, and opens what a link points into.
(function () {
  var form = document.getElementById("filter");
  var text = document.getElementById("filter-text");
  var kind = document.getElementById("filter-kind");
  var status = document.getElementById("filter-status");
  var count = document.getElementById("filter-count");
  var items = Array.from(document.querySelectorAll("#item-list > .item"));

  function apply() {
    var wanted = text.value.trim().toLowerCase();
    var shown = 0;
    items.forEach(function (item) {
      var data = item.dataset;
      item.hidden = !(
        data.search.includes(wanted) &&
        (!kind.value || data.kind === kind.value) &&
        (!status.value || data.status === status.value)
      );
      shown += item.hidden ? 0 : 1;
    });
    count.textContent = shown + " of " + items.length + " shown";
  }

  function openTarget() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) { form.reset(); apply(); }
    var own = target.matches(".item") ? target.querySelector("details") : null;
    for (var each = own || target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.setAttribute("open", "");
    }
    target.scrollIntoView();
  }

  function addSlider(box) {
    var pictures = box.parentElement.querySelectorAll(".shots img");
    var wanted = [Number(box.dataset.below || 1), Number(box.dataset.above || 2)];
    if (pictures.length <= Math.max(wanted[0], wanted[1])) return;
    var pane = document.createElement("div");
    var below = pictures[wanted[0]].cloneNode();
    var above = pictures[wanted[1]].cloneNode();
    var range = document.createElement("input");
    range.type = "range";
    range.value = 50;
    range.setAttribute("aria-label", box.dataset.label || "How much of the known picture is shown, from the left");
    function slide() { above.style.clipPath = "inset(0 0 0 " + range.value + "%)"; }
    range.addEventListener("input", slide);
    pane.append(below, above);
    box.append(pane, range);
    slide();
    box.hidden = false;
  }

  document.querySelectorAll("details.slider").forEach(addSlider);
  if (!form) return;
  form.removeAttribute("hidden");
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  apply();
  window.addEventListener("hashchange", openTarget);
  if (location.hash) openTarget();
}());
