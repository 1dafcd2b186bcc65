// Runs before the first paint: light or dark as chosen, else as the system says; paper is light.
(function () {
  "use strict";
  let mode = null;
  try {
    mode = localStorage.getItem("mode");
  } catch (error) {
    mode = null; // storage is blocked; the choice then lasts for one page
  }
  if (mode !== "light" && mode !== "dark") mode = "auto";
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const page = document.documentElement.dataset;
  page.mode = mode;
  page.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
  page.scripts = "on"; // style sheets keep room for what scripts will show
  let before = null;
  window.matchMedia("print").addEventListener("change", function (print) {
    if (print.matches) [before, page.theme] = [page.theme, "light"];
    else if (before) [page.theme, before] = [before, null];
  });
})();
