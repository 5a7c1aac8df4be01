/* A line of words at the edge of the screen, gone after a while. */
(function () {
  "use strict";
  function toast(words, milliseconds) {
    const line = document.createElement("div");
    line.className = "toast-line";
    line.setAttribute("role", "status");
    line.textContent = words;
    document.body.append(line);
    window.setTimeout(() => line.remove(), milliseconds);
  }

  window.vigia = Object.assign(window.vigia || {}, { toast });
})();
