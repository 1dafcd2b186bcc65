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

  function specification(box) {
    const block = document.getElementById("chart-" + box.dataset.chart + "-spec");
    const both = JSON.parse(coloured(block.textContent));
    const spec = box.clientWidth < NARROW_PX ? both.narrow : both.wide;
    spec.datasets = both.wide.datasets;
    if (spec.autosize) spec.width = Math.floor(box.clientWidth);
    const amounts = amountsOf(spec);
    if (box.dataset.log) amounts.forEach(makeLogarithmic);
    allowZoom(spec);
    return { spec, canBeLogarithmic: amounts.length > 0 };
  }

  function viewsOf(spec) {
    return [spec, ...["layer", "hconcat", "vconcat", "concat"].flatMap(function (key) {
      return (spec[key] ?? []).flatMap(viewsOf);
    }), ...(spec.spec ? viewsOf(spec.spec) : [])];
  }

  // Scales of amounts that may be switched: linear now, of positive numbers, and of no bar or area.
  function amountsOf(spec) {
    const views = viewsOf(spec);
    const rows = Object.values(spec.datasets ?? {}).flat();
    const standing = views.some(function (view) {
      return ["bar", "area", "rect"].includes(view.mark?.type ?? view.mark);
    });
    if (standing) return [];
    return views.flatMap((view) => ["x", "y"].map((channel) => view.encoding?.[channel]))
      .filter(function (encoding) {
        return encoding?.type === "quantitative" && encoding.scale?.type !== "log" &&
          rows.every((row) => !(encoding.field in row) || row[encoding.field] > 0);
      });
  }

  function makeLogarithmic(encoding) {
    encoding.scale = { type: "log", nice: false, padding: 12 };
    if (encoding.axis) delete encoding.axis.values;
  }

  // One view can be zoomed and moved; in panels the scales are shared and stay.
  function allowZoom(spec) {
    const view = spec.layer ? spec.layer[0] : spec;
    if (!spec.autosize || !view.encoding) return;
    const free = ["x", "y"].filter(function (channel) {
      return ["quantitative", "temporal"].includes(view.encoding[channel]?.type);
    });
    if (!free.length) return;
    view.params = [{ name: "zoom", select: { type: "interval", encodings: free }, bind: "scales" }];
  }

  async function savePicture(box) {
    const address = await live.get(box.dataset.chart).toImageURL("png", 2);
    const link = document.createElement("a");
    link.href = address;
    link.download = box.dataset.chart + ".png";
    link.click();
  }

  // Beside the live chart: a logarithmic scale where one can be had, and a picture to keep.
  function offerTools(box, canBeLogarithmic) {
    const bar = document.createElement("p");
    bar.className = "rb-live-tools";
    if (canBeLogarithmic || box.dataset.log) {
      const label = document.createElement("label");
      const tick = document.createElement("input");
      tick.type = "checkbox";
      tick.checked = Boolean(box.dataset.log);
      tick.addEventListener("change", function () {
        if (tick.checked) box.dataset.log = "on";
        else delete box.dataset.log;
        draw(box).catch(function (error) { explain(box, error); });
      });
      label.append(tick, " Logarithmic scale");
      bar.append(label);
    }
    const save = document.createElement("button");
    save.type = "button";
    save.className = "rb-save";
    save.textContent = "Save as picture";
    save.addEventListener("click", function () {
      savePicture(box).catch(function (error) { explain(box, error); });
    });
    bar.append(save);
    return bar;
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
    const { spec, canBeLogarithmic } = specification(box);
    target.replaceChildren(stage, offerTools(box, canBeLogarithmic));
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
    delete box.dataset.log;
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
