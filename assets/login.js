/* The login page: language, the eye beside the password. */
(function () {
  "use strict";
  for (const link of document.querySelectorAll("[data-language]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.cookie = `vigia_lang=${link.dataset.language}; path=/; max-age=31536000; samesite=lax`;
      window.location.reload();
    });
  }
  const eye = document.querySelector(".login-eye");
  const password = document.getElementById("password");
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const shown = password.type === "text";
    password.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
    eye.setAttribute("aria-label", shown ? eye.dataset.show : eye.dataset.hide);
    password.focus();
  });
})();
