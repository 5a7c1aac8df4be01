/* Buttons of the account corner: keep a choice in a cookie, sign out, copy a link, full screen. */
(function () {
  "use strict";

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function toast(words) {
    const element = document.createElement("div");
    element.className = "toast-line";
    element.setAttribute("role", "status");
    element.textContent = words;
    document.body.append(element);
    window.setTimeout(() => element.remove(), 3000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cookie],[data-logout],[data-copy-link],[data-fullscreen]");
    if (!button) return;
    const data = button.dataset;
    if (data.cookie) {
      document.cookie = `${data.cookie}=${encodeURIComponent(data.value)}; path=/; max-age=31536000; samesite=lax`;
      window.location.reload();
    } else if ("logout" in data) {
      fetch("/logout", { method: "POST", headers: { "X-CSRFToken": cookie("_csrf_token") }, redirect: "manual" })
        .finally(() => window.location.assign("/login"));
    } else if ("copyLink" in data) {
      navigator.clipboard.writeText(window.location.href).then(() => toast(data.copyLink));
    } else if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      document.documentElement.requestFullscreen();
    }
  });
})();
