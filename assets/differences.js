/* The page of differences: a file goes from here to the server and is kept by neither; it is sent
   again when something else is chosen, or its result is wanted as a workbook. */
(function () {
  "use strict";
  const LARGEST = 50 * 1024 * 1024;
  let chosen = null;

  function token() {
    return (document.cookie.match(/(?:^|; )_csrf_token=([^;]*)/) || ["", ""])[1];
  }

  function send(kind) {
    return window.fetch("/differences/file." + kind + window.location.search, {
      method: "POST",
      headers: { "Content-Type": "text/csv", "X-CSRFToken": decodeURIComponent(token()), Accept: "application/json", "X-File-Name": encodeURIComponent(chosen.name) },
      body: chosen,
    }).then((answer) => {
      if (answer.status === 401) window.location.assign("/login?next=" + encodeURIComponent(window.location.pathname + window.location.search));
      if (!answer.ok) throw new Error(String(answer.status));
      return answer;
    });
  }

  function check() {
    const button = document.querySelector("[data-check]");
    if (!button || !chosen) return;
    button.setAttribute("aria-busy", "true");
    window.vigia.toast(button.dataset.checking, 60000);
    send("json")
      .then((answer) => answer.json())
      .then(({ tree }) => {
        window.dash_clientside.set_props("differences--result", { children: tree });
        document.querySelectorAll(".toast-line").forEach((line) => line.remove());
        window.setTimeout(() => document.getElementById("differences--result").scrollIntoView({ block: "start" }), 100);
      })
      .catch(() => window.vigia.toast(button.dataset.failed, 6000))
      .finally(() => button.removeAttribute("aria-busy"));
  }

  function choose(button) {
    const picker = document.createElement("input");
    picker.type = "file";
    picker.accept = ".csv,.txt,text/csv";
    picker.addEventListener("change", () => {
      const file = picker.files[0];
      if (file && file.size > LARGEST) window.vigia.toast(button.dataset.tooLarge, 6000);
      else if (file) {
        chosen = file;
        check();
      }
    });
    picker.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-check], [data-check-file]");
    if (!button || button.getAttribute("aria-busy") === "true") return;
    if (button.dataset.check !== undefined) choose(button);
    else if (chosen) send("xlsx").then(window.vigia.save).catch(() => window.vigia.toast(button.dataset.failed, 6000));
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.differences = {
    again: function () {
      if (window.location.pathname === "/differences") check();
      else chosen = null;
      return window.dash_clientside.no_update;
    },
  };
})();
