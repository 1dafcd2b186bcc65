// The calculator: numbers of the form go to the compiled kernel, and what it writes is shown.
// No formula of the cost model stands here: lengths, shares and drawings are all that is computed.
document.addEventListener("DOMContentLoaded", async () => {
  const root = document.querySelector(".rb-calc");
  if (!root) return;
  const data = JSON.parse(root.querySelector(".rb-calc-data").textContent);
  const form = root.querySelector("form");
  const off = root.querySelector(".rb-calc-off");
  const problem = root.querySelector(".rb-calc-problem");
  const curveOf = root.querySelector("#calc-curve");
  const ofOwn = root.querySelector(".rb-calc-said-of");
  const said = root.querySelector(".rb-calc-said");
  const { chosen, keep, copyable } = window.rebuiltState;
  const POINTS = 48;
  const SVG = "http://www.w3.org/2000/svg";

  // The kernels and their arrays, one after another in the module's memory.
  let kernel;
  try {
    const bytes = Uint8Array.from(atob(data.module), (letter) => letter.charCodeAt(0));
    const { instance } = await WebAssembly.instantiate(bytes, {});
    kernel = instance.exports;
  } catch (error) {
    off.textContent = `This browser, or the policy of this site, does not run WebAssembly (${error.name}); the worked cases below do not need it.`;
    root.classList.add("rb-calc-failed");
    return;
  }
  const first = Object.values(data.models)[0].numbers.length;
  const sizes = [2, first, data.clip.length, Object.values(data.machines)[0].numbers.length,
    data.clip.length, data.result.length, data.models[data.first.model].own.length + data.standIns.length,
    data.choices.length, data.choices.length, data.choices.length, data.composed.length];
  const places = [];
  let end = Math.ceil(kernel.__heap_base.value / 8) * 8;
  for (const size of sizes) {
    places.push(end);
    end += 8 * size;
  }
  if (end > kernel.memory.buffer.byteLength) kernel.memory.grow(Math.ceil(end / 65536));
  const [scratch, model, clip, machine, largest, result, published, choice, least, most, composed] = sizes.map(
    (size, turn) => new Float64Array(kernel.memory.buffer, places[turn], size));
  largest.set(data.largest);
  least.set(data.least);
  most.set(data.most);

  // The row of a model: a published one as it is, a changed one composed by the kernel.
  const changed = (name, choices) => choices.some((value, place) => !Object.is(value, data.models[name].choices[place]));
  const compose = (name, choices) => {
    if (!changed(name, choices)) {
      model.set(data.models[name].numbers);
      composed.fill(0);
    } else {
      published.set([...data.models[name].own, ...data.standIns]);
      choice.set(choices);
      kernel.compose(scratch.byteOffset, scratch.byteOffset + 8, ...[published, choice, least, most, model, composed].map(
        (array) => array.byteOffset));
    }
    return Object.fromEntries(data.composed.map((field, place) => [field, composed[place]]));
  };
  const run = (values, gpu) => {
    machine.set(data.machines[gpu].numbers.map((number) => number ?? NaN));
    clip.set(values);
    kernel.calculate(scratch.byteOffset, scratch.byteOffset + 8, ...places.slice(1, 6));
    return Object.fromEntries(data.result.map((field, place) => [field, result[place]]));
  };

  const calculate = (name, values, gpu, choices = data.models[name].choices) => {
    const made = compose(name, choices);
    return made.code ? { ...made, refusesChoices: true } : run(values, gpu);
  };

  // What the sentence of a code says of these values.
  const filled = (words, fields) => words.replace(/\{(\w+)(!r)?\}/g, (_, field) => String(fields[field]));
  const sentenceOfChoices = (choices, made, texts = {}) => {
    const fields = Object.fromEntries(data.choices.map((field, place) => [field, choices[place]]));
    for (const [field, names] of Object.entries(data.names)) fields[field] = names[fields[field]];
    fields.near = [made.below, made.above].filter((near) => near > 0).join(" and ");
    const place = made.code - 1;
    if (place < data.choices.length) {
      const field = data.choices[place];
      const value = Number.isNaN(choices[place]) ? `'${texts[field] ?? ""}'` : choices[place];
      Object.assign(fields, { field, value, least: data.least[place], limit: data.most[place] });
    }
    return filled(data.choiceSentences[made.code], fields);
  };
  const sentence = (values, found, texts = {}) => {
    const fields = Object.fromEntries(data.model.map((field, place) => [field, model[place]]));
    data.clip.forEach((field, place) => { fields[field] = values[place]; });
    fields.text = fields.text_tokens;
    fields.near = [found.below, found.above].filter((near) => near > 0).join(" and ");
    const place = (found.code - (data.sentences.length - 2 * data.clip.length)) % data.clip.length;
    if (place >= 0 && found.code > 0) {
      fields.field = data.clip[place];
      fields.limit = data.largest[place];
      fields.value = Number.isNaN(values[place]) ? `'${texts[fields.field] ?? ""}'` : values[place];
    }
    return filled(data.sentences[found.code], fields);
  };

  // Numbers for people.
  const digits = (value, places = 4) => value.toLocaleString("en", { maximumSignificantDigits: places });
  const scaled = (value, unit) => {
    const steps = [[1e24, "Y"], [1e21, "Z"], [1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
    const [size, letter] = steps.find(([step]) => value >= step) ?? [1, ""];
    return `${digits(value / size)}\u00a0${letter}${unit}`;
  };
  const duration = (seconds) => {
    if (seconds < 120) return `${digits(seconds, 3)}\u00a0s`;
    if (seconds < 7200) return `${digits(seconds / 60, 3)}\u00a0min`;
    return seconds < 172800 ? `${digits(seconds / 3600, 3)}\u00a0h` : `${digits(seconds / 86400, 3)}\u00a0days`;
  };
  const rent = (usd) => (Number.isNaN(usd) ? "no sourced price" : `${digits(usd, 3)}\u00a0USD`);
  const written = {
    parameters: (value) => (value < 1e9 ? `${digits(value / 1e6)}\u00a0million` : `${digits(value / 1e9)}\u00a0billion`),
    tokens: (value) => digits(value, 9),
    flops: (value) => scaled(value, "FLOP"),
    forward: (value) => scaled(value, "FLOP"),
    seconds: duration,
    joules: (value) => scaled(value, "J"),
    usd: rent,
    memory_gb: (value) => `${digits(value, 3)}\u00a0GB`,
  };

  // Drawing.
  const draw = (name, attributes, ...children) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const bar = (place, title, parts) => {
    const whole = parts.reduce((sum, [, value]) => sum + value, 0);
    const kept = parts.map(([label, value], turn) => [label, value / whole, turn]).filter(([, share]) => share > 0);
    const share = (value) => (value < 0.001 ? "under 0.1%" : `${(100 * value).toFixed(1)}%`);
    const svg = draw("svg", { viewBox: "0 0 1000 30", preserveAspectRatio: "none", role: "img",
      "aria-label": `${title}: ${kept.map(([label, value]) => `${label} ${share(value)}`).join(", ")}` });
    let start = 0;
    for (const [, value, turn] of kept) {
      svg.append(draw("rect", { x: (1000 * start).toFixed(2), y: 0, height: 30,
        width: Math.max(1000 * value, 0.5).toFixed(2), class: `rb-calc-part rb-calc-part-${turn}` }));
      start += value;
    }
    const list = document.createElement("ul");
    for (const [label, value, turn] of kept) {
      const item = document.createElement("li");
      const key = document.createElement("span");
      key.className = `rb-calc-key rb-calc-key-${turn}`;
      item.append(key, `${label} ${share(value)}`);
      list.append(item);
    }
    list.setAttribute("aria-hidden", "true"); // the drawing's label says the same
    const heading = document.createElement("p");
    heading.className = "rb-calc-heading";
    heading.textContent = title;
    place.replaceChildren(heading, svg, list);
  };
  const curve = (place, state, shown) => {
    const field = curveOf.value;
    const own = data.models[state.model];
    const [low, high, step] = bounds(state).frames;
    const title = curveOf.selectedOptions[0].textContent;
    const values = [...state.values];
    const count = Math.floor((high - low) / step);
    const points = [];
    for (let turn = 0; turn <= Math.min(POINTS, count); turn += 1) {
      values[0] = low + step * Math.round((count * turn) / Math.min(POINTS, count || 1));
      const found = state.made.code ? state.made : run(values, state.gpu);
      if (found.code === 0) points.push([values[0], found[field]]);
    }
    if (points.length < 2 || points.some(([, value]) => Number.isNaN(value))) {
      const words = document.createElement("p");
      words.textContent = points.length < 2
        ? "There is only one length at these sizes, or none, so there is no curve."
        : "No source gives a rent for this accelerator, so there is no curve.";
      place.replaceChildren(words);
      return;
    }
    const lengthOf = (frames) => (own.fps ? `${digits(frames / own.fps, 3)} s` : `${frames} frames`);
    const top = Math.max(...points.map(([, value]) => value), shown ? shown[field] : 0);
    const right = Math.max(points.at(-1)[0], shown ? state.values[0] : 0);
    const width = Math.min(720, Math.max(280, place.clientWidth || 640));
    const height = 220;
    const x = (frames) => 12 + ((width - 24) * frames) / right;
    const y = (value) => height - 30 - ((height - 60) * value) / (top || 1);
    const line = points.map(([frames, value], turn) =>
      `${turn ? "L" : "M"}${x(frames).toFixed(1)} ${y(value).toFixed(1)}`).join("");
    const write = written[field];
    const last = points.at(-1);
    const label = `${title} over length: ${write(points[0][1])} at ${lengthOf(points[0][0])}, ${write(last[1])} at ${lengthOf(last[0])}${shown ? `; chosen: ${write(shown[field])} at ${lengthOf(state.values[0])}` : ""}`;
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
    svg.append(draw("path", { class: "rb-calc-axis", d: `M12 ${y(0)}H${width - 12}M12 ${y(top / 2)}H${width - 12}M12 ${y(top)}H${width - 12}` }));
    svg.append(draw("path", { class: "rb-calc-line", d: line }));
    const text = (words, left, level, anchor) => svg.append(draw("text", { x: left, y: level, "text-anchor": anchor }, words));
    text(write(top), 12, y(top) - 6, "start");
    text(write(top / 2), 12, y(top / 2) - 6, "start");
    text("0", 12, height - 10, "start");
    text(lengthOf(right), width - 12, height - 10, "end");
    text(`${title} over length`, width - 12, 16, "end");
    if (shown) svg.append(draw("circle", { class: "rb-calc-dot", r: 6, cx: x(state.values[0]), cy: y(shown[field]) }));
    place.replaceChildren(svg);
  };

  // The form, the address and the command say the same.
  const number = (name) => form.querySelector(`input[type=number][name=${name}]`);
  const slider = (name) => form.querySelector(`input[type=range][name=${name}]`);
  const shownFields = data.clip.filter((field) => field !== "text_tokens");
  const choiceOf = (field) => (field in data.names ? form.elements[`set-${field}`] : number(`set-${field}`));
  const read = () => {
    const name = form.elements.model.value;
    const choices = data.choices.map((field) => (field in data.names
      ? Number(choiceOf(field).value) : choiceOf(field).valueAsNumber));
    const values = data.clip.map((field) => (field === "text_tokens"
      ? choices[data.choices.indexOf(field)] : number(field).valueAsNumber));
    return { model: name, gpu: form.elements.gpu.value, values, choices, made: compose(name, choices) };
  };
  // Sliders begin and step where the model takes a clip; of a changed one the kernel says where.
  const bounds = (state) => {
    const own = data.models[state.model].sliders;
    if (state.made.code || !changed(state.model, state.choices)) return own;
    const { frames_first, frames_step, side_first, side_step } = state.made;
    const { fps } = data.models[state.model];
    const longest = Math.max(frames_first, fps ? data.longest.seconds * fps : data.longest.frames);
    const frames = model[0] === 0 ? [1, 1, 1] : [frames_first, longest, frames_step];
    const side = [side_first, Math.max(own.height[1], side_first), side_step];
    return { ...own, frames, height: side, width: side };
  };
  const follow = (state) => {
    const sliders = bounds(state);
    for (const field of shownFields) {
      const [low, high, step] = sliders[field];
      Object.assign(slider(field), { min: low, max: high, step });
      slider(field).disabled = low === high;
      slider(field).value = number(field).value;
    }
    for (const field of data.choices) {
      if (field in data.names) continue;
      const range = slider(`set-${field}`);
      const steps = range.dataset.step && number(`set-${range.dataset.step}`).value;
      if (steps) Object.assign(range, { min: steps, step: steps });
      range.value = choiceOf(field).value;
    }
  };
  const publish = (name) => {
    const own = data.models[name];
    for (const field of shownFields) number(field).value = own.published[field];
    data.choices.forEach((field, place) => { choiceOf(field).value = own.choices[place]; });
  };
  const changes = (state) => data.choices.map((field, place) => [field, state.choices[place], place])
    .filter(([, value, place]) => !Object.is(value, data.models[state.model].choices[place]))
    .map(([field, value]) => [field, field in data.names ? data.names[field][value] : choiceOf(field).value]);
  const address = (state) => [["model", state.model],
    ...shownFields.map((field) => [field, number(field).value]), ["gpu", state.gpu], ["curve", curveOf.value],
    ...changes(state).map(([field, text]) => [`set-${field}`, text])];
  const commandOf = (state) => [`rebuilt cost ${state.model}`,
    ...changes(state).map(([field, text]) => `--set ${field}=${text}`),
    ...shownFields.filter((field) => field !== "gpus").map((field) => `--${field} ${number(field).value}`),
    `--gpu ${state.gpu} --gpus ${number("gpus").value}`].join(" ");

  const showCommand = copyable(root, "calc");
  const show = () => {
    const state = read();
    follow(state);
    const own = data.models[state.model];
    const exists = state.made.code === 0;
    const found = exists ? run(state.values, state.gpu) : state.made;
    const fine = found.code === 0;
    const shown = Object.fromEntries(shownFields.map((field) => [field, number(field).value]));
    const given = Object.fromEntries(data.choices.map((field) => [field, choiceOf(field).value]));
    const refused = exists ? sentence(state.values, found, shown) : sentenceOfChoices(state.choices, state.made, given);
    const words = fine ? "" : refused;
    ofOwn.textContent = changed(state.model, state.choices)
      ? `Changed from ${own.name}: ${changes(state).map(([field, text]) => `${field.replaceAll("_", " ")} ${text}`).join(", ")}.`
      : `As published: ${own.name}.`;
    if (problem.textContent !== words) problem.textContent = words;
    root.classList.toggle("rb-calc-refused", !fine);
    showCommand(commandOf(state));
    const put = (name, text) => { root.querySelector(`[data-shows=${name}]`).textContent = text; };
    const names = ["length", "parameters", "tokens", "forward", "flops", "seconds", "joules", "usd", "memory_gb"];
    if (fine) {
      for (const name of names.slice(1)) put(name, written[name](found[name]));
      const frames = state.values[0] === 1 ? "1 frame" : `${state.values[0]} frames`;
      put("length", own.fps ? `${digits(state.values[0] / own.fps, 3)}\u00a0s at ${own.fps}\u00a0fps` : frames);
      put("interval", `${duration(found.seconds_low)} to ${duration(found.seconds_high)}`);
      const capacity = `${digits(data.machines[state.gpu].numbers[2])}\u00a0GB`;
      put("memory_gb", `${written.memory_gb(found.memory_gb)} of ${capacity}${found.fits === 1 ? "" : ": does not fit"}`);
      const known = model[data.model.indexOf("decode_known")] === 1;
      put("flops", `${written.flops(found.flops)}${known ? "" : " without the decoder, which is not modelled"}`);
      bar(root.querySelector("[data-bar=groups]"), "FLOPs of one forward pass",
        data.groups.map((label, place) => [label, result[data.result.indexOf("projection") + place]]));
      bar(root.querySelector("[data-bar=spent]"), "Run time",
        data.spent.map((label, place) => [label, result[data.result.indexOf("spent_product_s") + place]]));
    } else {
      for (const name of [...names, "interval"]) put(name, "–");
      for (const place of root.querySelectorAll(".rb-calc-bar")) place.replaceChildren();
    }
    curve(root.querySelector(".rb-calc-curve"), state, fine ? found : null);
    return [address(state), fine ? `${written.flops(found.flops)}, ${duration(found.seconds)}, ${rent(found.usd)}` : ""];
  };
  const update = () => keep(...show(), said);
  const restore = () => {
    const wanted = chosen() ?? new URLSearchParams();
    const name = wanted.get("model");
    form.elements.model.value = name in data.models ? name : data.first.model;
    form.elements.gpu.value = wanted.get("gpu") in data.machines ? wanted.get("gpu") : data.first.gpu;
    publish(form.elements.model.value);
    for (const field of shownFields) if (wanted.has(field)) number(field).value = wanted.get(field);
    for (const field of data.choices) {
      const text = wanted.get(`set-${field}`);
      if (text === null) continue;
      const place = data.names[field]?.indexOf(text);
      if (place === undefined) choiceOf(field).value = text;
      else if (place >= 0) choiceOf(field).value = place;
      ofOwn.closest("details").open = true;
    }
    const curves = [...curveOf.options].map((option) => option.value);
    if (curves.includes(wanted.get("curve"))) curveOf.value = wanted.get("curve");
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target.name === "model") publish(target.value);
    else if (target.type === "range") number(target.name).value = target.value;
    if (target.name === "set-more_blocks" && target.value !== "0" && choiceOf("more_depth").value === "0") {
      choiceOf("more_depth").value = choiceOf("depth").value;
    }
    update();
  });
  curveOf.addEventListener("change", update);
  root.querySelector(".rb-calc-reset").addEventListener("click", () => {
    publish(form.elements.model.value);
    update();
  });
  window.addEventListener("hashchange", () => {
    if (!chosen()) return;
    restore();
    update();
  });
  window.addEventListener("resize", show);

  root.calculator = { calculate, sentence, sentenceOfChoices, data }; // for tests, and for readers with a console
  off.hidden = true;
  root.querySelector(".rb-calc-on").hidden = false;
  restore();
  if (chosen() || !location.hash) update();
  else show(); // an anchor stays in the address until something is chosen
});
