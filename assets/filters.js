/* What is chosen in a filter bar goes into the address; everything else follows from there. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.filters = {
  choose: function (teams, agents, clicks, from, to) {
    const skip = window.dash_clientside.no_update;
    const triggered = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    const name = triggered.split(".")[0].split("-").pop();
    const address = window.vigia.address((query) => {
      window.vigia.without(query);
      if (name === "dates") {
        if (!clicks || !from || !to) return;
        query.delete("period");
        query.set("from", from);
        query.set("to", to);
      } else if (name === "team" || name === "agent") {
        const chosen = (name === "team" ? teams : agents) || [];
        if ([...query.getAll(name)].sort().join("\n") === [...chosen].sort().join("\n")) return;
        query.delete(name);
        chosen.forEach((value) => query.append(name, value));
      }
    });
    const query = new URLSearchParams(window.location.search);
    window.vigia.without(query);
    const unchanged = address === window.location.pathname + (query.toString() ? "?" + query : "");
    if (!unchanged) window.vigia.go(address, "push");
    if (name === "dates" && !unchanged) document.body.click();
    return skip;
  },
  chooseValues: function (clicks, chosen, options, stored) {
    const skip = window.dash_clientside.no_update;
    const label = stored && stored[0];
    if (!clicks || !label) return skip;
    window.vigia.go(window.vigia.address((query) => {
      window.vigia.without(query);
      const offered = (options || []).map((option) => option.value);
      const hidden = query.getAll("attr." + label).filter((value) => !offered.includes(value));
      query.delete("attr." + label);
      [...hidden, ...(chosen || [])].forEach((value) => query.append("attr." + label, value));
    }), "push");
    document.body.click();
    return null;
  },
  person: function (agent, search) {
    const skip = window.dash_clientside.no_update;
    const query = new URLSearchParams(search || "");
    if (!agent || query.get("agent") === agent) return skip;
    query.set("agent", agent);
    return "?" + query.toString();
  },
  /* The pages of one group share their filters: their links carry the present ones along. */
  carry: function (search, links) {
    const kept = new URLSearchParams();
    const shared = ["period", "from", "to", "compare", "team", "agent", "origin", "line", "clock"];
    for (const [name, value] of new URLSearchParams(search || "")) {
      if (shared.includes(name) || name.startsWith("attr.")) kept.append(name, value);
    }
    const words = kept.toString();
    const here = links.some((link) => link.path === window.location.pathname);
    if (!here) return links.map(() => window.dash_clientside.no_update);
    return links.map((link) => (words ? link.path + "?" + words : link.path));
  },
};
(function () {
  "use strict";
  /* Words above a list of teams or people: only what has them in it stays. */
  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("#filters--find-team, #filters--find-agent");
    if (!field) return;
    const wanted = plain(event.target.value).split(/\s+/).filter(Boolean);
    field.closest(".chooser").querySelectorAll(".checklist label").forEach((label) => {
      const told = plain(label.textContent);
      label.hidden = !wanted.every((word) => told.includes(word));
    });
  });
  /* A label of the list, or the chip of a chosen one: its values are shown. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter-label]");
    if (!button) return;
    const find = () => document.getElementById("filters--find");
    /* With the words that found the label: they are not looked for among its values. */
    const typed = find() ? find().value : "";
    window.dash_clientside.set_props("filters--label", { data: [button.dataset.filterLabel, typed] });
    if (typed) window.dash_clientside.set_props("filters--find", { value: "" });
    /* After this click has closed whatever was open. */
    window.setTimeout(() => {
      if (!find()) document.getElementById("filters--filter-add").click();
      window.setTimeout(() => find() && find().focus(), 60);
    });
  });
})();
