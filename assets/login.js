/* The login page: language, the eye beside the password, the caps lock. */
(function () {
  "use strict";
  const wanted = document.querySelector(".login-languages").dataset.next;
  for (const link of document.querySelectorAll("[data-language]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.cookie = `vigia_lang=${link.dataset.language}; path=/; max-age=31536000; samesite=lax`;
      /* Not `reload`: after a wrong password that would send the form once more. */
      window.location.assign("/login" + (wanted ? "?next=" + encodeURIComponent(wanted) : ""));
    });
  }
  const eye = document.querySelector(".login-eye");
  const password = document.getElementById("password");
  if (!password) return;
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const shown = password.type === "text";
    password.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
    eye.setAttribute("aria-label", shown ? eye.dataset.show : eye.dataset.hide);
    password.focus();
  });
  /* Sent with the characters hidden, whatever was chosen to look at: browsers remember the type. */
  password.form.addEventListener("submit", () => { password.type = "password"; });
  const caps = document.querySelector(".login-caps");
  for (const kind of ["keydown", "keyup", "blur"]) {
    password.addEventListener(kind, (event) => {
      const on = kind !== "blur" && event.getModifierState && event.getModifierState("CapsLock");
      caps.textContent = on ? caps.dataset.words : "";
    });
  }
})();
