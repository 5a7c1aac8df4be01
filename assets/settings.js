/* The settings page: a file of settings goes to the server as text, to be looked at before it holds;
   a token stays in no store of the page. */
(function () {
  "use strict";
  const LARGEST = 1000000;
  const ACTION = "settings--action";

  function choose(button) {
    const picker = document.createElement("input");
    picker.type = "file";
    picker.accept = ".yaml,.yml,text/yaml";
    picker.addEventListener("change", () => {
      const file = picker.files[0];
      if (file && file.size > LARGEST) window.vigia.toast(button.dataset.settingsFile, 6000);
      else if (file) {
        const reader = new FileReader();
        reader.addEventListener("load", () => {
          window.dash_clientside.set_props(ACTION, { data: { act: "preview", at: Date.now(), value: reader.result } });
        });
        reader.readAsText(file);
      }
    });
    picker.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-settings-file]");
    if (button) choose(button);
    if (event.target.closest('[data-act="settings.token"]')) {
      window.setTimeout(() => window.dash_clientside.set_props(ACTION, { data: null }), 1000);
    }
  });
})();
