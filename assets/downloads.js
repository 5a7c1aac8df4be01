/* Files are fetched, so that a button can say that it prepares, and what went wrong. */
(function () {
  "use strict";
  function nameOf(answer, fallback) {
    const found = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") || "");
    return found ? decodeURIComponent(found[1]) : fallback;
  }

  function save(content, name) {
    const address = URL.createObjectURL(content);
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  /* What an answer holds, under the name that it says. */
  window.vigia = Object.assign(window.vigia || {}, {
    save: (answer) => answer.blob().then((content) => save(content, nameOf(answer, "vigia"))),
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-download]");
    if (!button || button.getAttribute("aria-busy") === "true") return;
    // The page's own button has the words for those of its tables.
    const data = (button.dataset.preparing ? button : document.querySelector("[data-preparing]") || button).dataset;
    const waiting = document.createElement("span");
    waiting.className = "preparing";
    waiting.textContent = data.preparing;
    button.setAttribute("aria-busy", "true");
    button.append(waiting);
    window.fetch(button.dataset.download + window.location.search, { headers: { Accept: "application/json" } })
      .then((answer) => {
        if (answer.status === 401) window.location.assign("/login?next=" + encodeURIComponent(window.location.pathname + window.location.search));
        if (answer.status === 413) throw new Error(data.tooMany);
        if (!answer.ok) throw new Error(data.failed);
        return window.vigia.save(answer);
      })
      .then(() => window.vigia.toast(data.ready, 5000))
      .catch((error) => window.vigia.toast([data.failed, data.tooMany].includes(error.message) ? error.message : data.failed, 5000))
      .finally(() => {
        button.removeAttribute("aria-busy");
        waiting.remove();
      });
  });
})();
