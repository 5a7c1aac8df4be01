/* The analyst's panel: what is chosen goes into the address, the tabs of the phone jump to the
   parts of the panel, and a reached goal is celebrated: once per period and browser. */
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.analyst = (function () {
  "use strict";
  const KEY = "vigia-goal";
  const REMEMBERED = 60;
  const SPARKS = 28;

  function skip() {
    return window.dash_clientside.no_update;
  }

  /* The parameters of the lists: another person or other days start them anew. */
  function lists() {
    return document.querySelector("[data-lists]").dataset.lists.split(" ");
  }

  function isHere() {
    return window.location.pathname === "/analyst";
  }

  function person(agent) {
    if (agent && isHere()) window.vigia.set({ agent: agent === "team" ? [] : agent }, "push", lists());
    return skip();
  }

  function find(words) {
    if (typeof words === "string" && isHere()) window.vigia.set({ search: words }, "push", ["lines"]);
    return skip();
  }

  function dates(clicks, from, to) {
    if (!clicks || !from || !to) return skip();
    document.body.click();
    window.vigia.set({ period: [], from, to }, "push", lists());
    return skip();
  }

  /* Without storage (private windows) nothing is celebrated: better than again and again. */
  function isNew(key) {
    try {
      const known = JSON.parse(window.localStorage.getItem(KEY) || "[]");
      if (known.includes(key)) return false;
      known.push(key);
      window.localStorage.setItem(KEY, JSON.stringify(known.slice(-REMEMBERED)));
      return true;
    } catch (error) {
      return false;
    }
  }

  function sparkle(hero) {
    const bar = hero.querySelector(".goal-track");
    if (!bar || window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    hero.classList.add("goal-celebrated");
    const sky = document.createElement("div");
    sky.className = "goal-sky";
    sky.setAttribute("aria-hidden", "true");
    for (let number = 0; number < SPARKS; number += 1) {
      const spark = document.createElement("span");
      spark.style.setProperty("--x", ((number + 0.5) / SPARKS) * 100 + "%");
      spark.style.setProperty("--rise", 50 + ((number * 37) % 60) + "px");
      spark.style.setProperty("--turn", (number % 2 ? 1 : -1) * (60 + ((number * 53) % 200)) + "deg");
      spark.style.setProperty("--wait", number * 26 + "ms");
      sky.append(spark);
    }
    bar.append(sky);
    window.setTimeout(() => {
      sky.remove();
      hero.classList.remove("goal-celebrated");
    }, 2600);
  }

  function celebrate() {
    window.requestAnimationFrame(() => {
      const hero = document.querySelector("[data-reached]");
      if (!hero || !isNew(hero.dataset.reached)) return;
      window.vigia.toast(hero.dataset.reachedWords, 4000);
      sparkle(hero);
    });
    return skip();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jump]");
    const place = link && document.getElementById(link.dataset.jump);
    if (!place) return;
    event.preventDefault();
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (link.dataset.jump === "analyst--goal") window.scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" });
    else place.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  });

  /* The tab of the part that is being read. */
  function here() {
    const links = [...document.querySelectorAll("[data-jump]")];
    if (!links.length) return;
    const line = window.innerHeight * 0.4;
    const end = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4;
    let current = links[0];
    for (const link of links) {
      const place = document.getElementById(link.dataset.jump);
      if (place && place.getBoundingClientRect().top <= line) current = link;
    }
    if (end && window.scrollY > 0) current = links[links.length - 1];
    for (const link of links) {
      link.className = link === current ? "nav-link-here" : "nav-link-other";
    }
  }
  let due = false;
  function soon() {
    if (due) return;
    due = true;
    window.requestAnimationFrame(() => {
      due = false;
      here();
    });
  }
  window.addEventListener("scroll", soon, { passive: true });

  return {
    person, find, dates,
    celebrate: () => {
      soon();
      return celebrate();
    },
  };
})();
