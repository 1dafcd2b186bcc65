// The calculator: numbers of the form go to the compiled kernels, and what they write is shown.
// No formula of the cost model stands here: lengths, shares and drawings are all that is computed.
const calculatorScript = document.currentScript; // of its folder the reader of configurations comes
document.addEventListener("DOMContentLoaded", async () => {
  const form = window.rebuiltForm("calculator");
  if (!form) return;
  const { root, data, find, at, slider, put, typed, named, filledIn, digits, scaled, short, duration, made } = form;
  const POINTS = 48; // of the curve
  const fetched = (file) => new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = new URL(file, calculatorScript.src).href;
    tag.onload = resolve;
    tag.onerror = () => { tag.remove(); reject(new Error(file)); };
    document.head.append(tag);
  });
  const degreeFields = [...data.degrees, "shard"];
  const READ = "config"; // the model that was read from a configuration

  // The protocol of the engine: what it reads and writes is known here and in `run` alone.
  const { sizes } = data;
  const kernels = await form.load({ program: sizes.program, rules: data.rules.length, job: data.job.length,
    clip: data.clip.length, largest: data.clip.length, heads: 1,
    chip: data.chipFields.length, run: data.runFields.length, common: data.common.length,
    widths: data.widths.length, asked: data.asked.length, degrees: data.degrees.length + 1,
    room: sizes.room, exact: sizes.room, tiles: sizes.room, figures: sizes.figures, spare: sizes.figures,
    answer: data.answer.length, choice: data.choices.length,
    least: data.choices.length, most: data.choices.length, has: 2, refusal: 3 });
  if (!kernels) return;
  for (const fixed of ["largest", "least", "most", "common", "widths"]) kernels[fixed].set(data[fixed]);
  const whole = (array) => new BigInt64Array(array.buffer, array.byteOffset, array.length);
  const [program, exact] = [whole(kernels.program), whole(kernels.exact)];
  const choiceOf = (choices, field) => choices[data.choices.indexOf(field)];
  const changes = ({ model, choices }) => (model === READ ? [] : data.choices.filter(
    (_, place) => !Object.is(choices[place], data.models[model].choices[place])));

  // Terms of a model, each [row, coefficient, sizes ...], as the program that the engine runs.
  const write = (terms) => {
    const [products, rows] = [[], []];
    for (const [row, coefficient, ...factors] of terms) {
      const place = factors.slice(1).reduce((left, right) => sizes.first + products.push([left, right]) - 1, factors[0] ?? 0);
      rows.push([row, place, coefficient]);
    }
    program.set([products.length, rows.length, ...products.flat(), ...rows.flat()].map(BigInt));
  };
  const termsOf = (own, choices) => (own.groups.length ? ["blocks", "more_blocks"].reduce((terms, field, slot) => {
    const kind = choiceOf(choices, field);
    return terms.concat(kind === choiceOf(own.choices, field) ? own.groups[slot] ?? [] : data.standIns[slot][kind]);
  }, own.rest) : own.rest);
  let held = {}; // whose terms the program is
  const filled = (names, values, more) => names.map((name, place) => more[name] ?? values[place]);

  // How a job is run: the numbers of its accelerator, its software and its layout, looked up by name.
  const [LAYOUTS, TILES] = [["", "own", "best"], ["", "tile", "no-tile"]];
  const listedRent = (gpu) => data.machines[gpu].numbers[data.chipFields.indexOf("usd_per_h")];
  const howOf = (job) => {
    const how = { ...data.how, ...job.how };
    const [chip, engine, format] = [data.machines[job.gpu], data.engines[how.software], data.formats[how.format]];
    const kernel = how.attention || (engine.kernels[chip.family] ?? engine.kernel);
    const compiled = how.compiled ? how.compiled === "compiled" : engine.compiled;
    const rented = how.rent !== ""; // else it is that of the tables
    return { how, chip, engine, format, kernel, compiled, rented, hour: rented ? how.rent : listedRent(job.gpu) };
  };
  const equip = (job) => {
    const { how, chip, engine, format, kernel, compiled, rented, hour } = howOf(job);
    const figures = { usd_per_h: hour, form_tflops: chip.peaks[format.computes], attention: chip.kernels[data.kernels.indexOf(kernel)] };
    kernels.chip.set(filled(data.chipFields, chip.numbers, figures).map((number) => number ?? NaN));
    kernels.run.set(filled(data.runFields, data.run, { ...engine, ...format, ...data[compiled ? "fused" : "eager"],
      left: data.caches[how.cache] ?? 1, computed: how.computed, density: how.density,
      offload: data.offloads.indexOf(how.offload), own_kernel: how.attention ? 1 : 0,
      formatted: how.format === data.how.format ? 0 : 1, cached: how.cache ? 1 : 0 }));
    kernels.degrees.set([...data.degrees.map((name) => how[name]), how.shard ? 1 : 0]);
    kernels.asked.set([TILES.indexOf(how.tile), LAYOUTS.indexOf(how.layout), chip.borrowed < 0 ? 0 : 1, rented ? 1 : 0]);
  };

  // Every number of a job by name; `code` is 0, or that of a refusal (of its architecture where
  // `refusesChoices` is 1). What is published and what is changed go the same way.
  const run = (job) => {
    const own = data.models[job.model];
    const changed = changes(job).length > 0;
    const chosen = named(data.choices, job.choices);
    if (changed) {
      kernels.choice.set(job.choices);
      kernels.has.set(own.has);
      kernels.call("refuse", ...["choice", "least", "most", "has", "refusal"].map((name) => kernels[name]));
      const [code, below, above] = kernels.refusal;
      if (code) return { code, below, above, refusesChoices: 1 };
    }
    const { height, width, ...clip } = named(data.clip, job.clip);
    const rules = changed
      ? filled(data.rules, own.changedRules, { rule: chosen.frames_rule, text_maximum: clip.text_tokens }) : own.rules;
    kernels.rules.set(rules);
    kernels.job.set(filled(data.job, own.job, { ...chosen, ...clip, height, width_px: width }));
    kernels.clip.set(job.clip);
    kernels.heads[0] = changed ? chosen.heads : own.heads;
    equip(job);
    const terms = `${job.choices}`;
    if (held.own !== own || held.terms !== terms) write(termsOf(own, job.choices));
    held = { own, terms };
    kernels.call("calculate", ...["program", "rules", "job", "clip", "largest", "heads", "chip", "run", "common",
      "widths", "asked", "degrees", "room", "exact", "tiles", "figures", "spare", "answer"].map((name) => kernels[name]));
    return { shared_heads: kernels.heads[0], ...named(data.rules, rules), ...named(data.job, kernels.job), ...named(data.answer, kernels.answer) };
  };

  // What sentences about the way a job is run say of it.
  const wordsOf = (job, { shared_heads: heads }) => {
    const { how, chip, kernel } = howOf(job);
    const shared = [1, 2, 3, 4, 5, 6, 7, 8].filter((degree) => heads % degree === 0);
    return { ...how, chip: chip.name, family: chip.family, most: chip.most, kernel, model: job.model, together: how.ulysses * how.tensor,
      known: data.kernels.filter((_, place) => chip.kernels[place] !== null).join(", "),
      divisors: [shared.slice(0, -1).join(", "), shared.at(-1)].filter((words) => words !== "").join(" or ") };
  };

  // What the sentence of a code says of this job; a value that is no number as it was typed.
  const sentence = (job, found) => {
    const own = found.refusesChoices
      ? Object.fromEntries(data.choices.map((field, place) => [field, data.names[field]?.[job.choices[place]] ?? job.choices[place]]))
      : { ...named(data.clip, job.clip), text: job.clip[data.clip.indexOf("text_tokens")], ...wordsOf(job, found) };
    const near = [found.below, found.above].filter((value) => value > 0).join(" and ");
    const values = { ...found, stride: found.frames_stride, side_multiple: found.side_step,
      side_minimum: found.side_stride, ...own, near };
    const asTyped = (field) => `'${at(found.refusesChoices ? `set-${field}` : field).value}'`;
    return (found.refusesChoices ? data.choiceSentences : data.sentences)[found.code].replace(
      /\{(\w+)(!r)?\}/g, (_, field) => (Number.isNaN(values[field]) ? asTyped(field) : String(values[field])));
  };

  const rent = (usd) => (Number.isNaN(usd) ? "no sourced price" : `${digits(usd, 3)}\u00a0USD`);
  const written = {
    parameters: (value) => short(value, 4),
    tokens: (value) => digits(value, 9),
    flops: (value) => scaled(value, "FLOP"),
    forward: (value) => scaled(value, "FLOP"),
    seconds: duration,
    joules: (value) => scaled(value, "J"),
    usd: rent,
    memory_bytes: (value) => `${(value / 1e9).toFixed(1)}\u00a0GB`,
  };
  // Whether a job fits: what the verdict is, and with which probability, in whole percent.
  const { verdicts } = data;
  const verdictOf = ({ capacity_bytes: capacity, memory_bytes: need, peak_kind: kind }) => {
    const odds = data.odds[kind];
    const room = capacity / need;
    const [fits, edge, not] = verdicts;
    return { word: room >= odds.fits ? fits : (room <= odds.not ? not : edge),
      percent: odds.percents.filter((least) => room >= least).length };
  };
  const layoutOf = (found) => [...data.degrees.filter((name) => found[name] > 1).map((name) => `${name}=${found[name]}`),
    ...(found.sharded ? ["shard"] : [])].join(",") || "one accelerator";
  const softwareOf = (job) => {
    const { how, engine, kernel, compiled } = howOf(job);
    return [`${how.software} of ${engine.as_of}`, kernel, compiled ? "compiled" : "eager", how.format].join(", ");
  };
  const figuresOf = (job, found) => {
    const [frames] = job.clip;
    const { fps } = data.models[job.model];
    const figures = Object.fromEntries(Object.entries(written).map(([name, write]) => [name, write(found[name])]));
    figures.length = fps ? `${digits(frames / fps, 3)}\u00a0s at ${fps}\u00a0fps` : `${frames} ${frames === 1 ? "frame" : "frames"}`;
    if (!Number.isNaN(found.usd)) figures.usd = filledIn(data.advice.hourly, { usd: figures.usd, hour: digits(howOf(job).hour, 3) });
    figures.interval = `${duration(found.seconds_low)} to ${duration(found.seconds_high)}`;
    figures.memory_bytes += ` of ${digits(found.capacity_bytes / 1e9)}\u00a0GB: ${verdictOf(found).word}`;
    if (found.decoding_bytes === 0) figures.memory_bytes += `; ${data.unknownDecoding}`;
    if (found.decode_known !== 1) figures.flops += " without the decoder, which is not modelled";
    return figures;
  };
  const partsOf = (labels, found, first) => labels.map(
    (label, place) => [label, found[data.answer[data.answer.indexOf(first) + place]]]);

  // Run time, or another figure, of every length that the slider has.
  const curve = (job, found, [low, high, step]) => {
    const field = at("curve").value;
    const { fps } = data.models[job.model];
    const count = Math.floor((high - low) / step);
    const turns = [...Array(Math.min(POINTS, count) + 1).keys()];
    const points = turns.map((turn) => low + step * Math.round((count * turn) / (turns.length - 1 || 1)))
      .map((frames) => [frames, run({ ...job, clip: [frames, ...job.clip.slice(1)] })])
      .filter(([, one]) => one.code === 0).map(([frames, one]) => [frames, one[field]]);
    if (points.length < 2 || points.some(([, value]) => Number.isNaN(value))) {
      find("curve").replaceChildren(form.made("p", "", data.noCurve[points.length < 2 ? "lengths" : "rent"]));
      return;
    }
    const writeX = (frames) => (fps ? `${digits(frames / fps, 3)} s` : `${frames} frames`);
    form.curve(`${at("curve").selectedOptions[0].textContent} over length`, points,
      found.code ? null : [job.clip[0], found[field]], { writeX, writeY: written[field] });
  };

  // The form, the address and the command say the same.
  const clipFields = data.clip.filter((field) => field !== "text_tokens");
  const howFields = Object.keys(data.how);
  const numberOf = (field) => at(field).valueAsNumber;
  const rentText = (gpu) => String(listedRent(gpu) ?? "");
  const listRent = () => put("rent", rentText(at("gpu").value));
  const read = () => {
    const model = at("model").value;
    const own = data.models[model];
    const choices = own.fixed ? own.choices : data.choices.map((field) => data.names[field]?.indexOf(at(`set-${field}`).value) ?? numberOf(`set-${field}`));
    const clip = data.clip.map((field) => (field === "text_tokens" ? choiceOf(choices, field) : numberOf(field)));
    const how = Object.fromEntries(howFields.map((field) => [field, typeof data.how[field] === "number" ? numberOf(field) : at(field).value]));
    const gpu = at("gpu").value;
    how.rent = at("rent").value === rentText(gpu) ? "" : numberOf("rent");
    return { model, gpu, clip, choices, how };
  };
  // What was read has its architecture in its own text.
  const shape = at("changes").closest("details");
  // Sliders begin and step where the model takes a clip; of a changed one the kernel says where.
  const slidersOf = (job, found) => {
    const { sliders, fps } = data.models[job.model];
    if (found.refusesChoices || (!changes(job).length && job.model !== READ)) return sliders;
    const { frames_first: first, side_first: least, side_step: step } = found;
    const longest = Math.max(first, fps ? data.longest.seconds * fps : data.longest.frames);
    const side = [least, Math.max(sliders.height[1], least), step];
    return { ...sliders, frames: found.rule === 0 ? [1, 1, 1] : [first, longest, found.frames_step], height: side, width: side };
  };
  const follow = (sliders) => {
    for (const [field, [min, max, step]] of Object.entries(sliders)) {
      Object.assign(slider(field), { min, max, step, disabled: min === max });
    }
    for (const range of root.querySelectorAll("input[type=range]")) {
      const step = range.dataset.step && at(`set-${range.dataset.step}`).value;
      if (step) Object.assign(range, { min: step, step });
      range.value = at(range.name).value;
    }
  };
  const publish = () => {
    const own = data.models[at("model").value];
    for (const field of clipFields) put(field, own.published[field]);
    data.choices.forEach((field, place) => put(`set-${field}`, data.names[field]?.[own.choices[place]] ?? own.choices[place]));
  };

  const spread = (how) => { // a layout of one's own decides how many accelerators there are
    const own = how.layout === "own";
    at("ulysses").closest("[role=group]").hidden = !own;
    for (const box of [at("gpus"), slider("gpus")]) box.disabled = own;
    const degrees = data.degrees.map((name) => how[name]);
    const all = degrees.reduce((product, degree) => product * degree, 1);
    if (own) put("gpus", degrees.every((degree) => Number.isInteger(degree) && degree > 0) ? all : 1);
  };
  const fieldsOf = ({ how }) => howFields.filter((field) => how.layout === "own" || !degreeFields.includes(field))
    .filter((field) => !Object.is(how[field], data.how[field])).map((field) => [field, typed(field)]);
  const address = (job) => [...(data.models[job.model].where ? [] : [["model", job.model], ...clipFields.map((field) => [field, typed(field)])]),
    ["gpu", job.gpu], ...fieldsOf(job), ...changes(job).map((field) => [`set-${field}`, typed(`set-${field}`)])];
  const word = (field) => typed(field) || "''"; // of a shell; what refuses an empty one says so
  const optionsOf = ({ how }) => {
    const degrees = data.degrees.filter((name) => how[name] !== 1).map((name) => `${name}=${typed(name)}`);
    const layout = how.layout === "own" ? [...degrees, ...(how.shard ? ["shard"] : [])].join(",") : how.layout;
    const valued = ["rent", "software", "attention", "format", "cache", "computed", "density", "offload"];
    return [...valued.filter((field) => !Object.is(how[field], data.how[field])).map((field) => `--${field} ${word(field)}`),
      ...(how.compiled ? [`--${how.compiled}`] : []), ...(how.tile ? [`--${how.tile}`] : []), ...(layout ? [`--layout ${layout}`] : []),
      ...(typed("batch") === "1" ? [] : [`--batch ${typed("batch")}`])];
  };

  const show = (misread) => {
    spread(read().how);
    const job = read();
    const found = misread ? { ...run(job), code: -1 } : run(job);
    const sliders = misread ? data.models[job.model].sliders : slidersOf(job, found);
    follow(sliders);
    const set = changes(job).map((field) => [field, typed(`set-${field}`)]);
    const { name, where, fixed } = data.models[job.model];
    shape.hidden = job.model === READ || fixed; // learned from code: nothing of it can be changed
    form.say(at("changes"), set.length
      ? `Changed from ${name}: ${set.map(([field, text]) => `${field.replaceAll("_", " ")} ${text}`).join(", ")}.`
      : `As published: ${name}.`);
    const figures = found.code || figuresOf(job, found);
    form.say(at("run"), misread ? "" : [softwareOf(job), ...(found.code ? [] : [layoutOf(found)])].join("; "));
    form.show(found.code ? null : (name) => figures[name]);
    form.bar("groups", "FLOPs of one forward pass", found.code ? [] : partsOf(data.groups, found, "projection"));
    form.bar("spent", "Run time", found.code ? [] : partsOf(data.spent, found, "spent_product_s"));
    if (misread) find("curve").replaceChildren();
    else curve(job, found, sliders.frames);
    views.show(job, found);
    const counted = ["frames", "height", "width", "steps", "passes"];
    return {
      choice: [...address(job), ["curve", at("curve").value], ...views.choice()],
      command: [where ? `rebuilt cost --config ${quoted(where)}` : `rebuilt cost ${job.model}`, ...set.map(([field, text]) => `--set ${field}=${text}`),
        ...counted.map((field) => `--${field} ${word(field)}`),
        `--gpu ${job.gpu} --gpus ${word("gpus")}`, ...optionsOf(job)].join(" "),
      problem: found.code > 0 ? sentence(job, found) : "",
      found: found.code ? "" : `Run time ${duration(found.seconds)}, rent ${rent(found.usd)}, memory ${figures.memory_bytes.split(";")[0]}`,
    };
  };

  // A name is one word of a shell and no option, whatever it holds.
  const quoted = (name) => {
    const word = name.startsWith("-") ? `./${name}` : name;
    return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  };

  // A configuration of the reader's own. What reads it is loaded when it is wanted.
  const { config } = data;
  const tables = { first: ["rebuilt-classes.js", "rebuilt-config.js"], reader: null };
  const reader = () => (tables.reader ??= Promise.all(tables.first.map(fetched)).then(() => {
    // A file that is cut short, or is another one, defines nothing.
    if (typeof window.rebuiltClasses !== "string") throw new Error(tables.first[0]);
    if (!window.rebuiltConfig) throw new Error(tables.first[1]);
    return window.rebuiltConfig();
  }));
  const holds = ({ known, terms }) => known && terms.length <= sizes.terms && terms.every(([, amount]) => BigInt.asIntN(64, amount) === amount)
    && terms.reduce((products, [, , ...factors]) => products + Math.max(factors.length - 1, 0), 0) <= sizes.products;
  const entry = ({ name, fps, rules, job, heads, terms }, where) => {
    const numbers = named(data.job, job);
    const { frames, height, width_px: width, steps, passes } = numbers;
    const side = [1, Math.max(data.longest.side, height, width), 1];
    return { where, name: filledIn(config.name, { name, where }), fps, rules, job, heads, rest: terms, groups: [],
      choices: data.choices.map((field) => numbers[field] ?? 0),
      published: { frames, height, width, steps, passes, gpus: 1, batch: 1 },
      sliders: { frames: [1, frames, 1], height: side, width: side, steps: [1, Math.max(100, 2 * steps), 1], passes: [1, 3, 1], gpus: [1, 8, 1] } };
  };
  const tell = (sentence, assumed = []) => {
    const list = assumed.map((one) => form.made("li", "", one));
    at("config-said").replaceChildren(form.made("p", assumed.length ? "" : "rb-form-refused", sentence), form.made("ul", "", ...list));
    at("config").setAttribute("aria-invalid", sentence !== "" && !assumed.length);
  };
  const refuse = (sentence) => {
    tell(sentence);
    update(config.blank);
  };
  const take = async (text, name) => {
    const where = name || "config.json";
    at("config").closest("details").open = true;
    tell("");
    let found;
    try {
      found = (await reader()).read(text, where);
    } catch (error) {
      tables.reader = null;
      refuse(tables.first.includes(error.message) ? filledIn(config.lost, { word: quoted(where), file: error.message }) : error.message);
      return;
    }
    if (!holds(found)) {
      refuse(filledIn(config.beyond, { where, word: quoted(where), name: found.name }));
      return;
    }
    data.models[READ] = entry(found, where);
    const option = at("model").querySelector(`[value=${READ}]`) ?? form.made("option", "");
    Object.assign(option, { value: READ, textContent: data.models[READ].name });
    at("model").prepend(option);
    put("model", READ);
    publish();
    update("");
    tell(filledIn(config.read, { name: data.models[READ].name }), found.assumed);
  };
  const takeFile = async (file) => {
    if (!file) return;
    at("config").value = await file.text();
    take(at("config").value, file.name);
  };
  at("config-read").addEventListener("click", () => take(at("config").value, at("config-file").files[0]?.name));
  at("config-file").addEventListener("change", ({ target }) => takeFile(target.files[0]));
  const dragged = (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    root.classList.toggle("rb-form-dropping", event.type === "dragover");
    if (event.type === "drop") takeFile(event.dataTransfer.files[0]);
  };
  for (const kind of ["dragover", "dragleave", "drop"]) root.addEventListener(kind, dragged);

  root.inside = { run, sentence, data, exact, reader, verdictOf }; // for tests, and for readers with a console
  const begin = (wanted) => {
    find("on").reset();
    for (const field of ["model", "gpu"]) put(field, wanted.get(field));
    publish();
    listRent();
  };
  const refill = (wanted) => {
    begin(wanted);
    for (const [name, text] of wanted) put(name, text);
    spread(read().how);
  };
  await fetched("rebuilt-jobs.js");
  const views = window.rebuiltJobs({ form, run, sentence, howOf, figuresOf, verdictOf, layoutOf, softwareOf, changes, written, rent,
    filledIn, read, refill, address, update: () => update() });
  const update = form.begin({
    show,
    reset: () => {
      publish();
      for (const field of howFields) put(field, data.how[field]);
      listRent();
    },
    restore: (wanted) => {
      views.restore(wanted);
      begin(wanted);
      for (const fold of [...wanted.keys()].map((name) => at(name)?.closest("details")).filter(Boolean)) fold.open = true;
    },
    more: ["pin"],
    entered: (name) => {
      if (name === "model") publish();
      if (name === "gpu") listRent();
      if (name === "set-more_blocks" && at(name).value !== "none" && at("set-more_depth").value === "0") {
        put("set-more_depth", at("set-depth").value);
      }
    },
  });
});
