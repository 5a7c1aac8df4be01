/* Views of a page without leaving it: links with data-go change the address and nothing else
   moves; what is open beside the page closes by the back button, by Esc and by its cross. Marks of
   charts open the rows behind them; what is open stays outlined; charts turn into their tables. */
(function () {
  "use strict";
  const { go, address, without } = window.vigia;

  /* What is shown as a table stays one, whatever else is chosen. */
  function withTables(href) {
    const there = new URL(href, window.location.href);
    const shown = new URLSearchParams(window.location.search).getAll("table");
    shown.forEach((key) => there.searchParams.append("table", key));
    return there.pathname + there.search;
  }

  function openRows(key, cells) {
    const shown = new URLSearchParams(window.location.search);
    // From why a number moved, the way back leads there.
    const replaces = shown.has("rows") && !shown.has("why");
    const href = address((query) => {
      without(query);
      query.set("rows", key);
      cells.forEach((cell) => query.append("cell", cell));
    });
    go(href, replaces ? "replace" : "push", { vigia: "rows" });
  }

  function closeRows() {
    if (!new URLSearchParams(window.location.search).has("rows")) return;
    if ((window.history.state || {}).vigia === "rows") window.history.back();
    else go(address(without), "replace");
  }

  /* -- clicks on links ---------------------------------------------------------------------- */
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const toggle = event.target.closest("[data-table]");
    if (toggle) {
      go(address((query) => {
        const key = toggle.dataset.table;
        const shown = query.getAll("table");
        query.delete("table");
        shown.filter((other) => other !== key).forEach((other) => query.append("table", other));
        if (!shown.includes(key)) query.append("table", key);
      }), "replace");
      return;
    }
    if (event.target.closest("[data-close-rows]")) {
      event.preventDefault();
      closeRows();
      return;
    }
    const link = event.target.closest("a[data-go]");
    if (!link) return;
    event.preventDefault();
    if (link.dataset.rowsLink !== undefined) {
      const [key, ...cells] = link.dataset.rowsLink.split("\n");
      openRows(key, cells);
    } else go(withTables(link.getAttribute("href")), link.dataset.go, link.search.includes("rows=") ? { vigia: "rows" } : {});
    if (link.closest(".popover")) document.body.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector(".popover.show")) closeRows();
    const list = document.querySelector(".rows-list");
    if (!list || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "search") return;
    const stops = [...list.querySelectorAll("li")];
    if (!stops.length) return;
    event.preventDefault();
    const now = stops.indexOf(document.activeElement.closest("li"));
    const next = stops[Math.max(0, Math.min(stops.length - 1, now + (event.key === "ArrowDown" ? 1 : -1)))];
    (next.querySelector("a") || next).focus();
  });

  /* -- marks of charts ---------------------------------------------------------------------- */
  function cellsOf(frame, point) {
    const custom = point.customdata;
    const key = Array.isArray(custom) ? custom[0] : custom;
    if (key === undefined || key === null || key === "") return null;
    return String(key).split("\n").map((part) => (frame.dataset.by ? frame.dataset.by + ":" + part : part));
  }

  function wire(event) {
    const frame = event.target.closest && event.target.closest("[data-rows]");
    const plot = frame && frame.querySelector(".js-plotly-plot");
    if (!plot || !plot.on || plot.vigia === plot._ev) return;
    plot.vigia = plot._ev;
    plot.on("plotly_click", (clicked) => {
      for (const point of clicked.points || []) {
        const cells = cellsOf(frame, point);
        if (cells) {
          openRows(frame.dataset.rows, cells);
          return;
        }
      }
    });
  }
  document.addEventListener("pointerover", wire, true);
  document.addEventListener("pointerdown", wire, true);

  /* -- what is open, and what is shown as a table --------------------------------------------- */
  function mark() {
    const query = new URLSearchParams(window.location.search);
    const open = query.has("rows") && !query.has("why") ? [query.get("rows"), ...query.getAll("cell")].join("\n") : null;
    for (const link of document.querySelectorAll("[data-rows-link]")) {
      const holder = link.closest("[data-mark]") || link;
      holder.classList.toggle("marked", link.dataset.rowsLink === open);
    }
    for (const frame of document.querySelectorAll("[data-rows]")) markPoints(frame, open);
    const tables = query.getAll("table");
    for (const panel of document.querySelectorAll("[data-views]")) {
      const shown = tables.includes(panel.dataset.views);
      panel.classList.toggle("as-table", shown);
      for (const button of panel.querySelectorAll("[data-table]")) button.setAttribute("aria-pressed", String(shown));
    }
    document.documentElement.classList.toggle("rows-open", query.has("rows"));
  }

  function markPoints(frame, open) {
    for (const element of frame.querySelectorAll(".point, .points > path")) {
      const datum = element.__data__;
      const drawn = element.closest(".trace");
      const trace = drawn && drawn.__data__ && drawn.__data__[0] && drawn.__data__[0].trace;
      const custom = datum && trace && trace.customdata ? trace.customdata[datum.i] : null;
      const cells = custom ? cellsOf(frame, { customdata: custom }) : null;
      const is = cells !== null && [frame.dataset.rows, ...cells].join("\n") === open;
      element.classList.toggle("marked", is);
    }
  }

  let due = false;
  function soon(records) {
    const plain = records && records.every((r) => r.target.closest && r.target.closest(".hoverlayer"));
    if (due || plain) return;
    due = true;
    window.requestAnimationFrame(() => {
      due = false;
      mark();
    });
  }
  new MutationObserver(soon).observe(document.documentElement, { childList: true, subtree: true });
  window.addEventListener("popstate", () => soon());

})();
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.rows = {
  /* Searching and ordering keep the place in the history: one step back still closes the list. */
  look: function (find, order) {
    const kept = order === "newest" ? "" : order;
    if (new URLSearchParams(window.location.search).has("rows")) {
      window.vigia.set({ rows_find: find, rows_order: kept }, "replace", ["rows_page"]);
    }
    return window.dash_clientside.no_update;
  },
};
