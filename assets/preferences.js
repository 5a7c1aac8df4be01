/* Buttons of the account corner: keep a choice in a cookie, sign out, copy a link, full screen. */
(function () {
  "use strict";

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(name + "="));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
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
      navigator.clipboard.writeText(window.location.href).then(() => window.vigia.toast(data.copyLink, 3000));
    } else if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      document.documentElement.requestFullscreen();
    }
  });
})();
