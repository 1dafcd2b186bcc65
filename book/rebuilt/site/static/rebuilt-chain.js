// Sliders of the chain: fixed values go to the compiled kernel, and the ends it writes are shown.
// No formula of the chain stands here; logarithms are those of the small drawings only.
document.addEventListener("DOMContentLoaded", async () => {
  const root = document.querySelector(".rb-chain");
  if (!root) return;
  const data = JSON.parse(root.querySelector(".rb-chain-data").textContent);
  const form = root.querySelector("form");
  const off = root.querySelector(".rb-chain-off");
  const problem = root.querySelector(".rb-chain-problem");
  const said = root.querySelector(".rb-chain-said");
  const brief = root.querySelector(".rb-chain-brief");
  const { chosen, keep, copyable } = window.rebuiltState;
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  // The kernel and its arrays, one after another in the module's memory.
  let kernel;
  try {
    const { instance } = await WebAssembly.instantiate(bytesOf(data.module), {});
    kernel = instance.exports;
  } catch (error) {
    off.textContent = `This browser, or the policy of this site, does not run WebAssembly (${error.name}); the worked cases below do not need it.`;
    root.classList.add("rb-chain-failed");
    return;
  }
  const inputs = data.given.length;
  const links = data.links.length;
  const machines = Object.values(data.scenarios)[0].machine.length;
  const sizes = [2, data.draws * inputs, inputs, machines, data.draws * inputs, data.tile, data.draws * links, 3 * links];
  const places = [];
  let end = Math.ceil(kernel.__heap_base.value / 8) * 8;
  for (const size of sizes) {
    places.push(end);
    end += 8 * size;
  }
  const missing = end - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  const [scratch, base, pins, machine, , , , ends] = sizes.map(
    (size, turn) => new Float64Array(kernel.memory.buffer, places[turn], size));
  const drawn = Object.fromEntries(Object.entries(data.scenarios).map(
    ([name, own]) => [name, new Float64Array(bytesOf(own.base).buffer)]));

  // Low, middle and high of every link, by name, with some assumptions fixed.
  const run = (scenario, fixed) => {
    base.set(drawn[scenario]);
    machine.set(data.scenarios[scenario].machine.map((number) => number ?? NaN));
    data.given.forEach((name, place) => { pins[place] = fixed[name] ?? NaN; });
    kernel.spread(scratch.byteOffset, scratch.byteOffset + 8, ...places.slice(1));
    return Object.fromEntries(data.links.map(({ name }, place) => [
      name, [ends[place], ends[links + place], ends[2 * links + place]]]));
  };
  const usual = Object.fromEntries(Object.keys(data.scenarios).map((name) => [name, run(name, {})]));

  // Numbers for people.
  const short = (value) => {
    const steps = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]];
    const [size, word] = steps.find(([step]) => value >= step) ?? [1, ""];
    const digits = (value / size).toLocaleString("en", { maximumSignificantDigits: 2 });
    return word ? `${digits}\u00a0${word}` : digits;
  };
  const percent = (value) => `${(100 * value).toLocaleString("en", { maximumSignificantDigits: 2 })}\u00a0%`;
  const write = (name, value) => (name === "module_share" ? percent(value) : short(value));
  const changeOf = (ratio) => (Math.abs(ratio - 1) < 0.005 ? "" : `, ${ratio.toLocaleString("en", { maximumSignificantDigits: 2 })}\u00a0\u00d7 as assumed`);

  const SVG = "http://www.w3.org/2000/svg";
  const REACH = 4; // powers of ten to each side of a drawing
  const mark = (found, before) => {
    const place = (value) => 100 * Math.min(Math.max((Math.log10(value / before[1]) + REACH) / (2 * REACH), 0), 1);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 100 14");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    for (const [[low, , high], level, name] of [[before, 4, "usual"], [found, 10, "now"]]) {
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("d", `M${place(low).toFixed(2)} ${level}H${Math.max(place(high), place(low) + 1).toFixed(2)}`);
      line.setAttribute("class", `rb-chain-${name}`);
      svg.append(line);
    }
    return svg;
  };

  // The form, the address and the command say the same.
  const fields = data.fields;
  const number = (name) => form.querySelector(`input[type=number][name=${name}]`);
  const slider = (name) => form.querySelector(`input[type=range][name=${name}]`);
  const scenario = () => form.elements.scenario.value;
  const nearest = (field, value) => {
    let best = 0;
    field.stops.forEach((stop, turn) => {
      if (Math.abs(Math.log(stop / value)) < Math.abs(Math.log(field.stops[best] / value))) best = turn;
    });
    return best;
  };
  const read = () => {
    const fixed = {};
    const wrong = [];
    for (const field of fields) {
      const box = number(field.name);
      if (box.value.trim() === "" && !box.validity.badInput) continue;
      const value = box.valueAsNumber;
      if (value >= field.low && value <= field.high) fixed[field.name] = value;
      else wrong.push(`${field.label} must be ${field.low} to ${field.high}, or empty for the assumed range`);
    }
    return { fixed, wrong };
  };
  const follow = () => {
    for (const field of fields) {
      const box = number(field.name);
      const open = box.value.trim() === "" && !box.validity.badInput;
      const assumed = data.scenarios[scenario()].assumed[field.name];
      root.querySelector(`#chain-${field.name}-state`).textContent = open ? assumed : `fixed; ${assumed}`;
      root.querySelector(`[data-frees=${field.name}]`).hidden = open;
      const middle = Math.sqrt(field.stops[0] * field.stops.at(-1));
      const value = open || !(box.valueAsNumber > 0) ? middle : box.valueAsNumber;
      Object.assign(slider(field.name), { min: 0, max: field.stops.length - 1 });
      if (document.activeElement !== slider(field.name)) slider(field.name).value = nearest(field, value);
      const words = open ? assumed : `${box.value}`;
      slider(field.name).setAttribute("aria-valuetext", words);
      slider(field.name).classList.toggle("rb-chain-open", open);
    }
  };
  const commandOf = (fixed) => [`rebuilt demand --scenario ${scenario()} --draws ${data.draws}`,
    ...Object.keys(fixed).map((name) => `--set ${name}=${number(name).value}`)].join(" ");

  const showCommand = copyable(root, "chain");
  const show = () => {
    follow();
    const { fixed, wrong } = read();
    if (problem.textContent !== wrong.join(". ")) problem.textContent = wrong.join(". ");
    const before = usual[scenario()];
    const found = wrong.length ? null : run(scenario(), fixed);
    showCommand(commandOf(fixed));
    for (const place of root.querySelectorAll("[data-shows]")) {
      const name = place.dataset.shows;
      if (!found) {
        place.textContent = "\u2013";
        continue;
      }
      const [low, middle, high] = found[name];
      const main = document.createElement("strong");
      main.textContent = write(name, middle);
      const rest = document.createElement("span");
      rest.textContent = `${write(name, low)} to ${write(name, high)}${changeOf(middle / before[name][1])}`;
      place.replaceChildren(main, rest, mark(found[name], before[name]));
    }
    const sentence = found ? `${short(found.accelerators[1])} accelerators, ${short(found.modules[1])} modules, ${percent(found.module_share[1])} of those sold` : "";
    brief.textContent = sentence;
    return [[["scenario", scenario()], ...Object.keys(fixed).map((name) => [name, number(name).value])], sentence];
  };
  const update = () => keep(...show(), said);
  const restore = () => {
    const wanted = chosen() ?? new URLSearchParams();
    form.elements.scenario.value = wanted.get("scenario") in data.scenarios ? wanted.get("scenario") : data.first;
    for (const { name } of fields) number(name).value = wanted.get(name) ?? "";
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target.type === "range") number(target.name).value = fields.find(({ name }) => name === target.name).stops[target.value];
    update();
  });
  for (const button of root.querySelectorAll("[data-frees]")) {
    button.addEventListener("click", () => {
      number(button.dataset.frees).value = "";
      number(button.dataset.frees).focus();
      update();
    });
  }
  root.querySelector(".rb-chain-reset").addEventListener("click", () => {
    for (const { name } of fields) number(name).value = "";
    update();
  });
  window.addEventListener("hashchange", () => {
    if (!chosen()) return;
    restore();
    update();
  });

  root.chain = { run, data }; // for tests, and for readers with a console
  off.hidden = true;
  root.querySelector(".rb-chain-on").hidden = false;
  restore();
  if (chosen()) update();
  else show(); // an address that the reader did not choose stays as it is
});
