/* The wall between two refreshes: the waits run on, the panel at the right closes
   with Esc and takes the focus, the line whose rows it shows stays marked, and what was scrolled
   stays so when a new version draws it again. */
(function () {
  "use strict";
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

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.operations = {
    team: function (teams) {
      window.vigia.set({ team: teams }, "push", []);
      return window.dash_clientside.no_update;
    },
  };
})();
