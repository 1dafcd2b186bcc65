// One switch for the code of a page: cells that only draw are out of sight until it is asked for.
(function () {
  "use strict";
  const button = document.querySelector(".rb-code-switch");
  if (!button) return;
  const folds = [...document.querySelectorAll(".cell details.hide.above-input")];
  if (!folds.length) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    button.textContent = shown ? "Hide code" : "Show all code";
    document.documentElement.dataset.code = shown ? "shown" : "";
    for (const fold of folds) fold.open = shown;
  });
})();
