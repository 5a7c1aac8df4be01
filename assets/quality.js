/* Searching the comments changes the address in place; one step back still leaves the page. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.quality = {
  look: function (find) {
    const skip = window.dash_clientside.no_update;
    const wanted = find || "";
    const now = new URLSearchParams(window.location.search);
    if (wanted === (now.get("comments_find") || "")) return skip;
    window.vigia.go(window.vigia.address((query) => {
      query.delete("comments_page");
      query.delete("comment");
      if (wanted) query.set("comments_find", wanted);
      else query.delete("comments_find");
    }), "replace");
    return skip;
  },
};
