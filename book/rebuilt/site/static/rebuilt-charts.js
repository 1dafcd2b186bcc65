// Charts on demand: the page holds drawings; a click on Explore loads Vega (once, from this site)
// and puts a live chart in their place. Everything reads without this file.
(function () {
  "use strict";

  const NARROW_PX = 560; // the same limit as in rebuilt.css
  const script = document.currentScript;
  const bundle = new URL("vega-bundle.js", script.src).href;
  const live = new Map(); // chart name -> Vega view
  let loading = null;

  function loadVega() {
    if (window.vegaEmbed) return Promise.resolve();
    loading ??= new Promise(function (resolve, reject) {
      const tag = document.createElement("script");
      tag.src = bundle;
      tag.onload = resolve;
      tag.onerror = function () {
        loading = null;
        tag.remove();
        reject(new Error("the file vega-bundle.js could not be read"));
      };
      document.head.append(tag);
    });
    return loading;
  }

  // Specifications name light colours; replace each by what the page's theme makes of it.
  function coloured(text) {
    const style = getComputedStyle(document.documentElement);
    const pairs = style.getPropertyValue("--rb-palette").replaceAll('"', "").trim().split(/\s+/);
    return pairs.reduce(function (result, pair) {
      const [name, light] = pair.split("=");
      const now = style.getPropertyValue("--rb-" + name).trim();
      return now ? result.replaceAll(light, now) : result;
    }, text);
  }

  function specification(name, width) {
    const block = document.getElementById("chart-" + name + "-spec");
    const both = JSON.parse(coloured(block.textContent));
    const spec = width < NARROW_PX ? both.narrow : both.wide;
    spec.datasets = both.wide.datasets;
    if (spec.autosize) spec.width = Math.floor(width);
    return spec;
  }

  function explain(box, error) {
    const status = box.closest("figure").querySelector(".rb-status");
    status.textContent = error
      ? "The interactive form did not load (" + error.message + "). The drawing stays."
      : "";
  }

  async function draw(box) {
    const target = box.querySelector(".rb-live");
    const stage = document.createElement("div");
    const spec = specification(box.dataset.chart, box.clientWidth);
    target.replaceChildren(stage);
    const result = await window.vegaEmbed(stage, spec, {
      actions: false,
      ast: true, // expressions are interpreted, so that no policy needs to allow eval
      renderer: "svg",
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true, theme: "rebuilt" },
    });
    if (!stage.isConnected) { // meanwhile drawn anew, in another theme, or closed
      result.view.finalize();
      return;
    }
    live.get(box.dataset.chart)?.finalize();
    live.set(box.dataset.chart, result.view);
    const image = stage.querySelector("svg");
    image?.setAttribute("role", "img");
    image?.setAttribute("aria-label", box.closest("figure").querySelector(".rb-title").textContent);
  }

  async function open(box, button) {
    button.disabled = true;
    button.textContent = "Loading …";
    explain(box, null);
    try {
      await loadVega();
      box.classList.add("rb-is-live");
      box.querySelector(".rb-live").hidden = false;
      await draw(box);
      button.setAttribute("aria-pressed", "true");
      button.textContent = "Back to drawing";
    } catch (error) {
      close(box, button);
      explain(box, error);
    }
    button.disabled = false;
  }

  function close(box, button) {
    live.get(box.dataset.chart)?.finalize();
    live.delete(box.dataset.chart);
    box.classList.remove("rb-is-live");
    const target = box.querySelector(".rb-live");
    target.replaceChildren();
    target.hidden = true;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Explore";
  }

  function redraw() {
    for (const box of document.querySelectorAll(".rb-is-live")) {
      draw(box).catch(function (error) { explain(box, error); });
    }
  }

  for (const button of document.querySelectorAll(".rb-explore")) {
    const box = button.closest("figure").querySelector(".rb-chart");
    button.hidden = false;
    button.addEventListener("click", function () {
      return button.getAttribute("aria-pressed") === "true" ? close(box, button) : open(box, button);
    });
  }
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
