/* Moves running times on between two refreshes, against the server's clock.
   data-severity: what is as bad as a wait since data-since, from data-near and data-limit seconds on,
   and never less than data-least; the first of them is told in the tab's title, and the page is asked
   for anew when one has changed. data-timer: seconds since 1970 from which a duration runs; data-age: instant whose age is written,
   in the words of data-age-words; data-clock: name of the zone whose time is shown; data-of: the
   sources of a number, whose age and version stand once for the whole page; data-until: the zone of
   the clock time that ends the words, that of the version. */
(function () {
  "use strict";
  const NBSP = "\u00a0";
  let offset = 0;
  let heard = null;

  /* Seconds since 1970 by the server's clock. */
  function now() {
    const server = document.getElementById("server-time");
    if (server && server.dataset.now !== heard) {
      heard = server.dataset.now;
      offset = Number(heard) - Date.now() / 1000;
    }
    return Date.now() / 1000 + offset;
  }

  function two(number) {
    return String(number).padStart(2, "0");
  }

  function timer(seconds) {
    if (seconds < 3600) return two(Math.floor(seconds / 60)) + ":" + two(seconds % 60);
    if (seconds < 86400) {
      return Math.floor(seconds / 3600) + NBSP + "h" + NBSP + two(Math.floor((seconds % 3600) / 60));
    }
    return Math.floor(seconds / 86400) + NBSP + "d" + NBSP + two(Math.floor((seconds % 86400) / 3600)) + NBSP + "h";
  }

  function span(seconds) {
    if (seconds < 60) return seconds + NBSP + "s";
    if (seconds < 3600) return Math.floor(seconds / 60) + NBSP + "min";
    return timer(seconds);
  }

  const clocks = {};
  function clock(zone, at) {
    clocks[zone] = clocks[zone] || new Intl.DateTimeFormat("pt-BR", {
      timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    return clocks[zone].format(new Date(at * 1000));
  }

  /* The instants that the page knows, by name. */
  function read(told) {
    return new Map((told.known || "").split(" ").map((one) => one.split(":")));
  }

  function told() {
    return (document.getElementById("server-time") || { dataset: {} }).dataset;
  }

  function until(zone, words) {
    const at = read(told()).get("published");
    return at ? words.replace(/[0-9:]+$/, clock(zone, Number(at))) : words;
  }

  function about(sources, at, words) {
    const said = told();
    if (!said.known) return words;
    const known = read(said);
    const instants = sources.split(" ").filter((name) => known.has(name)).map((name) => known.get(name));
    const oldest = Math.min(...(instants.length ? instants : [known.get("published")]).map(Number));
    const age = said.ago.replace("{span}", span(Math.max(0, at - oldest)));
    return said.words.replace("{age}", age).replace("{version}", said.version);
  }

  function write(element, words) {
    if (element.textContent !== words) element.textContent = words;
  }

  const ORDER = ["info", "warning", "critical"];
  function severity(data, at) {
    if (!data.since) return data.severity;
    const waited = at - Number(data.since);
    const own = waited >= Number(data.limit) ? 2 : waited >= Number(data.near) ? 1 : 0;
    return ORDER[Math.max(own, ORDER.indexOf(data.least))];
  }

  function follow(at) {
    let changed = false;
    const shown = document.querySelectorAll("[data-severity]");
    for (const element of shown) {
      const present = severity(element.dataset, at);
      changed = changed || present !== element.dataset.severity;
      element.dataset.severity = present;
    }
    const word = shown.length && shown[0].querySelector(".level-" + shown[0].dataset.severity);
    const title = word && shown[0].dataset.severity !== "calm" ? word.textContent + " · Vigia" : "Vigia";
    if (shown.length && document.title !== title) document.title = title;
    if (changed && window.dash_clientside) window.dash_clientside.set_props("refresh", { n_intervals: at });
  }

  function tick() {
    const at = Math.floor(now());
    follow(at);
    for (const element of document.querySelectorAll(".tick")) {
      const data = element.dataset;
      if (data.timer) write(element, timer(Math.max(0, at - Number(data.timer))));
      else if (data.age) {
        write(element, data.ageWords.replace("{span}", span(Math.max(0, at - Number(data.age)))));
      } else if (data.of) write(element, about(data.of, at, element.textContent));
      else if (data.until) write(element, until(data.until, element.textContent));
      else if (data.clock) write(element, clock(data.clock, at));
    }
  }

  window.vigia = Object.assign(window.vigia || {}, { now, timer, span });
  window.setInterval(tick, 1000);
  /* What has just been opened is not a second late. */
  document.addEventListener("click", () => window.setTimeout(tick, 50));
})();
