/* Dash itself waits for ever, and shows old numbers as if they were new. This wraps its requests:
   a time limit, no half answers, back to the login page when the session is over, a line on the
   screen when a refresh fails or is refused, or nothing new has come for too long, a fresh start when the program changed, and one
   every night. */
(function () {
  "use strict";
  const POST = "/_dash-update-component";
  const OURS = /^\/_dash-|^\/operations\/word$/;
  const LIMIT_MS = 20000;
  const HEALTH_LIMIT_MS = 5000;
  const LOOK_MS = 2000;
  const PROBE_MS = 6000;
  const STALE_S = 150;
  const FORGOTTEN_MS = 45000;
  /* Screens that were started together must not all come back in the same second. */
  const JITTER_MS = 10000;
  const SETTLED_MS = 60000;
  const NIGHT_HOUR = 4;
  const NIGHT_AGE_MS = 6 * 3600 * 1000;
  const plain = window.fetch.bind(window);
  const loaded = Date.now();
  const nightMinute = Math.floor(Math.random() * 50);
  let build = null;
  let heard = loaded;
  let probed = 0;
  /* By callback: how what it asked last failed, and since when. */
  const failures = new Map();
  let leaving = false;

  function callbackOf(path, options) {
    if (path !== POST) return path;
    try {
      return JSON.parse(options.body).output;
    } catch {
      return path;
    }
  }

  function note(callback, status) {
    const known = failures.get(callback);
    if (status < 400) failures.delete(callback);
    else failures.set(callback, { status, at: Date.now(), since: known ? known.since : Date.now() });
  }

  /* What nobody asks again is forgotten: each refresh tells anew whether it fails. */
  function failing() {
    for (const [callback, { status, at }] of failures) {
      if (Date.now() - at > (status < 500 ? STALE_S * 1000 : FORGOTTEN_MS)) failures.delete(callback);
    }
    return [...failures.values()];
  }

  function isOnline() {
    return failing().every(({ status }) => status < 500);
  }

  function unavailable() {
    return new Response("{}", { status: 503, headers: { "Content-Type": "application/json" } });
  }

  /* The whole answer within the limit, body included: one that stops half-way counts as none. */
  async function whole(resource, options, limitMs) {
    const limit = new AbortController();
    const asked = options && options.signal;
    const stop = () => limit.abort();
    if (asked) asked.addEventListener("abort", stop);
    if (asked && asked.aborted) stop();
    const timer = window.setTimeout(stop, limitMs);
    try {
      const answer = await plain(resource, Object.assign({}, options, { signal: limit.signal }));
      const body = await answer.arrayBuffer();
      const head = { status: answer.status, statusText: answer.statusText, headers: answer.headers };
      const copy = new Response([204, 205, 304].includes(answer.status) ? null : body, head);
      return { answer: copy, address: answer.url };
    } finally {
      window.clearTimeout(timer);
      if (asked) asked.removeEventListener("abort", stop);
    }
  }

  async function isWell() {
    try {
      return (await whole("/healthz", { cache: "no-store" }, HEALTH_LIMIT_MS)).answer.ok;
    } catch {
      return false;
    }
  }

  /* Going somewhere else only makes sense once the server answers; else the browser would put its
     own error page in the place of the last good picture. Whoever asks for it asks again. */
  function leave(waitMs, where) {
    if (leaving) return;
    leaving = true;
    window.setTimeout(async () => {
      if (!(await isWell())) leaving = false;
      else if (where) window.location.assign(where);
      else window.location.reload();
    }, Math.random() * waitMs);
  }

  function toLogin() {
    leave(1000, "/login?next=" + encodeURIComponent(window.location.pathname + window.location.search));
  }

  function noticeBuild(now) {
    if (!now) return;
    build = build || now;
    /* While two builds answer side by side, a page just loaded would be loaded for ever. */
    if (now !== build && Date.now() - loaded > SETTLED_MS) leave(JITTER_MS);
  }

  /* What came with the page, for whoever asks for it first. */
  function enclosed(path) {
    const found = document.querySelector(`script[data-answer="${path}"]`);
    if (!found) return null;
    found.remove();
    return new Response(found.textContent, { headers: { "Content-Type": "application/json" } });
  }

  window.fetch = async function (resource, options) {
    const asked = new URL(String((resource && resource.url) || resource), window.location.href);
    const ours = asked.origin === window.location.origin && OURS.test(asked.pathname);
    if (!ours) return plain(resource, options);
    const answered = enclosed(asked.pathname);
    if (answered) return answered;
    const callback = callbackOf(asked.pathname, options);
    let found;
    try {
      found = await whole(resource, options, LIMIT_MS);
    } catch (error) {
      /* Dash itself no longer wants it. */
      if (options && options.signal && options.signal.aborted) throw error;
      note(callback, 503);
      return unavailable();
    }
    const answer = found.answer;
    const path = found.address ? new URL(found.address).pathname : asked.pathname;
    noticeBuild(answer.headers.get("X-Build"));
    if (answer.status === 401 || path === "/login") {
      toLogin();
      return unavailable();
    }
    const kind = answer.headers.get("Content-Type") || "";
    if (answer.ok && answer.status !== 204 && !kind.includes("json")) {
      note(callback, 503);
      return unavailable();
    }
    note(callback, answer.status);
    if (answer.ok && path === POST) heard = Date.now();
    return answer;
  };

  /* The server is back: ask now, not at the next beat of the interval. */
  async function probe() {
    probed = Date.now();
    if (!(await isWell()) || isOnline()) return;
    const dash = window.dash_clientside;
    window.setTimeout(() => {
      if (!isOnline() && dash && dash.set_props) dash.set_props("refresh", { n_intervals: Date.now() });
    }, Math.random() * JITTER_MS / 2);
  }

  function span(seconds) {
    return seconds < 60 ? seconds + "\u00a0s" : Math.floor(seconds / 60) + "\u00a0min";
  }

  function tell(seconds, kind) {
    let banner = document.getElementById("stale-banner");
    if (seconds === null) {
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
    banner.textContent = (document.documentElement.dataset[kind] || "{s}").replace("{s}", span(seconds));
    banner.hidden = false;
  }

  function look() {
    const now = new Date();
    const silent = Math.max(0, Math.round((now - heard) / 1000));
    const since = failing().map((failure) => Math.round((now - failure.since) / 1000));
    const online = isOnline();
    if (!online) tell(Math.max(silent, ...since), "offline");
    else if (silent >= STALE_S) tell(silent, "stale");
    else tell(since.length ? Math.max(...since) : null, "refused");
    if (!online && now - probed > PROBE_MS) probe();
    if (silent > 2 * STALE_S) leave(JITTER_MS);
    const isNight = now.getHours() === NIGHT_HOUR && now.getMinutes() >= nightMinute;
    if (isNight && now - loaded > NIGHT_AGE_MS) leave(JITTER_MS);
  }

  window.setInterval(look, LOOK_MS);
})();
