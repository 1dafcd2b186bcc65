// Sliders of the chain: fixed values go to the compiled kernel, and the ends it writes are shown.
// No formula of the chain stands here; logarithms are those of sliders and small drawings only.
document.addEventListener("DOMContentLoaded", async () => {
  const form = window.rebuiltForm("chain");
  if (!form) return;
  const { root, data, at, slider, put, typed, named, short, draw, made } = form;
  const REACH = 4; // powers of ten to each side of a drawing
  const names = Object.keys(data.stops);

  // The protocol of the kernel: what it reads and writes is known here and in `run` alone.
  const [inputs, links] = [data.given.length, data.links.length];
  const [one, job, values, rows, counts, figures] = data.room;
  const kernels = await form.load({ base: data.draws * inputs, pins: inputs, program: data.program.length,
    rules: data.rules.length, chip: Object.values(data.scenarios)[0].chip.length, one, job, values,
    rows, counts, figures, first: inputs, steps: data.steps.length, ranges: Object.values(data.scenarios)[0].ranges.length,
    units: data.draws, given: data.draws * inputs, out: data.draws * links, ends: 3 * links });
  if (!kernels) return;
  new BigInt64Array(kernels.program.buffer, kernels.program.byteOffset, data.program.length).set(data.program.map(BigInt));
  kernels.rules.set(data.rules);
  kernels.first.set(data.first);
  kernels.steps.set(data.steps);
  // Draws of a scenario: the kernel makes them, but for columns of normal distributions.
  const drawn = Object.fromEntries(Object.entries(data.scenarios).map(([name, own]) => {
    const { base, ranges, call } = kernels;
    ranges.set(own.ranges);
    call("drawn", ...["first", "steps", "ranges", "units", "base"].map((array) => kernels[array]));
    for (const [place, text] of Object.entries(own.normal))
      new Float64Array(form.bytesOf(text).buffer).forEach((value, turn) => { base[turn * inputs + Number(place)] = value; });
    return [name, base.slice()];
  }));

  // Low, middle and high of every link, by name, with some assumptions fixed.
  const run = ({ scenario, fixed }) => {
    const { base, pins, chip, ends, call } = kernels;
    base.set(drawn[scenario]);
    chip.set(data.scenarios[scenario].chip.map((number) => number ?? NaN));
    kernels.job.set(data.job);
    pins.set(data.given.map((name) => fixed[name] ?? NaN));
    call("spread", ...["base", "pins", "program", "rules", "chip", "one", "job", "values", "rows", "counts",
      "figures", "given", "out", "ends"].map((name) => kernels[name]));
    return named(data.links, data.links.map((_, place) => [0, 1, 2].map((end) => ends[end * links + place])));
  };
  const usual = Object.fromEntries(Object.keys(drawn).map((scenario) => [scenario, run({ scenario, fixed: {} })]));

  const percent = (value) => `${form.digits(100 * value, 2)}\u00a0%`;
  const write = (name, value) => (name === "module_share" ? percent(value) : short(value));
  const mark = (found, before) => {
    const place = (value) => 100 * Math.min(Math.max((Math.log10(value / before[1]) + REACH) / (2 * REACH), 0), 1);
    const stroke = ([low, , high], level, name) => draw("path", { class: `rb-form-${name}`,
      d: `M${place(low).toFixed(2)} ${level}H${Math.max(place(high), place(low) + 1).toFixed(2)}` });
    return draw("svg", { viewBox: "0 0 100 14", preserveAspectRatio: "none", "aria-hidden": "true" },
      stroke(before, 4, "usual"), stroke(found, 10, "now"));
  };
  const figure = (name, found, before) => {
    const [low, middle, high] = found;
    const ratio = middle / before[1];
    const change = Math.abs(ratio - 1) < 0.005 ? "" : `, ${form.digits(ratio, 2)}\u00a0\u00d7 as assumed`;
    return [made("strong", "", write(name, middle)),
      made("span", "", `${write(name, low)} to ${write(name, high)}${change}`), mark(found, before)];
  };

  // A slider shows the nearest of its stops; of what is left open, the middle.
  const follow = (scenario) => {
    for (const name of names) {
      const [box, range, stops] = [at(name), slider(name), data.stops[name]];
      const open = form.isOpen(name);
      const assumed = data.scenarios[scenario].assumed[name];
      at(`${name}-state`).textContent = open ? assumed : `fixed; ${assumed}`;
      root.querySelector(`[data-frees=${name}]`).hidden = open;
      const value = box.valueAsNumber > 0 ? box.valueAsNumber : Math.sqrt(stops[0] * stops.at(-1));
      const far = stops.map((stop) => Math.abs(Math.log(stop / value)));
      if (document.activeElement !== range) range.value = far.indexOf(Math.min(...far));
      range.setAttribute("aria-valuetext", open ? assumed : box.value);
      range.classList.toggle("rb-form-open", open);
    }
  };
  const show = (misread) => {
    const scenario = at("scenario").value;
    follow(scenario);
    const problem = form.refused();
    const set = names.filter((name) => !form.isOpen(name) && at(name).validity.valid).map((name) => [name, typed(name)]);
    const fixed = Object.fromEntries(set.map(([name, text]) => [name, Number(text)]));
    const found = misread || problem ? null : run({ scenario, fixed });
    form.show(found && ((name) => figure(name, found[name], usual[scenario][name])));
    return {
      choice: [["scenario", scenario], ...set],
      command: [`rebuilt demand --scenario ${scenario}`,
        ...set.map(([name, text]) => `--set ${name}=${text}`)].join(" "),
      problem,
      found: found ? `${short(found.accelerators[1])} accelerators, ${short(found.modules[1])} modules, ${percent(found.module_share[1])} of those sold` : "",
    };
  };

  root.inside = { run, data }; // for tests, and for readers with a console
  const update = form.begin({
    show,
    stop: (name, place) => data.stops[name][place],
    reset: () => names.forEach((name) => put(name, "")),
  });
  for (const button of root.querySelectorAll("[data-frees]")) {
    button.addEventListener("click", () => {
      put(button.dataset.frees, "");
      at(button.dataset.frees).focus();
      update("");
    });
  }
});
