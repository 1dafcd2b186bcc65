// Runs before the first paint: light or dark as chosen, else as the system says; paper is light.
(function () {
  "use strict";
  // Where storage is blocked, full or missing, what is kept lasts for one page, in what the theme's
  // script takes for it; what was kept before is read as ever.
  for (const name of ["localStorage", "sessionStorage"]) {
    let store = null;
    try {
      store = window[name];
      store.setItem("rebuilt", "1");
      store.getItem("rebuilt");
      store.removeItem("rebuilt");
    } catch (error) {
      const kept = new Map(Object.entries(store ?? {}));
      Object.defineProperty(window, name, { value: {
        getItem: function (key) { return kept.has(key) ? kept.get(key) : null; },
        setItem: function (key, value) { kept.set(key, String(value)); },
        removeItem: function (key) { kept.delete(key); },
      } });
    }
  }
  let mode = localStorage.getItem("mode");
  if (mode !== "light" && mode !== "dark") mode = "auto";
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const page = document.documentElement.dataset;
  page.mode = mode;
  page.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
  page.scripts = "on"; // style sheets keep room for what scripts will show
  // A form that a lost or damaged script leaves closed says what it needs, as without scripts; so
  // does the search, which takes its sentence away when it works.
  function tell() {
    for (const form of document.querySelectorAll(".rb-form-on[hidden]")) form.parentElement.classList.add("rb-form-failed");
    for (const words of document.querySelectorAll(".rb-search-lost")) words.hidden = false;
  }
  window.addEventListener("error", function () {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", tell);
    else tell();
  }, true);
  let before = null;
  function toPaper() {
    if (!before) [before, page.theme] = [page.theme, "light"];
  }
  function toScreen() {
    if (before) [page.theme, before] = [before, null];
  }
  // Firefox prints a copy of the page and tells it of no other medium, so the event must do it;
  // where only the medium changes, as in a preview of developer tools, there is no event.
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", toScreen);
  window.matchMedia("print").addEventListener("change", function (print) {
    if (print.matches) toPaper();
    else toScreen();
  });
})();
