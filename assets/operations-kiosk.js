/* What a screen in a room does besides: it stays awake, goes round the teams (?rotate=60) and sounds
   once when the queue becomes critical (?sound=1). A browser gives sound only after a touch or a
   key, unless it was started with the permission; until then the wall asks for the touch. */
(function () {
  "use strict";
  const HEARD = "vigia-heard";
  const HEARD_KEPT = 200;
  const TONES = [[660, 0], [880, 0.22]];
  const LOOK_MS = 1000;
  let audio = null;
  let awake = null;
  let shown = null;
  let since = Date.now();
  const critical = {};

  function isKiosk() {
    return document.querySelector(".wall-kiosk") !== null;
  }

  /* Awake: the browser lets go of it whenever the page is hidden. */
  async function stayAwake() {
    if (awake || !navigator.wakeLock || document.hidden || !isKiosk()) return;
    try {
      awake = await navigator.wakeLock.request("screen");
      awake.addEventListener("release", () => { awake = null; });
    } catch {
      awake = null;
    }
  }

  /* Round the teams: all together, then each; the rest of the address stays. */
  function goRound() {
    const title = document.querySelector(".wall-teams[data-rotate]");
    const search = window.location.search;
    if (search !== shown || !title) {
      shown = search;
      since = Date.now();
      return;
    }
    if (Date.now() - since < Number(title.dataset.rotate) * 1000) return;
    since = Date.now();
    const round = ["", ...title.dataset.teams.split("\n")];
    const query = new URLSearchParams(search);
    const chosen = query.getAll("team");
    const place = chosen.length === 1 ? round.indexOf(chosen[0]) : 0;
    const next = round[(place + 1) % round.length];
    query.delete("team");
    if (next) query.append("team", next);
    window.dash_clientside.set_props("url", { search: "?" + query.toString() });
  }

  function heard() {
    try {
      return JSON.parse(window.sessionStorage.getItem(HEARD)) || [];
    } catch {
      return [];
    }
  }

  function remember(known) {
    try {
      window.sessionStorage.setItem(HEARD, JSON.stringify(known.slice(-HEARD_KEPT)));
    } catch {
      /* Without a store it may sound once more after a new start. */
    }
  }

  function context() {
    const Kind = window.AudioContext;
    if (!audio && Kind) audio = new Kind();
    return audio;
  }

  function sound() {
    const at = context();
    if (!at || at.state !== "running") return;
    for (const [pitch, delay] of TONES) {
      const begin = at.currentTime + delay;
      const tone = at.createOscillator();
      const loudness = at.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, begin);
      loudness.gain.linearRampToValueAtTime(0.25, begin + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.2);
      tone.connect(loudness).connect(at.destination);
      tone.start(begin);
      tone.stop(begin + 0.21);
    }
  }

  /* New is a critical queue that was not critical before, and whose longest wait was not sounded
     for on another team's turn or before a new start. */
  function listen() {
    const asked = document.querySelector("[data-sound]") !== null;
    const at = asked ? context() : audio;
    document.documentElement.classList.toggle("sound-blocked", asked && Boolean(at) && at.state !== "running");
    const lamp = document.querySelector(".lamp[data-since], .lamp-zero");
    if (!asked || !lamp) return;
    const whose = new URLSearchParams(window.location.search).getAll("team").sort().join("\n");
    const before = critical[whose];
    const now = critical[whose] = lamp.dataset.severity === "critical";
    if (!now) return;
    const known = heard();
    const isKnown = known.includes(lamp.dataset.since);
    if (!isKnown) remember([...known, lamp.dataset.since]);
    if (!before && !isKnown) sound();
  }

  function unlock() {
    if (audio && audio.state !== "running") audio.resume();
  }
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, unlock, { capture: true });
  document.addEventListener("visibilitychange", stayAwake);

  window.setInterval(() => {
    stayAwake();
    goRound();
    listen();
  }, LOOK_MS);
})();
