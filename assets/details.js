/* The table of rows: what is looked for, and which columns stand in it. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.details = {
  choose: function (find, clicks, chosen) {
    const triggered = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    if (triggered.startsWith("details--find")) {
      window.vigia.set({ find }, "replace", ["page"]);
    } else if (clicks) {
      window.vigia.go(window.vigia.address((query) => {
        query.delete("column");
        (chosen || []).forEach((key) => query.append("column", key));
      }), "replace");
      document.body.click();
    }
    return window.dash_clientside.no_update;
  },
};
