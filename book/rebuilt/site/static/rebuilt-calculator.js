// The calculator: numbers of the form go to the compiled kernels, and what they write is shown.
// No formula of the cost model stands here: lengths, shares and drawings are all that is computed.
document.addEventListener("DOMContentLoaded", async () => {
  const form = window.rebuiltForm("calculator");
  if (!form) return;
  const { root, data, find, at, slider, put, named, digits, scaled, short, duration } = form;
  const POINTS = 48; // of the curve

  // The protocol of the kernels: what they read and write is known here and in `run` alone.
  const [someModel, someMachine] = [data.models, data.machines].map((all) => Object.values(all)[0]);
  const kernels = await form.load({ row: someModel.numbers.length, clip: data.clip.length,
    machine: someMachine.numbers.length, largest: data.clip.length, result: data.result.length,
    published: someModel.own.length + data.standIns.length, choice: data.choices.length,
    least: data.choices.length, most: data.choices.length, composed: data.composed.length });
  if (!kernels) return;
  for (const limits of ["largest", "least", "most"]) kernels[limits].set(data[limits]);
  const changes = ({ model, choices }) => data.choices.filter(
    (_, place) => !Object.is(choices[place], data.models[model].choices[place]));

  // Every number of a job by name; `code` is 0, or the sentence of a refusal (of its architecture
  // where `refusesChoices` is 1). A published model is as it is, a changed one is composed.
  const run = (job) => {
    const { row, clip, machine, largest, result, published, choice, least, most, composed, call } = kernels;
    const own = data.models[job.model];
    if (changes(job).length) {
      published.set([...own.own, ...data.standIns]);
      choice.set(job.choices);
      call("compose", published, choice, least, most, row, composed);
    } else {
      row.set(own.numbers);
      composed.fill(0);
    }
    const known = { ...named(data.model, row), ...named(data.composed, composed) };
    if (known.code) return { ...known, refusesChoices: 1 };
    clip.set(job.clip);
    machine.set(data.machines[job.gpu].numbers.map((number) => number ?? NaN));
    call("calculate", row, clip, machine, largest, result);
    return { ...known, ...named(data.result, result) };
  };

  // What the sentence of a code says of this job; a value that is no number as it was typed.
  const sentence = (job, found) => {
    const own = found.refusesChoices
      ? Object.fromEntries(data.choices.map((field, place) => [field, data.names[field]?.[job.choices[place]] ?? job.choices[place]]))
      : { ...named(data.clip, job.clip), text: job.clip[data.clip.indexOf("text_tokens")] };
    const near = [found.below, found.above].filter((value) => value > 0).join(" and ");
    const values = { ...found, ...own, near };
    const typed = (field) => `'${at(found.refusesChoices ? `set-${field}` : field).value}'`;
    return (found.refusesChoices ? data.choiceSentences : data.sentences)[found.code].replace(
      /\{(\w+)(!r)?\}/g, (_, field) => (Number.isNaN(values[field]) ? typed(field) : String(values[field])));
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
    memory_gb: (value) => `${digits(value, 3)}\u00a0GB`,
  };
  const figuresOf = (job, found) => {
    const [frames] = job.clip;
    const { fps } = data.models[job.model];
    const figures = Object.fromEntries(Object.entries(written).map(([name, write]) => [name, write(found[name])]));
    figures.length = fps ? `${digits(frames / fps, 3)}\u00a0s at ${fps}\u00a0fps` : `${frames} ${frames === 1 ? "frame" : "frames"}`;
    figures.interval = `${duration(found.seconds_low)} to ${duration(found.seconds_high)}`;
    figures.memory_gb += ` of ${digits(data.machines[job.gpu].numbers[2])}\u00a0GB${found.fits === 1 ? "" : ": does not fit"}`;
    if (found.decode_known !== 1) figures.flops += " without the decoder, which is not modelled";
    return figures;
  };
  const partsOf = (labels, found, first) => labels.map(
    (label, place) => [label, found[data.result[data.result.indexOf(first) + place]]]);

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
  const numberOf = (field) => at(field).valueAsNumber;
  const read = () => {
    const choices = data.choices.map((field) => data.names[field]?.indexOf(at(`set-${field}`).value) ?? numberOf(`set-${field}`));
    const clip = data.clip.map((field) => (field === "text_tokens" ? numberOf("set-text_tokens") : numberOf(field)));
    return { model: at("model").value, gpu: at("gpu").value, clip, choices };
  };
  // Sliders begin and step where the model takes a clip; of a changed one the kernel says where.
  const slidersOf = (job, found) => {
    const { sliders, fps } = data.models[job.model];
    if (found.refusesChoices || !changes(job).length) return sliders;
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

  const show = () => {
    const job = read();
    const found = run(job);
    const sliders = slidersOf(job, found);
    follow(sliders);
    const set = changes(job).map((field) => [field, at(`set-${field}`).value]);
    const { name } = data.models[job.model];
    form.say(at("changes"), set.length
      ? `Changed from ${name}: ${set.map(([field, text]) => `${field.replaceAll("_", " ")} ${text}`).join(", ")}.`
      : `As published: ${name}.`);
    const figures = found.code || figuresOf(job, found);
    form.show(found.code ? null : (name) => figures[name]);
    form.bar("groups", "FLOPs of one forward pass", found.code ? [] : partsOf(data.groups, found, "projection"));
    form.bar("spent", "Run time", found.code ? [] : partsOf(data.spent, found, "spent_product_s"));
    curve(job, found, sliders.frames);
    const numbers = clipFields.map((field) => [field, at(field).value]);
    return {
      choice: [["model", job.model], ...numbers, ["gpu", job.gpu], ["curve", at("curve").value],
        ...set.map(([field, text]) => [`set-${field}`, text])],
      command: [`rebuilt cost ${job.model}`, ...set.map(([field, text]) => `--set ${field}=${text}`),
        ...numbers.slice(0, -1).map(([field, text]) => `--${field} ${text}`),
        `--gpu ${job.gpu} --gpus ${at("gpus").value}`].join(" "),
      problem: found.code ? sentence(job, found) : "",
      found: found.code ? "" : [written.flops(found.flops), duration(found.seconds), rent(found.usd)].join(", "),
    };
  };

  root.inside = { run, sentence, data }; // for tests, and for readers with a console
  form.begin({
    show,
    reset: publish,
    restore: (wanted) => {
      put("model", wanted.get("model"));
      publish();
      if ([...wanted.keys()].some((name) => name.startsWith("set-"))) find("more").open = true;
    },
    entered: (name) => {
      if (name === "model") publish();
      if (name === "set-more_blocks" && at(name).value !== "none" && at("set-more_depth").value === "0") {
        put("set-more_depth", at("set-depth").value);
      }
    },
  });
});
