/* The staffing page: sliders write into the address; the grid of the schedule is typed into,
   compared with what is kept, and sent as a whole. What is not saved outlives a reload. */
(function () {
  "use strict";
  const DRAFT = "vigia-schedule-draft";
  const LARGEST = 700000;

  function cells() {
    return [...document.querySelectorAll(".shift-cell")];
  }

  function field(cell) {
    return cell.querySelector("input");
  }

  function isChanged(cell) {
    return field(cell).value.trim() !== cell.dataset.was;
  }

  /* Through the element's own setter: React looks there for what was typed. */
  function write(cell, words) {
    const set = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value").set;
    set.call(field(cell), words);
    field(cell).dispatchEvent(new Event("input", { bubbles: true }));
  }

  function keyOf(cell) {
    return cell.dataset.agent + "\n" + cell.dataset.day;
  }

  function mark() {
    const all = cells();
    const changed = all.filter(isChanged);
    all.forEach((cell) => cell.classList.toggle("shift-changed", isChanged(cell)));
    const note = document.querySelector("[data-unsaved]");
    if (!note) return;
    const words = changed.length === 1 ? note.dataset.one : note.dataset.other;
    note.textContent = changed.length ? words.replace("{n}", String(changed.length)) : "";
    for (const name of ["save", "cancel"]) {
      const button = document.querySelector('[data-schedule="' + name + '"]');
      if (button) button.disabled = !changed.length;
    }
    const draft = {};
    changed.forEach((cell) => { draft[keyOf(cell)] = { was: cell.dataset.was, now: field(cell).value }; });
    try {
      if (changed.length) window.sessionStorage.setItem(DRAFT, JSON.stringify(draft));
      else window.sessionStorage.removeItem(DRAFT);
    } catch (error) { /* without storage a draft lives as long as the page */ }
  }

  function restore() {
    let draft = {};
    try {
      draft = JSON.parse(window.sessionStorage.getItem(DRAFT) || "{}");
    } catch (error) { return; }
    cells().forEach((cell) => {
      const kept = draft[keyOf(cell)];
      if (!kept || typeof kept.now !== "string" || kept.now === field(cell).value) return;
      /* As it was when it was typed over: who changed it since is told of on saving. */
      cell.dataset.was = String(kept.was);
      write(cell, kept.now);
    });
  }

  function forget() {
    try {
      window.sessionStorage.removeItem(DRAFT);
    } catch (error) { /* there is none */ }
  }

  function clean(cell) {
    cell.classList.remove("shift-wrong");
    field(cell).removeAttribute("aria-invalid");
    cell.removeAttribute("title");
  }

  function send(data) {
    window.dash_clientside.set_props("staffing--action", { data: Object.assign({ at: Date.now() }, data) });
  }

  function save() {
    send({
      act: "save",
      cells: cells().filter(isChanged).map((cell) => ({
        agent: cell.dataset.agent,
        day: cell.dataset.day,
        was: cell.dataset.was,
        now: field(cell).value.trim(),
      })),
    });
  }

  function tell(words) {
    window.dash_clientside.actions.tell({ said: words });
  }

  function choose() {
    const panel = document.querySelector("[data-schedule-version]");
    const picker = document.createElement("input");
    picker.type = "file";
    picker.accept = ".xlsx";
    picker.addEventListener("change", () => {
      const file = picker.files[0];
      if (!file) return;
      if (file.size > LARGEST) {
        tell(panel.dataset.tooLarge);
        return;
      }
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        send({ act: "import", name: file.name, file: String(reader.result).split(",")[1] || "" });
      });
      reader.readAsDataURL(file);
    });
    picker.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-schedule]");
    if (!button || button.disabled) return;
    const act = button.dataset.schedule;
    if (act === "save") save();
    else if (act === "import") choose();
    else {
      if (act === "cancel") forget();
      send({ act });
    }
  });

  document.addEventListener("input", (event) => {
    const cell = event.target.closest(".shift-cell");
    if (!cell) return;
    clean(cell);
    mark();
  });

  function below(cell, step) {
    const column = cells().filter((other) => other.dataset.day === cell.dataset.day);
    return column[column.indexOf(cell) + step];
  }

  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest && event.target.closest(".shift-cell");
    if (!cell) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      write(cell, cell.dataset.was);
      return;
    }
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
      return;
    }
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step && below(cell, step);
    if (!next) return;
    event.preventDefault();
    field(next).focus();
    field(next).select();
  }, true);

  /* A block of cells, as spreadsheets copy it: into this cell, and right and below of it. */
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest && event.target.closest(".shift-cell");
    const words = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!cell || !/[\t\n]/.test(words.trim())) return;
    event.preventDefault();
    let row = cell;
    for (const line of words.replace(/\r/g, "").replace(/\n$/, "").split("\n")) {
      if (!row) break;
      const own = cells().filter((other) => other.dataset.agent === row.dataset.agent);
      const first = own.indexOf(row);
      line.split("\t").forEach((value, place) => {
        if (own[first + place]) write(own[first + place], value.trim());
      });
      row = below(row, 1);
    }
  });

  /* A slider's own number is taken on leaving the box; Enter leaves it. */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest && event.target.closest("[data-assume] input")) event.target.blur();
  });

  /* Dash names neither the thumb nor the box of a slider. */
  document.addEventListener("focusin", (event) => {
    const holder = event.target.closest && event.target.closest("[data-assume]");
    const label = holder && holder.querySelector("label");
    if (label) event.target.setAttribute("aria-labelledby", label.id);
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.staffing = {
    /* After the grid's new fields are there. */
    done: function (done) {
      window.setTimeout(() => {
        if (!done) return;
        if (done.saved || done.cancelled || done.read) forget();
        else if (done.drawn) restore();
        const at = new Map(cells().map((cell) => [keyOf(cell), cell]));
        (done.taken || []).forEach(([agent, day, now]) => {
          const cell = at.get(agent + "\n" + day);
          if (cell) cell.dataset.was = now;
        });
        let first = null;
        [...(done.bad || []), ...(done.taken || [])].forEach(([agent, day, words]) => {
          const cell = at.get(agent + "\n" + day);
          if (!cell) return;
          cell.classList.add("shift-wrong");
          cell.title = words;
          field(cell).setAttribute("aria-invalid", "true");
          first = first || cell;
        });
        mark();
        if (first) field(first).focus();
        if (done.saved) window.dash_clientside.set_props("refresh", { n_intervals: done.at });
      }, 50);
      return window.dash_clientside.no_update;
    },
    assume: function (...values) {
      const skip = window.dash_clientside.no_update;
      const box = document.querySelector("[data-assumptions]");
      if (!box) return skip;
      const defaults = JSON.parse(box.dataset.assumptions);
      const names = [...box.querySelectorAll("[data-assume]")].map((one) => one.dataset.assume);
      if (values.some((value) => typeof value !== "number")) return skip;
      const shown = { stream: box.dataset.stream };
      names.forEach((name, place) => { shown[name] = values[place]; });
      /* Drawing the sliders is no choice: an address that cannot be read is still to be told of. */
      const isFirst = box.vigia !== true;
      box.vigia = true;
      if (isFirst && values.join() === box.dataset.drawn) return skip;
      window.dash_clientside.set_props("staffing--assumed", { data: shown });
      window.vigia.go(window.vigia.address((query) => {
        window.vigia.without(query);
        names.forEach((name, place) => {
          if (values[place] === defaults[name]) query.delete(name);
          else query.set(name, String(values[place]));
        });
      }), "replace");
      return skip;
    },
  };
})();
