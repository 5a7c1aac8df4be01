/* Searching the comments changes the address in place; one step back still leaves the page. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.quality = {
  look: function (find) {
    window.vigia.set({ comments_find: find }, "replace", ["comments_page", "comment"]);
    return window.dash_clientside.no_update;
  },
};
