/* Files are fetched, so that a button can say that it prepares, and what went wrong. */
(function () {
  "use strict";
  function tell(words) {
    const line = document.createElement("div");
    line.className = "toast-line";
    line.setAttribute("role", "status");
    line.textContent = words;
    document.body.append(line);
    window.setTimeout(() => line.remove(), 5000);
  }

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

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-download]");
    if (!button || button.getAttribute("aria-busy") === "true") return;
    const data = button.dataset;
    const waiting = document.createElement("span");
    waiting.className = "preparing";
    waiting.textContent = data.preparing;
    button.setAttribute("aria-busy", "true");
    button.append(waiting);
    window.fetch(data.download + window.location.search, { headers: { Accept: "application/json" } })
      .then((answer) => {
        if (answer.status === 401) window.location.assign("/login?next=" + encodeURIComponent(window.location.pathname + window.location.search));
        if (answer.status === 413) throw new Error(data.tooMany);
        if (!answer.ok) throw new Error(data.failed);
        return answer.blob().then((content) => save(content, nameOf(answer, "vigia")));
      })
      .then(() => tell(data.ready))
      .catch((error) => tell([data.failed, data.tooMany].includes(error.message) ? error.message : data.failed))
      .finally(() => {
        button.removeAttribute("aria-busy");
        waiting.remove();
      });
  });
})();
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.details = {
  choose: function (find, clicks, chosen) {
    const skip = window.dash_clientside.no_update;
    const triggered = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    if (triggered.startsWith("details--find")) {
      const now = new URLSearchParams(window.location.search).get("find") || "";
      if ((find || "") === now) return skip;
      window.vigia.go(window.vigia.address((query) => {
        query.delete("page");
        if (find) query.set("find", find);
        else query.delete("find");
      }), "replace");
    } else if (clicks) {
      window.vigia.go(window.vigia.address((query) => {
        query.delete("column");
        (chosen || []).forEach((key) => query.append("column", key));
      }), "replace");
      document.body.click();
    }
    return skip;
  },
};
