/* The address of a page is the one place of what is chosen on it: `window.vigia` reads and changes
   it, and Dash hears of it as of a press of the back button. Its parameters are named by the server
   (`callbacks/reports/page_query.py`), in attributes of the document. */
(function () {
  "use strict";
  function parameters(kind) {
    return (document.documentElement.dataset[kind] || "").split(" ").filter(Boolean);
  }

  function go(href, mode, state) {
    const here = window.location.pathname + window.location.search;
    const there = new URL(href, window.location.href);
    const target = there.pathname + there.search;
    if (target === here) return;
    if (mode === "replace") window.history.replaceState(window.history.state, "", target);
    else window.history.pushState(state || {}, "", target);
    window.dispatchEvent(new PopStateEvent("popstate", { state: window.history.state }));
  }

  function address(change) {
    const query = new URLSearchParams(window.location.search);
    change(query);
    const words = query.toString();
    return window.location.pathname + (words ? "?" + words : "");
  }

  /* Without the list of rows that is open beside the page. */
  function without(query) {
    parameters("panelParameters").forEach((name) => query.delete(name));
  }

  /* Other values of some parameters, and others dropped with them; their order means nothing. */
  function set(values, mode, dropped) {
    const now = new URLSearchParams(window.location.search);
    const wanted = Object.entries(values).map(([name, value]) => [name, [].concat(value || []).filter(Boolean)]);
    const plain = (list) => [...list].sort().join("\n");
    if (wanted.every(([name, list]) => plain(now.getAll(name)) === plain(list))) return false;
    go(address((query) => {
      dropped.forEach((name) => query.delete(name));
      wanted.forEach(([name, list]) => {
        query.delete(name);
        list.forEach((value) => query.append(name, value));
      });
    }), mode);
    return true;
  }

  /* The pages of one group share their filters: their links carry the present ones along. */
  function carry(search, links) {
    const skip = window.dash_clientside.no_update;
    if (!links.some((link) => link.path === window.location.pathname)) return links.map(() => skip);
    const shared = parameters("sharedParameters");
    const kept = new URLSearchParams();
    for (const [name, value] of new URLSearchParams(search || "")) {
      if (shared.includes(name) || name.startsWith("attr.")) kept.append(name, value);
    }
    const words = kept.toString();
    return links.map((link) => (words ? link.path + "?" + words : link.path));
  }

  window.vigia = Object.assign(window.vigia || {}, { go, address, without, set, parameters });
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.address = { carry };
})();
