// Runs before the first paint: light or dark as chosen, else as the system says.
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
  document.documentElement.dataset.mode = mode;
  document.documentElement.dataset.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
})();
