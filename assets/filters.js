/* What is chosen in a filter bar goes into the address; everything else follows from there. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.filters = {
  choose: function (team, agent, shift, handled_by, clicks, from, to) {
    const { set, parameters } = window.vigia;
    const triggered = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    const name = triggered.split(".")[0].split("-").pop();
    const panel = parameters("panelParameters");
    if (name === "dates" && clicks && from && to) {
      if (set({ period: [], from, to }, "push", panel)) document.body.click();
    } else if (["team", "agent", "shift", "handled_by"].includes(name)) {
      set({ [name]: { team, agent, shift, handled_by }[name] }, "push", panel);
    }
    return window.dash_clientside.no_update;
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
};
(function () {
  "use strict";
  /* Words above a list of teams or people: only what has them in it stays. */
  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("[id^='filters--find-']");
    if (!field) return;
    const wanted = plain(event.target.value).split(/\s+/).filter(Boolean);
    field.closest(".chooser").querySelectorAll(".checklist label").forEach((label) => {
      const words = plain(label.textContent);
      label.hidden = !wanted.every((word) => words.includes(word));
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
