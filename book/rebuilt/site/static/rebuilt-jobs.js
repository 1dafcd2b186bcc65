// What the calculator shows of a job besides its figures: memory at its peak and what would make it
// fit, jobs side by side, and the same job on every accelerator. Numbers come from the kernels.
window.rebuiltJobs = ({ form, run, sentence, howOf, figuresOf, verdictOf, layoutOf, softwareOf, changes, written, rent, filledIn,
  read, refill, address, update }) => {
  const { root, data, at, put, digits, duration, made } = form;
  const { remedies, advice, compared, listed, tails } = data;
  const [GPUS, BATCH] = ["gpus", "batch"].map((field) => data.clip.indexOf(field));
  const [FITS] = data.verdicts;
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  const headed = (scope, ...content) => Object.assign(made("th", "", ...content), { scope });
  const table = (heads, rows) => made("table", "", made("thead", "", made("tr", "", ...heads)), made("tbody", "", ...rows));
  const chance = (percent) => (percent < 1 ? "under 1" : (percent > 99 ? "over 99" : String(percent)));
  const ofClip = (value, job) => value / job.clip[BATCH];
  const money = (job, found) => (Number.isNaN(found.usd) ? written.joules(ofClip(found.joules, job)) : rent(ofClip(found.usd, job)));

  // What stands in for what no source says of the accelerator, as the command says it.
  const assumedOf = (job, found) => {
    const { how, chip, kernel } = howOf(job);
    const said = { gpus: (least) => job.clip[GPUS] >= least, format: (name) => name === how.format, kernel: (name) => name === kernel };
    const notes = chip.notes.filter(([, of, which]) => said[of](which)).map(([tail]) => `${chip.name}: ${tails[tail]}`);
    const tiled = found.memory_bytes < found.whole_bytes;
    return tiled ? [...notes, filledIn(data.inTiles, { gb: (found.whole_bytes / 1e9).toFixed(0) })] : notes;
  };

  // What would make a job fit: every option alone, else two together; the cheapest that surely fits.
  const withChanges = (job, wanted) => {
    const how = Object.fromEntries(Object.entries(wanted).filter(([field]) => Object.hasOwn(data.how, field)));
    return { ...job, clip: data.clip.map((field, place) => wanted[field] ?? job.clip[place]), how: { ...howOf(job).how, ...how } };
  };
  const remedyOf = (job) => {
    const { how, compiled } = howOf(job);
    const useful = remedies.filter((wanted) => {
      if (wanted.gpus) return wanted.gpus > job.clip[GPUS];
      if (wanted.batch) return job.clip[BATCH] > wanted.batch;
      return wanted.compiled ? !compiled : Object.entries(wanted).some(([field, value]) => how[field] !== value);
    });
    const fitting = (all) => all.map((wanted) => ({ wanted, job: withChanges(job, wanted) }))
      .map((one) => ({ ...one, found: run(one.job) }))
      .filter(({ found }) => found.code === 0 && verdictOf(found).word === FITS)
      .map((one) => ({ ...one, cost: ofClip(Number.isNaN(one.found.usd) ? one.found.joules : one.found.usd, one.job) }))
      .sort((one, two) => one.cost - two.cost);
    const pairs = () => useful.flatMap((one, place) => useful.slice(place + 1)
      .filter((two) => !Object.keys(one).some((field) => Object.hasOwn(two, field))).map((two) => ({ ...one, ...two })));
    return fitting(useful)[0] ?? fitting(pairs())[0] ?? null;
  };
  const labelOf = (name) => root.querySelector(`label[for=form-${name}]`).firstChild.textContent.trim();
  const optionOf = (name, value) => [...at(name).options ?? []].find((option) => option.value === String(value))?.textContent ?? value;
  const changeOf = (wanted) => Object.entries(wanted).map(([name, value]) => `${labelOf(name)}: ${optionOf(name, value)}`).join("; ");

  const offer = (remedy, job, found) => {
    const words = { change: changeOf(remedy.wanted), seconds: duration(remedy.found.seconds), before: duration(found.seconds),
      cost: money(remedy.job, remedy.found), now: money(job, found) };
    return filledIn(words.seconds === words.before && words.cost === words.now ? advice.free : advice.remedy, words);
  };

  const memory = (job, found) => {
    const refused = found.code !== 0;
    const { word, percent } = refused ? {} : verdictOf(found);
    const peaks = refused ? [] : data.fills.map((label, place) => [label, found[`peak_${data.peak[place]}_bytes`]]);
    const free = refused ? 0 : found.capacity_bytes - found.memory_bytes;
    form.bar("memory", refused ? "" : filledIn(advice.title, { word, percent: chance(percent) }), free > 0 ? [...peaks, ["free", free]] : peaks,
      { write: gigabytes, mark: found.capacity_bytes, marked: filledIn(advice.mark, { has: gigabytes(found.capacity_bytes) }) });
    const remedy = refused || word === FITS ? null : remedyOf(job);
    const told = remedy ? offer(remedy, job, found) : advice.none;
    const moment = (found.peak_decoding_bytes && advice.late) || (found.peak_encoding_bytes && advice.early) || "";
    const words = [refused ? "" : moment, refused || word === FITS ? "" : told];
    form.say(at("advice"), words.filter(Boolean).join(" "));
    const { chip: { name: chip, rent: listedBasis }, hour, rented } = howOf(job);
    const said = { chip, basis: rented ? data.given : listedBasis, hour: hour === null ? "" : digits(hour, 4) };
    form.say(at("basis"), found.code < 0 || Number.isNaN(hour) ? "" : filledIn(hour === null ? advice.unrented : advice.rent, said));
    form.say(at("assumed"), refused ? "" : assumedOf(job, found).map((note) => filledIn(advice.assumed, { note })).join(" "));
    at("remedy").hidden = remedy === null;
    at("remedy").onclick = () => {
      for (const [name, value] of Object.entries(remedy?.wanted ?? {})) put(name, value);
      update();
      at("run").closest("details").open = true; // what was changed is there, and the button is gone
      at("software").focus();
    };
  };

  // Jobs side by side: the present one and those that were pinned, each kept as its address.
  let pins = [];
  const cellsOf = (job) => {
    const found = run(job);
    const [frames, height, width, , steps, passes, gpus, batch] = job.clip;
    const own = { model: data.models[job.model].name + (changes(job).length ? advice.changed : ""), clip: `${frames} × ${height} × ${width}`,
      sampler: `${steps} × ${passes}`, gpu: `${gpus} × ${data.machines[job.gpu].name}`, software: softwareOf(job), batch: String(batch) };
    return found.code ? { ...own, seconds: sentence(job, found) } : { ...own, layout: layoutOf(found), ...figuresOf(job, found) };
  };
  const compare = (job, found) => {
    at("keep").disabled = pins.length === data.pins;
    if (!pins.length) {
      at("compared").replaceChildren();
      return;
    }
    const columns = [found.code < 0 ? {} : cellsOf(job), ...pins.map((pin) => cellsOf(pin.job))];
    const unpin = (turn) => {
      const button = Object.assign(made("button", "rb-form-free", "Unpin"), { type: "button", ariaLabel: `Unpin job ${turn}` });
      button.addEventListener("click", () => {
        pins = pins.filter((_, place) => place !== turn - 1);
        update();
        at("keep").focus();
      });
      return button;
    };
    const heads = columns.map((_, turn) => (turn ? headed("col", `Job ${turn} `, unpin(turn)) : headed("col", "Now")));
    at("compared").replaceChildren(table([made("td", ""), ...heads], Object.entries(compared).map(
      ([field, label]) => made("tr", "", headed("row", label), ...columns.map((cells) => made("td", "", cells[field] ?? "\u2013"))))));
  };
  at("keep").addEventListener("click", () => {
    const job = read();
    pins = [...pins, { text: String(new URLSearchParams(address(job))), job }].slice(0, data.pins);
    update();
  });

  // The same job on every accelerator: what fits first, what does not last, what is refused after it;
  // among these by the column that is chosen, and what has no number last.
  const fold = at("chips").closest("details");
  const rowOf = (job, [gpu, chip]) => {
    const other = gpu === job.gpu ? job : { ...job, gpu, how: { ...job.how, rent: "" } }; // each at its own rent
    const found = run(other);
    const name = chip.name.toLowerCase();
    if (found.code) return { gpu, chip, rank: data.verdicts.length, by: { name, seconds: NaN, memory: NaN, usd: NaN, hourly: NaN, joules: NaN }, refusal: sentence(other, found) };
    const { word, percent } = verdictOf(found);
    const hour = howOf(other).hour ?? NaN;
    const by = { name, hourly: hour, seconds: found.seconds, memory: found.memory_bytes / found.capacity_bytes, usd: ofClip(found.usd, job), joules: ofClip(found.joules, job) };
    return { gpu, chip, rank: data.verdicts.indexOf(word), by, cells: [[rent(by.usd)], [duration(found.seconds), `${duration(found.seconds_low)} to ${duration(found.seconds_high)}`],
      [`${word}, ${chance(percent)}\u00a0%`, `${(found.memory_bytes / 1e9).toFixed(1)} of ${digits(found.capacity_bytes / 1e9)}\u00a0GB`],
      [Number.isNaN(hour) ? "\u2013" : digits(hour, 3)], [written.joules(by.joules)]] };
  };
  const ownOf = ({ runs }) => filledIn(runs > 1 ? advice.own : (runs ? advice.one : advice.rates), { runs });
  const chips = (job) => {
    if (!fold.open) return;
    const sorted = at("sort").value;
    const last = ({ by }) => (Number.isNaN(by[sorted]) ? 1 : 0);
    const alphabet = (one, two) => (one.by.name < two.by.name ? -1 : 1);
    const order = (one, two) => (sorted === "name" ? 0 : one.rank - two.rank || last(one) - last(two) || one.by[sorted] - two.by[sorted]) || alphabet(one, two);
    const heads = Object.entries(listed).map(([field, label]) => {
      const head = headed("col", label);
      if (field === sorted) head.setAttribute("aria-sort", "ascending");
      return head;
    });
    const rows = Object.entries(data.machines).map((one) => rowOf(job, one)).sort(order).map(({ gpu, chip, rank, cells = [], refusal }) => {
      const lent = chip.borrowed >= 0;
      const basis = made("small", lent ? "rb-form-lent" : "rb-form-own", lent ? tails[chip.borrowed] : ownOf(chip));
      const kinds = [gpu === job.gpu ? "rb-form-chosen" : "", rank > 1 ? "rb-form-unfit" : ""].filter(Boolean).join(" ");
      return made("tr", kinds, headed("row", chip.name, basis), ...cells.map(([words, more]) => made("td", "", words, ...(more ? [made("small", "", more)] : []))),
        ...(refusal ? [Object.assign(made("td", "", made("small", "", refusal)), { colSpan: Object.keys(listed).length - 1 })] : []));
    });
    at("chips").replaceChildren(table(heads, rows));
  };
  let latest = null; // job that has numbers; opening the table is no choice, so the address stays
  fold.addEventListener("toggle", () => latest && chips(latest));

  return {
    show: (job, found) => {
      memory(job, found);
      compare(job, found);
      latest = found.code < 0 ? null : job; // below 0 is an address that was not understood
      if (latest) chips(latest);
      else at("chips").replaceChildren();
    },
    choice: () => [...(fold.open ? [["sort", at("sort").value]] : []), ...pins.map(({ text }) => ["pin", text])],
    restore: (wanted) => {
      const said = [];
      pins = wanted.getAll("pin").slice(0, data.pins).flatMap((text) => {
        const own = new URLSearchParams(text);
        own.delete("pin");
        const complaint = form.asksFor(own);
        if (complaint) said.push(complaint);
        if (complaint) return [];
        refill(own);
        return [{ text: String(own), job: read() }];
      });
      form.say(at("compared-said"), said.map((words) => filledIn(advice.unpinned, { words })).join(" "));
    },
  };
};
