/* What a person does on a page: buttons with data-act="<page>.<what>" tell the page's store, fields
   and switches too. What does harm asks first, in a dialog that says the effect. */
(function () {
  "use strict";
  function payload(element) {
    const data = element.dataset;
    const action = { at: Date.now(), act: data.act.split(".")[1] };
    for (const name of ["life", "rule", "name", "value", "device"]) {
      if (data[name] !== undefined) action[name] = data[name];
    }
    return action;
  }

  /* The value of its field; of a form of several all of them, as JSON. */
  function read(form) {
    const values = Array.from(form.querySelectorAll("input, select"), (field) => field.value);
    return form.dataset.form === "all" ? JSON.stringify(values) : values[0] || "";
  }

  function send(element, more) {
    const page = element.dataset.act.split(".")[0];
    const data = Object.assign(payload(element), more);
    window.dash_clientside.set_props(page + "--action", { data });
  }

  function button(words, className, then) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = className;
    made.textContent = words;
    made.addEventListener("click", then);
    return made;
  }

  function ask(element) {
    const data = element.dataset;
    const dialog = document.createElement("dialog");
    dialog.className = "confirm";
    const title = document.createElement("h2");
    title.textContent = data.confirm;
    const words = document.createElement("p");
    words.textContent = data.confirmWords;
    const tools = document.createElement("div");
    tools.className = "confirm-tools";
    tools.append(
      button(data.confirmNo, "button", () => dialog.close()),
      button(data.confirmYes, "button button-primary", () => {
        dialog.close();
        send(element);
      }),
    );
    dialog.append(title, words, tools);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (element.isConnected) element.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  function tell(words) {
    document.querySelectorAll(".toast-line").forEach((line) => line.remove());
    window.vigia.toast(words, 6000);
  }

  function copy(element) {
    const field = document.getElementById(element.dataset.copy);
    if (!field) return;
    const words = field.textContent;
    const done = () => tell(element.dataset.copied);
    if (navigator.clipboard) navigator.clipboard.writeText(words).then(done, () => selectAll(field));
    else if (selectAll(field) && document.execCommand("copy")) done();
  }

  /* Without a secure address the browser gives no clipboard: the words are marked instead. */
  function selectAll(field) {
    const range = document.createRange();
    range.selectNodeContents(field);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return true;
  }

  document.addEventListener("click", (event) => {
    const copied = event.target.closest("[data-copy]");
    if (copied) copy(copied);
    const element = event.target.closest("button[data-act]");
    if (!element || element.disabled) return;
    const form = element.closest("[data-form]");
    if (element.dataset.confirm) ask(element);
    else send(element, form ? { value: read(form) } : {});
    if (element.closest(".popover")) document.body.click();
  });

  document.addEventListener("change", (event) => {
    const holder = event.target.closest("label[data-act]");
    if (holder) send(holder, { value: event.target.value });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    const form = event.target.closest("[data-form]");
    if (form) form.querySelector("button[data-act]").click();
    else if (event.target.closest("label[data-act]")) event.target.blur();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.actions = {
    tell: function (done) {
      if (done && done.said) tell(done.said);
      return window.dash_clientside.no_update;
    },
  };
})();
