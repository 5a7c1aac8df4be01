/* The wall between two refreshes: the waits run on, the panel at the right closes
   with Esc and takes the focus, the line whose rows it shows stays marked, and what was scrolled
   stays so when a new version draws it again. It asks every other second, in one tiny request,
   whether there is anything else to see. */
(function () {
  "use strict";
  const ASK_MS = 2000;
  const HIDDEN_MS = 30000;
  const AGAIN_MS = 15000;
  const LOOK_MS = 250;
  let shown = null;
  let wanted = null;
  let wantedAt = 0;
  let asked = 0;
  let asking = false;
  let open = null;
  const scrolled = { "crew-frame": 0 };

  function follow() {
    const now = window.vigia.now();
    for (const row of document.querySelectorAll(".queue li[data-since]")) {
      const share = Math.min(1, (now - Number(row.dataset.since)) / Math.max(1, Number(row.dataset.limit)));
      row.style.setProperty("--share", (share * 100).toFixed(1) + "%");
    }
  }

  function mark(agent) {
    for (const row of document.querySelectorAll(".crew tr[data-agent]")) {
      row.classList.toggle("crew-chosen", Boolean(agent) && row.dataset.agent === agent);
    }
  }

  function keep() {
    for (const [name, top] of Object.entries(scrolled)) {
      const list = document.querySelector("." + name);
      if (list && top && !list.scrollTop) list.scrollTop = top;
    }
  }

  document.addEventListener("scroll", (event) => {
    const name = Object.keys(scrolled).find((list) => event.target.classList && event.target.classList.contains(list));
    if (name) scrolled[name] = event.target.scrollTop;
  }, true);

  function look() {
    const panel = document.querySelector(".drawer");
    const agent = panel ? panel.dataset.agent : null;
    mark(agent);
    if (panel && open === null) {
      panel.classList.add("drawer-arrives");
      panel.focus({ preventScroll: true });
    }
    if (!panel && open) {
      const link = document.querySelector(`.crew tr[data-agent="${CSS.escape(open)}"] a`);
      if (link && document.activeElement === document.body) link.focus({ preventScroll: true });
    }
    open = agent;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const close = document.querySelector(".drawer-close");
    if (close && !document.querySelector(".popover")) close.click();
  });

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(() => {
      waiting = false;
      look();
      keep();
      follow();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
  window.setInterval(follow, 1000);

  /* Whether something else is to be seen, in a word; what it is only when the word is another one. */
  async function ask() {
    const at = Date.now();
    const pace = document.hidden ? HIDDEN_MS : ASK_MS;
    if (asking || shown === null || at - asked < pace || !document.querySelector(".wall-place")) return;
    asking = true;
    asked = at;
    try {
      const answer = await window.fetch("/operations/word" + window.location.search);
      const word = answer.ok ? await answer.json() : shown;
      if (word !== shown && (word !== wanted || at - wantedAt > AGAIN_MS)) {
        wanted = word;
        wantedAt = at;
        window.dash_clientside.set_props("refresh", { n_intervals: at });
      }
    } finally {
      asking = false;
    }
  }
  window.setInterval(ask, LOOK_MS);
  document.addEventListener("visibilitychange", ask);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.operations = {
    note: function (version) {
      shown = version ? version[2] : null;
    },
    team: function (teams) {
      window.vigia.set({ team: teams }, "push", []);
      return window.dash_clientside.no_update;
    },
  };
})();
