/* The guided set-up: each change asks what it moves; who waits for the first reading looks again. */
(function () {
  "use strict";
  /* On a phone the steps are a strip, and the current one may lie outside it. */
  var strip = document.querySelector(".setup-steps ol"), here = strip && strip.querySelector("[aria-current]");
  if (here) strip.scrollLeft = here.offsetLeft - 16;
  var form = document.querySelector(".setup-form");
  var panel = document.querySelector(".setup-numbers");
  if (document.querySelector("[data-wait]")) {
    setTimeout(function () { window.location.replace(window.location.pathname); }, 4000);
  }
  if (!form || !panel) return;
  var timer = 0, asked = 0;
  function show(answer) {
    var refused = panel.querySelector(".setup-refused");
    refused.hidden = !answer.refused;
    refused.textContent = answer.refused || "";
    if (answer.refused) return;
    var rows = panel.querySelectorAll("dl > div");
    answer.numbers.forEach(function (number, index) {
      var row = rows[index];
      ["label", "value", "meta", "was"].forEach(function (part, place) {
        row.children[place].textContent = number[part];
      });
      row.classList.toggle("setup-moved", Boolean(number.was));
    });
  }
  function ask() {
    var mine = ++asked;
    fetch(form.action + "/numbers", { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      /* A later change has its own answer; without one the numbers of before stay. */
      .then(function (answer) { if (mine === asked) show(answer); }, function () {});
  }
  form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(ask, 200); });
  /* What is proposed stands in the form already, and is not kept yet. */
  ask();
})();
