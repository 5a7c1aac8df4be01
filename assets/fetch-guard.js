/* Dash itself waits for ever, and shows old numbers as if they were new. This wraps its requests:
   a time limit, no half answers, back to the login page when the session is over, a line on the
   screen when nothing new has come for too long, and a fresh start when the program changed. */
(function () {
  "use strict";
  const POST = "/_dash-update-component";
  const LIMIT_MS = 20000;
  const STALE_S = 150;
  const plain = window.fetch.bind(window);
  let build = null;
  let heard = Date.now();
  let online = true;
  let leaving = false;

  function unavailable() {
    return new Response("{}", { status: 503, headers: { "Content-Type": "application/json" } });
  }

  /* Going somewhere else only makes sense once the server answers; else the browser would put its
     own error page in the place of the last good picture. */
  function leave(where) {
    if (leaving) return;
    leaving = true;
    window.setTimeout(() => {
      plain("/healthz", { cache: "no-store" })
        .then((answer) => {
          if (!answer.ok) throw new Error("not well");
          if (where) window.location.assign(where);
          else window.location.reload();
        })
        .catch(() => { leaving = false; });
    }, Math.random() * 3000);
  }

  function loginAddress() {
    return "/login?next=" + encodeURIComponent(window.location.pathname + window.location.search);
  }

  window.fetch = function (resource, options) {
    const address = typeof resource === "string" ? resource : resource.url;
    if (!address.includes("/_dash-")) return plain(resource, options);
    const limit = new AbortController();
    const timer = window.setTimeout(() => limit.abort(), LIMIT_MS);
    return plain(resource, Object.assign({}, options, { signal: limit.signal }))
      .then((answer) => {
        const now = answer.headers.get("X-Build");
        if (now && build && now !== build) leave();
        build = build || now;
        if (answer.status === 401) {
          leave(loginAddress());
          return unavailable();
        }
        const kind = answer.headers.get("Content-Type") || "";
        if (answer.ok && answer.status !== 204 && !kind.includes("json")) return unavailable();
        if (answer.ok && address.includes(POST)) heard = Date.now();
        online = answer.status < 500;
        return answer;
      })
      .catch(() => {
        online = false;
        return unavailable();
      })
      .finally(() => window.clearTimeout(timer));
  };

  function span(seconds) {
    return seconds < 60 ? seconds + "\u00a0s" : Math.floor(seconds / 60) + "\u00a0min";
  }

  function look() {
    const silent = Math.round((Date.now() - heard) / 1000);
    let banner = document.getElementById("stale-banner");
    if (silent < STALE_S && online) {
      if (banner) banner.hidden = true;
      return;
    }
    if (!banner) {
      banner = document.createElement("div");
      banner.id = "stale-banner";
      banner.className = "stale-banner";
      banner.setAttribute("role", "status");
      document.body.append(banner);
    }
    const words = document.documentElement.dataset;
    banner.textContent = (online ? words.stale : words.offline).replace("{s}", span(silent));
    banner.hidden = false;
    if (silent > 2 * STALE_S) leave();
  }

  window.setInterval(look, 2000);
})();
