/* What is chosen in a filter bar goes into the address; everything else follows from there. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.filters = {
  choose: function (teams, agents, clicks, from, to, search) {
    const skip = window.dash_clientside.no_update;
    const triggered = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    const query = new URLSearchParams(search || "");
    const name = triggered.split(".")[0].split("-").pop();
    if (name === "dates") {
      if (!clicks || !from || !to) return skip;
      query.delete("period");
      query.set("from", from);
      query.set("to", to);
    } else if (name === "team" || name === "agent") {
      const chosen = (name === "team" ? teams : agents) || [];
      if ([...query.getAll(name)].sort().join("\n") === [...chosen].sort().join("\n")) return skip;
      query.delete(name);
      chosen.forEach((value) => query.append(name, value));
    } else return skip;
    const words = query.toString();
    return words ? "?" + words : "";
  },
  person: function (agent, search) {
    const skip = window.dash_clientside.no_update;
    const query = new URLSearchParams(search || "");
    if (!agent || query.get("agent") === agent) return skip;
    query.set("agent", agent);
    return "?" + query.toString();
  },
};
