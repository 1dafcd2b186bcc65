// What the pages with a form share: its fields, its address and command, kernels and their arrays,
// numbers for people, bars and curves. The HTML is that of rebuilt.widgets.form.
window.rebuiltForm = (page) => {
  const root = document.querySelector(`.rb-form[data-form=${page}]`);
  if (!root) return null;
  const PAUSE_MS = 250; // of typing, before the address follows and figures are said
  const find = (part) => root.querySelector(`.rb-form-${part}`);
  const at = (name) => document.getElementById(`form-${name}`);
  const slider = (name) => root.querySelector(`input[type=range][name=${name}]`);
  const data = JSON.parse(find("data").textContent);
  const [off, form, said, sum] = ["off", "on", "said", "sum"].map(find);
  const say = (place, words) => { if (place && place.textContent !== words) place.textContent = words; };

  // Kernels of a module as functions of arrays of float64, which lie one after another in its
  // memory; null, with a sentence in the page, where nothing may run them.
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  // SHA-256 of a text, in hexadecimal: browsers have their own only on pages that came encrypted.
  const digest = (text) => {
    const words = (list) => list.split(" ").map((word) => parseInt(word, 16));
    const rounds = words("428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 " +
      "d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 " +
      "e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da " +
      "983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 " +
      "27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 " +
      "a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 " +
      "19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 " +
      "748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2");
    const state = words("6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19");
    const raw = new TextEncoder().encode(text);
    const padded = new Uint8Array(Math.ceil((raw.length + 9) / 64) * 64);
    padded.set(raw);
    padded[raw.length] = 128;
    const view = new DataView(padded.buffer);
    view.setBigUint64(padded.length - 8, BigInt(raw.length) * 8n);
    const turn = (word, by) => (word >>> by) | (word << (32 - by));
    const w = new Int32Array(64);
    for (let start = 0; start < padded.length; start += 64) {
      for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(start + 4 * i);
      for (let i = 16; i < 64; i += 1) {
        const [x, y] = [w[i - 15], w[i - 2]];
        w[i] = w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i += 1) {
        const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] + w[i]) | 0;
        const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + first) | 0;
        d = c;
        c = b;
        b = a;
        a = (first + second) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, place) => { state[place] = (state[place] + word) | 0; });
    }
    return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  };
  const failed = (error) => off.dataset.fails.replace("{error}", error.name);
  const shut = (words) => {
    off.textContent = words;
    root.classList.add("rb-form-failed");
    return null;
  };
  const load = async (sizes) => {
    let kernels;
    if (digest(data.module) !== data.digest) return shut(off.dataset.damaged);
    try {
      kernels = (await WebAssembly.instantiate(bytesOf(data.module), {})).instance.exports;
    } catch (error) {
      return shut(failed(error));
    }
    const { memory, __heap_base: base } = kernels;
    const all = { scratch: 2, ...sizes };
    const start = Math.ceil(base.value / 8) * 8;
    const missing = start + 8 * Object.values(all).reduce((sum, size) => sum + size) - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    let end = start;
    const arrays = Object.fromEntries(Object.entries(all).map(([name, size]) => {
      const array = new Float64Array(memory.buffer, end, size);
      end += 8 * size;
      return [name, array];
    }));
    const { scratch } = arrays;
    const call = (kernel, ...given) => kernels[kernel](
      scratch.byteOffset, scratch.byteOffset + 8, ...given.map((array) => array.byteOffset));
    return { ...arrays, call };
  };
  const named = (names, values) => Object.fromEntries(names.map((name, place) => [name, values[place]]));

  const filledIn = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, word) => words[word]);

  // Fields by name, each with what its menu had when the page came. A menu ignores what it does not
  // have; a number has its normal form; one beyond its limits is marked and refused.
  const fields = new Map([...form.querySelectorAll("[name]:not([type=range])")].map(
    (box) => [box.name, box.options && [...box.options].map(({ value }) => value)]));
  const NUMBER = /^[+-]?(\d{1,18}(\.\d+)?|\.\d+)(e[+-]?\d{1,2})?$/i;
  const plain = ({ type }, text) => (type === "number" && NUMBER.test(text) ? String(Number(text)) : text);
  const typed = (name) => plain(at(name), at(name).value);
  const put = (name, text) => {
    const box = at(name);
    if (!fields.has(name) || (box.options && ![...box.options].some(({ value }) => value === String(text)))) return;
    box.value = plain(box, text);
  };
  const isOpen = (name) => at(name).value === "" && !at(name).validity.badInput;
  const refused = () => [...root.querySelectorAll("[data-refusal]")].filter((box) => {
    box.setAttribute("aria-invalid", !box.validity.valid);
    return !box.validity.valid;
  }).map((box) => box.dataset.refusal.replace("{value}", box.value || "no number")).join(" ");

  // The command can be copied; what is said of that stands apart from the figures, which are said
  // a moment later and would take its place.
  const [line, copy, copied] = ["buttons code", "copy", "copied"].map(find);
  const tell = (words) => {
    copied.textContent = words;
    copied.classList.toggle("rb-hidden", words === "");
  };
  copy?.addEventListener("click", async () => {
    getSelection().selectAllChildren(line);
    let done = false;
    try {
      await navigator.clipboard.writeText(line.textContent);
      done = true;
    } catch {
      done = document.execCommand("copy"); // pages from files have no clipboard of their own
    }
    tell(done ? "Copied" : "Selected: copy it with your keyboard");
  });

  // The choice in the address, or null: an anchor of the page has no equals sign.
  const chosen = () => (location.hash.includes("=") ? new URLSearchParams(location.hash.slice(1)) : null);
  // What is said of the first thing that an address asks for and there is not; `more` are names that
  // are no fields, and may stand there several times.
  const { addresses } = data;
  const asksFor = (wanted, more = []) => {
    const names = [...wanted.keys()];
    const said = [...wanted].map(([name, text], place) => {
      if (more.includes(name)) return "";
      if (!fields.has(name)) return filledIn(addresses.unknown, { name });
      if (names.indexOf(name) !== place) return filledIn(addresses.twice, { name });
      const known = fields.get(name);
      if (!known) return at(name).type !== "number" || NUMBER.test(text) ? "" : filledIn(addresses.number, { name, text });
      const listed = known.filter((value) => value !== "");
      return known.includes(text) ? "" : filledIn(addresses.menu, { name, text, known: listed.length > 12 ? addresses.many : listed.join(", ") });
    });
    return said.find((words) => words !== "") ?? "";
  };

  // Begin. `show` shows what the fields say, and returns { choice, command, problem, found }: pairs
  // for the address, and words. Optional: `restore` prepares the fields for an address, `entered`
  // follows a field, `stop` is the number at a place of a slider, `reset` undoes all, `more` are names
  // of an address beside the fields. The function that comes back shows what a script entered.
  // An address that asks for what there is not is told so, and gives no number until a field changes:
  // `show` hears of it. What is given to the function that comes back does the same, or ends it.
  const begin = ({ show, restore, entered, reset, stop = (_, value) => value, more }) => {
    let later;
    let misread = "";
    const refresh = () => {
      const { problem = "", found, ...own } = show(misread);
      const { choice, command } = misread ? { choice: null, command: "" } : own;
      say(find("problem"), misread || problem);
      say(sum, found);
      if (copy) copy.disabled = command === "";
      if (line && line.textContent !== command) { // a resize leaves the selection as it is
        const options = command.split(/ (?=--)/); // a line ends before an option, never within one
        line.replaceChildren(...options.flatMap((option, place) => [place ? " " : "",
          Object.assign(document.createElement("span"), { textContent: option })]));
        tell("");
      }
      return { choice, found };
    };
    // A moment after the last change the address holds the choice, and what was found is said. An
    // address that came meanwhile, of which the browser has yet to tell, is not written over.
    const update = (complaint = misread) => {
      misread = complaint;
      const { choice, found } = refresh();
      const { hash } = location;
      clearTimeout(later);
      later = setTimeout(() => {
        if (choice && location.hash === hash) history.replaceState(null, "", `#${new URLSearchParams(choice)}`);
        if (found !== undefined) said.textContent = found;
      }, PAUSE_MS);
    };
    const fill = () => {
      const wanted = chosen() ?? new URLSearchParams();
      form.reset();
      restore?.(wanted);
      misread = asksFor(wanted, more);
      for (const [name, text] of wanted) put(name, text);
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => {
      if (!target.name) return; // of a player
      if (target.type === "range") put(target.name, stop(target.name, target.value));
      entered?.(target.name);
      update("");
    });
    find("reset")?.addEventListener("click", () => {
      reset();
      update("");
    });
    window.addEventListener("hashchange", () => {
      if (!chosen()) return;
      fill();
      update();
    });
    if (find("curve")) window.addEventListener("resize", refresh);
    off.hidden = true;
    form.hidden = false;
    fill();
    if (chosen()) update();
    else refresh(); // an address that the reader did not choose stays as it is
    return update;
  };

  // Numbers for people.
  const digits = (value, places = 4) => value.toLocaleString("en", { maximumSignificantDigits: places });
  const sized = (value, steps, places) => {
    const [size, word] = steps.find(([step]) => value >= step) ?? [1, ""];
    return [digits(value / size, places), word];
  };
  const scaled = (value, unit) => sized(value, [[1e24, "Y"], [1e21, "Z"], [1e18, "E"], [1e15, "P"],
    [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]], 4).join("\u00a0") + unit;
  const short = (value, places = 2) => sized(value, [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]],
    places).filter(Boolean).join("\u00a0");
  const duration = (seconds) => {
    const [size, word] = [[172800, 86400, "days"], [7200, 3600, "h"], [120, 60, "min"]].find(
      ([least]) => seconds >= least)?.slice(1) ?? [1, "s"];
    return `${digits(seconds / size, 3)}\u00a0${word}`;
  };

  // Drawings.
  const draw = (name, attributes, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const made = (name, className, ...children) => {
    const node = Object.assign(document.createElement(name), { className });
    node.append(...children);
    return node;
  };

  // A bar of shares, or of what `write` makes of each part; its label says what the list below it
  // shows. A mark stands at a value, and is said too.
  const percent = (_, share) => (share < 0.001 ? "under 0.1%" : `${(100 * share).toFixed(1)}%`);
  const bar = (name, title, parts, { write = percent, mark = null, marked = "" } = {}) => {
    const whole = parts.reduce((all, [, value]) => all + value, 0);
    const kept = parts.map(([label, value], turn) => [label, value / whole, turn]).filter(([, share]) => share > 0);
    const words = kept.map(([label, share, turn]) => `${label} ${write(parts[turn][1], share)}`);
    const place = root.querySelector(`[data-bar=${name}]`);
    if (!kept.length) {
      place.replaceChildren();
      return;
    }
    const svg = draw("svg", { viewBox: "0 0 1000 30", preserveAspectRatio: "none", role: "img", "aria-label": `${title}: ${[...words, ...(mark ? [marked] : [])].join(", ")}` });
    const list = made("ul", "");
    let start = 0;
    kept.forEach(([, share, turn], number) => {
      svg.append(draw("rect", { x: (1000 * start).toFixed(2), y: 0, height: 30,
        width: Math.max(1000 * share, 0.5).toFixed(2), class: `rb-form-part rb-form-part-${turn}` }));
      list.append(made("li", "", made("span", `rb-form-part rb-form-part-${turn}`), words[number]));
      start += share;
    });
    if (mark) {
      svg.append(draw("path", { class: "rb-form-mark", d: `M${((1000 * mark) / whole).toFixed(2)} 0V30` }));
      list.append(made("li", "", made("span", "rb-form-marked"), marked));
    }
    list.setAttribute("aria-hidden", "true");
    place.replaceChildren(made("p", "rb-form-heading", title), svg, list);
  };

  // A curve through points [x, y] from zero on, with a dot where the reader is.
  const curve = (title, points, dot, { writeX, writeY }) => {
    const place = find("curve");
    const marked = dot ? [...points, dot] : points;
    const [right, top] = [0, 1].map((axis) => Math.max(...marked.map((point) => point[axis])));
    const [width, height] = [Math.min(720, Math.max(280, place.clientWidth || 640)), 220];
    const x = (value) => 12 + ((width - 24) * value) / right;
    const y = (value) => height - 30 - ((height - 60) * value) / (top || 1);
    const told = ([across, up]) => `${writeY(up)} at ${writeX(across)}`;
    const label = `${title}: ${told(points[0])}, ${told(points.at(-1))}${dot ? `; chosen: ${told(dot)}` : ""}`;
    const text = (words, left, level, anchor) => draw("text", { x: left, y: level, "text-anchor": anchor }, words);
    place.replaceChildren(draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
      draw("path", { class: "rb-form-axis", d: [0, top / 2, top].map((value) => `M12 ${y(value)}H${width - 12}`).join("") }),
      draw("path", { class: "rb-form-curved", d: `M${points.map((point) => `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).join("L")}` }),
      text(writeY(top), 12, y(top) - 6, "start"),
      text(writeY(top / 2), 12, y(top / 2) - 6, "start"),
      text("0", 12, height - 10, "start"),
      text(writeX(right), width - 12, height - 10, "end"),
      text(title, width - 12, 16, "end"),
      ...(dot ? [draw("circle", { class: "rb-form-dot", r: 6, cx: x(dot[0]), cy: y(dot[1]) })] : [])));
  };

  // Figures, each found by its name; a dash where there are none.
  const show = (figure) => {
    for (const place of root.querySelectorAll("[data-shows]")) {
      place.replaceChildren(...[figure?.(place.dataset.shows) ?? "\u2013"].flat());
    }
  };
  return { root, data, off, find, at, slider, put, typed, isOpen, refused, asksFor, say, begin, load, shut, bytesOf, digest, failed,
    named, filledIn, digits, scaled, short, duration, draw, made, bar, curve, show };
};
