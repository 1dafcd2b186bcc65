// The form of the miniature: plays the clip that came with the page, reads a prompt and says what of
// it cannot be drawn, loads kernels and weights when first asked, makes the clip in a worker (or,
// where the site forbids workers, in slices of one step), and shows it.
document.addEventListener("DOMContentLoaded", () => {
  const form = window.rebuiltForm("miniature");
  if (!form) return;
  const { root, data, off, find, at } = form;
  if (!window.rebuiltClips) {
    form.shut(off.dataset.damaged);
    return;
  }
  const [trouble, said, make, cancel] = ["problem", "said", "main", "cancel"].map(find);
  const progress = root.querySelector("progress");
  const result = find("result");
  const sheet = result.querySelector("canvas");
  const files = new URL(".", document.querySelector("script[src*='rebuilt-miniature.js']").src);
  const TYPING_MS = 500; // a word that is still being typed is not refused

  // Prompt to caption: the grammar of rebuilt.mini.captions, which a test compares.
  const among = (list) => (word) => list.includes(word);
  const oriented = ([height, width]) => (height === width ? "square" : width > height ? "wide" : "tall");
  const formatOf = (words) => {
    const rest = [];
    let wanted = "square";
    words.forEach((raw, place) => {
      const word = data.aliases[raw] ?? raw;
      const follows = data.formats.includes(words[place + 1] ?? "");
      if (word === "wide" || word === "tall" || (word === "square" && follows)) {
        wanted = word;
      } else {
        rest.push(raw);
      }
    });
    const sizes = data.sizes.filter((size) => oriented(size) === wanted);
    return [sizes.at(-1), rest];
  };
  const rotated = (list, by) => list.map((_, place) => list[(place + by) % list.length]);
  const labelsOf = (words, seed) => {
    const named = words.filter(among(data.colours));
    const shapes = words.filter(among(data.shapes));
    const two = shapes.length > 1 || named.length > 1 || words.includes("behind") || words.includes("front");
    const open = rotated(data.colours, seed % data.colours.length).filter((colour) => !named.includes(colour));
    const colours = [...named, ...open];
    shapes.push(...rotated(data.shapes, seed % data.shapes.length));
    return [...Array(two ? 2 : 1).keys()].map((turn) => ({ colour: colours[turn], shape: shapes[turn] }));
  };
  const actionOf = ({ motion, bounces, change }) => {
    if (motion === "still") return change === "steady" ? "stays still" : change;
    if (bounces) return `bounces off the ${data.edges[motion]} edge`;
    const way = motion === "up" || motion === "down" ? motion : `to the ${motion}`;
    return `moves ${way}${change === "steady" ? "" : ` and ${change}`}`;
  };
  const expand = (prompt, seed, wanted = {}) => {
    const [asked, rest] = formatOf(prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
    const words = rest.map((word) => data.aliases[word] ?? word);
    const [height, width] = wanted.size ?? asked;
    const [subject, other] = labelsOf(words, seed);
    const frames = wanted.frames ?? (words.includes("two") || other ? data.framesPassing : data.framesLeast);
    let motion = words.find(among(data.directions)) ?? "still";
    let bounces = words.includes("bounce");
    let change = words.find((word) => word === "grows" || word === "shrinks") ?? "steady";
    if (bounces) {
      motion = motion === "still" ? "right" : motion;
      change = "steady";
    }
    if (other) {
      const ways = [...(height >= data.passing ? ["up", "down"] : []), ...(width >= data.passing ? ["left", "right"] : [])];
      if (!ways.includes(motion)) motion = ways.at(-1);
      [bounces, change] = [false, "steady"];
    }
    const parts = [`a ${subject.colour} ${subject.shape}`, actionOf({ motion, bounces, change })];
    if (other) parts.push(`${words.includes("front") ? "in front of" : "behind"} a ${other.colour} ${other.shape}`);
    parts.push(`on a ${words.includes("white") ? "white" : "black"} background`);
    parts.push(`in a ${oriented([height, width])} clip of ${frames === data.framesLeast ? "one second" : "two seconds"}`);
    const known = [...data.colours, ...data.shapes, ...data.backgrounds, ...data.directions, ...data.silent,
      "still", "bounce", "grows", "shrinks", "behind", "front", "one", "two"];
    return { caption: parts.join(" "), frames, height, width, ignored: words.filter((word) => !known.includes(word)) };
  };

  // What is asked for: the caption of the prompt, and numbers.
  const numbers = ["seed", "steps", "guidance"];
  const read = () => {
    const values = Object.fromEntries(numbers.map((name) => [name, at(name).valueAsNumber]));
    const wanted = {};
    if (at("size").value) wanted.size = at("size").value.split("x").map(Number);
    if (at("frames").value) wanted.frames = Number(at("frames").value);
    return { ...values, ...expand(at("prompt").value, values.seed, wanted) };
  };
  // What a prompt asks for and cannot be drawn is said so that it is not overlooked, in Chinese too
  // where it is Chinese; once typing pauses.
  const quoted = (words) => [...new Set(words)].map((word) => `\u201c${word}\u201d`);
  const undrawn = (ignored) => {
    if (!ignored.length) return [];
    const chinese = ignored.filter((word) => /\p{Script=Han}/u.test(word));
    const words = quoted(ignored);
    const listed = [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" or ");
    return [["en", listed], ["zh-Hans", quoted(chinese).join("")]].filter(([, named]) => named).map(
      ([lang, named]) => Object.assign(form.made("p", "", data.undrawn[lang].replace("{words}", named)), { lang }));
  };
  let typed;
  const warn = (ignored) => {
    clearTimeout(typed);
    const write = () => {
      const sentences = undrawn(ignored);
      const words = sentences.map((one) => one.textContent).join("");
      if (at("warned").textContent !== words) at("warned").replaceChildren(...sentences);
    };
    if (ignored.length) typed = setTimeout(write, TYPING_MS);
    else write();
  };
  const showForm = () => {
    const problem = form.refused();
    if (!problem) {
      const found = read();
      form.say(at("caption"), `Expanded: \u201c${found.caption}\u201d, ${found.frames} frames of ${found.width} x ${found.height} pixels.`);
      warn(found.ignored);
    }
    return { choice: ["prompt", "size", "frames", ...numbers].map((name) => [name, form.typed(name)]), problem };
  };

  // Kernels and weights: scripts of the site, loaded once. The engine's text becomes a worker.
  const load = (file) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(file, files);
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      reject(new Error(`${file} could not be loaded; check the connection and try again.`));
    };
    document.head.append(script);
  });
  let loaded;
  let weights;
  const check = () => {
    const text = window.rebuiltMiniatureData;
    const whole = typeof text === "string" && form.digest(text) === data.digest;
    if (!whole || !window.rebuiltMiniatureEngine) {
      const file = whole ? "rebuilt-miniature-engine.js" : data.script;
      throw new Error(`${file} is not the file that this page was built with; reload the page, or restore the file.`);
    }
    weights = JSON.parse(text);
  };
  const ready = () => {
    loaded ??= Promise.all([load("rebuilt-miniature-engine.js"), load(data.script)]).then(check).catch((error) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  const work = `const engine = ENGINE;
    let begin;
    onmessage = async ({ data }) => {
      try {
        if (data.weights) begin = engine(data.weights); // a request waits for it
        else {
          const job = (await begin)(data.request);
          for (let turn = 0; turn < job.steps; turn += 1) {
            job.advance(turn);
            postMessage({ turn: turn + 1 });
          }
          const pixels = job.pixels();
          postMessage({ ...data.request, pixels }, [pixels.buffer]);
        }
      } catch (error) {
        postMessage({ problem: error.message, name: error.name });
      }
    };`;
  let worker;
  const inWorker = (request, step) => new Promise((resolve, reject) => {
    if (!worker) {
      const text = work.replace("ENGINE", () => window.rebuiltMiniatureEngine.toString());
      const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      worker = new Worker(address);
      URL.revokeObjectURL(address);
      worker.postMessage({ weights });
    }
    stop = () => {
      worker.terminate();
      worker = undefined;
      reject(new DOMException("cancelled", "AbortError"));
    };
    worker.onerror = () => {
      worker = undefined;
      reject(new DOMException("no worker", "SecurityError"));
    };
    worker.onmessage = ({ data: message }) => {
      if (message.turn) step(message.turn);
      else if (message.problem) reject(Object.assign(new Error(message.problem), { name: message.name }));
      else resolve(message.pixels);
    };
    worker.postMessage({ request });
  });
  let begin;
  const inPage = async (request, step) => {
    let cancelled = false;
    stop = () => { cancelled = true; };
    begin ??= await window.rebuiltMiniatureEngine(weights);
    const job = begin(request);
    for (let turn = 0; turn < job.steps; turn += 1) {
      job.advance(turn);
      step(turn + 1);
      await new Promise((resolve) => { setTimeout(resolve); }); // the page stays awake
      if (cancelled) throw new DOMException("cancelled", "AbortError");
    }
    return job.pixels();
  };
  let workers = typeof Worker === "function";
  const sample = async (request, step) => {
    if (workers) {
      try {
        return await inWorker(request, step);
      } catch (error) {
        if (error.name !== "SecurityError") throw error;
        workers = false; // the site's policy allows none
      }
    }
    return inPage(request, step);
  };

  const tokensOf = (text) => text.split(" ").map((word) => data.vocabulary.indexOf(word));
  const requestOf = (found) => ({
    tokens: tokensOf(found.caption),
    empty: [0],
    grid: [1 + (found.frames - 1) / 4, found.height / data.side, found.width / data.side],
    seed: found.seed,
    steps: found.steps,
    guidance: found.guidance,
    shift: data.shift,
  });
  const layOut = ({ frames, height, width }) => {
    const columns = Math.min(data.columns, frames);
    sheet.width = columns * (width + 1) + 1;
    sheet.height = Math.ceil(frames / columns) * (height + 1) + 1;
    return [columns, sheet.getContext("2d")];
  };
  const play = ({ caption, frames, height, width }, columns) => {
    sheet.setAttribute("aria-label", `All ${frames} frames: ${caption}`);
    window.rebuiltClips.play(result.querySelector(".rb-player"), sheet, { width, height, count: frames, columns, gap: 1, fps: data.fps }, caption);
  };
  const show = (found, pixels, seconds) => {
    const { frames, height, width } = found;
    const [columns, context] = layOut(found);
    for (let frame = 0; frame < frames; frame += 1) {
      const size = height * width * 4;
      const part = new Uint8ClampedArray(pixels.buffer, frame * size, size);
      const x = (frame % columns) * (width + 1);
      const y = Math.floor(frame / columns) * (height + 1);
      context.fillStyle = data.grey;
      context.fillRect(x, y, width + 2, height + 2);
      context.putImageData(new ImageData(part, width, height), x + 1, y + 1);
    }
    play(found, columns);
    const { caption, seed, steps, guidance, ignored } = found;
    const lacking = ignored.length ? ` Not drawn: ${ignored.join(", ")}.` : "";
    const where = workers ? "in a worker" : "in the page";
    at("about").textContent = `${caption}.${lacking} Seed ${seed}, ${steps} steps, guidance ${guidance}; made in ${seconds.toFixed(1)} s ${where} on this device.`;
    result.scrollIntoView({ block: "nearest" });
  };
  const showFirst = async () => {
    const png = new Blob([form.bytesOf(data.first.png)], { type: "image/png" });
    const image = await createImageBitmap(png); // which asks no policy of images
    if (last) return; // the reader was faster
    const [columns, context] = layOut(data.first);
    context.drawImage(image, 0, 0);
    play(data.first, columns);
  };
  let stop = () => {};
  let last;
  const run = async () => {
    const found = read();
    make.disabled = true;
    cancel.disabled = false;
    progress.hidden = false;
    progress.removeAttribute("value");
    said.textContent = "Loading kernels and weights …";
    try {
      let left = false;
      stop = () => { left = true; };
      await ready();
      if (left) throw new DOMException("cancelled", "AbortError");
      const start = performance.now();
      said.textContent = "Making the clip …";
      const pixels = await sample(requestOf(found), (turn) => { progress.value = turn / found.steps; });
      last = { ...found, pixels };
      show(found, pixels, (performance.now() - start) / 1000);
      said.textContent = "The clip is ready.";
    } catch (error) {
      if (error.name === "AbortError") said.textContent = "Cancelled.";
      else {
        said.textContent = "";
        trouble.textContent = /WebAssembly|CompileError/.test(error) ? form.failed(error) : error.message;
      }
    } finally {
      make.disabled = false;
      cancel.disabled = true;
      progress.hidden = true;
    }
  };

  root.inside = { expand, last: () => last, data }; // for tests, and for readers with a console
  const update = form.begin({
    show: showForm,
    entered: (name) => {
      if (name === "example" && at(name).value) form.put("prompt", at(name).value);
    },
  });
  find("on").addEventListener("submit", () => {
    update();
    if (!trouble.textContent) run();
  });
  cancel.addEventListener("click", () => stop());
  showFirst().catch(() => {}); // without it the form works as well
  if (location.hash.includes("prompt=")) root.scrollIntoView();
});
