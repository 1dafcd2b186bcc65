// Reads a diffusers config.json as `rebuilt cost --config` does, by what Python wrote into
// rebuilt-classes.js: templates with their expressions as trees, sentences, and what each part of a
// model adds to its rows. No class and no formula of the cost model stands here.
window.rebuiltConfig = () => {
  // Whole numbers are BigInt: 4 is told from 4.0, and products are exact at any size.
  const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}[\]:]/g;
  const MARK = `\u0000${Math.random()}`; // key of a number on its way through the parser, which no text has
  const number = (text) => (/[.eE]/.test(text) ? Number(text) : BigInt(text));
  const parse = (text) => JSON.parse(
    text.replace(TOKENS, (found) => (/[-\d]/.test(found[0]) ? `{${JSON.stringify(MARK)}:"${found}"}` : found)),
    (_, value) => (value !== null && typeof value === "object" && Object.hasOwn(value, MARK) ? number(value[MARK]) : value));
  const data = parse(window.rebuiltClasses);
  // What a reader of JSON would take without a word, and the command does not: the same limits.
  const strict = (text) => {
    const { bytes, depth, digits } = data.limits;
    const no = (kind, words) => { throw new SyntaxError(said(data.strict[kind], words)); };
    if (new TextEncoder().encode(text).length > bytes) no("bytes", { bytes });
    JSON.parse(text); // with numbers as they are written: 030 is none
    const open = []; // of each object the keys so far, of a list null
    let last = "";
    for (const [token] of text.matchAll(TOKENS)) {
      if (token === "{" || token === "[") {
        if (open.push(token === "{" ? new Set() : null) > Number(depth)) no("depth", { depth });
      } else if (token === "}" || token === "]") open.pop();
      else if (token === ":") {
        const key = JSON.parse(last);
        if (open.at(-1).has(key)) no("twice", { key });
        open.at(-1).add(key);
      } else if (token[0] !== '"' && (token.length > Number(digits) || !Number.isFinite(Number(token)))) {
        no("number", { number: token.slice(0, 20) });
      }
      last = token;
    }
    return parse(text);
  };
  const FIRST = Number(data.first);

  // Values as Python has and writes them.
  const isWhole = (value) => typeof value === "bigint";
  const isNumber = (value) => isWhole(value) || typeof value === "number";
  const isFlag = (value) => typeof value === "boolean";
  const isText = (value) => typeof value === "string";
  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const holds = (value) => Boolean(Array.isArray(value) ? value.length : value);
  const written = (value) => {
    if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
    if (isObject(value)) return `{${Object.entries(value).map(([key, one]) => `${written(key)}: ${written(one)}`).join(", ")}}`;
    if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
    if (!isText(value)) return String(value);
    return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  };
  const said = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, word) => String(words[word]));
  class Refusal extends Error {}
  class NoValue extends Error {}
  const refuse = (kind, words) => { throw new Refusal(said(data.refusals[kind], words)); };
  const lacking = () => { throw new NoValue(); };

  // Expressions: the operations of templates.py.
  const counted = (value) => (isFlag(value) ? BigInt(value) : isNumber(value) ? value : lacking());
  const arithmetic = (work) => (left, right) => {
    const [a, b] = [counted(left), counted(right)];
    return isWhole(a) && isWhole(b) ? work(a, b) : work(Number(a), Number(b));
  };
  const quotient = (a, b) => {
    if (!b) lacking();
    if (!isWhole(a)) return Math.floor(a / b);
    return a / b - BigInt(a % b !== 0n && a < 0n !== b < 0n);
  };
  const same = (a, b) => {
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, place) => same(one, b[place]));
    const [left, right] = [a, b].map((one) => (isFlag(one) ? BigInt(one) : one));
    return isNumber(left) && isNumber(right) ? left == right : left === right; // eslint-disable-line eqeqeq
  };
  const listed = (value) => (Array.isArray(value) ? value : lacking());
  const repeated = (value, times) => {
    if (!isWhole(times) || times > 1_000_000n) lacking();
    return isText(value) ? value.repeat(Number(times)) : Array(Number(times)).fill(value).flat();
  };
  const sum = (a, b) => {
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
    return isText(a) && isText(b) ? a + b : arithmetic((left, right) => left + right)(a, b);
  };
  const product = (a, b) => {
    if (Array.isArray(a) || isText(a)) return repeated(a, b);
    return Array.isArray(b) || isText(b) ? repeated(b, a) : arithmetic((left, right) => left * right)(a, b);
  };
  const OPERATIONS = {
    "+": sum,
    "-": arithmetic((a, b) => a - b),
    "*": product,
    "/": (a, b) => (Number(counted(b)) ? Number(counted(a)) / Number(b) : lacking()),
    "//": arithmetic(quotient),
    "%": arithmetic((a, b) => a - b * quotient(a, b)),
    "==": same,
    "!=": (a, b) => !same(a, b),
    "<": (a, b) => counted(a) < counted(b),
    ">": (a, b) => counted(a) > counted(b),
    in: (a, b) => (isText(b) ? (isText(a) ? b.includes(a) : lacking()) : listed(b).some((one) => same(one, a))),
    is: (a, b) => a === b,
    "is not": (a, b) => a !== b,
    not: (a) => !holds(a),
    "[]": (of, place) => (isText(of) ? of : listed(of)).at(Number(isWhole(place) ? place : lacking())) ?? lacking(),
    list: (...parts) => parts,
    len: (of) => BigInt(isText(of) ? of.length : listed(of).length),
    sum: (of) => listed(of).reduce(sum, 0n),
    max: (...of) => (of.length > 1 ? of : listed(of[0])).reduce((a, b) => (counted(b) > counted(a) ? b : a)),
    product: (of) => listed(of).reduce(product, 1n),
    whole: (of) => (isText(of) ? (/^\s*[+-]?\d+\s*$/.test(of) ? BigInt(of) : lacking()) : BigInt(Math.trunc(Number(counted(of))))),
    digits: (of) => (isWhole(counted(of)) ? String(counted(of)) : lacking()),
  };
  const evaluate = (tree, names) => {
    if (isText(tree)) return names[tree] ?? null;
    if (!Array.isArray(tree)) return tree;
    const [operation, ...parts] = tree;
    if (operation === "text") return parts[0];
    if (operation === "if") return evaluate(parts[holds(evaluate(parts[0], names)) ? 1 : 2], names);
    if (operation === "and" || operation === "or") {
      return parts.slice(1).reduce((found, part) => (holds(found) === (operation === "or") ? found : evaluate(part, names)), evaluate(parts[0], names));
    }
    return OPERATIONS[operation](...parts.map((part) => evaluate(part, names)));
  };

  // A template, filled: what is absent or null is left out.
  const ABSENT = Symbol("absent");
  const filled = (part, value) => {
    if (Array.isArray(part)) return part.map((one) => filled(one, value)).filter((one) => one !== ABSENT);
    if (!isObject(part)) return part;
    if (part["="]) return value(part["="]);
    if (part.if && !holds(value(part.if))) return ABSENT;
    return Object.fromEntries(Object.entries(part).filter(([key]) => key !== "if")
      .map(([key, one]) => [key, filled(one, value)]).filter(([, one]) => one !== ABSENT && one !== null));
  };

  // The names most like a wrong one: those that begin with it, hold it, share the longest runs with it.
  const shared = (a, b) => {
    let [size, from, to] = [0, 0, 0];
    for (let start = 0; start < a.length; start += 1) {
      for (let other = 0; other < b.length; other += 1) {
        let length = 0;
        while (start + length < a.length && a[start + length] === b[other + length]) length += 1;
        if (length > size) [size, from, to] = [length, start, other];
      }
    }
    return size && size + shared(a.slice(0, from), b.slice(0, to)) + shared(a.slice(from + size), b.slice(to + size));
  };
  const nearest = (name, known) => {
    const wrong = name.toLowerCase();
    const unlike = (one) => [!one.startsWith(wrong), !one.includes(wrong), (-2 * shared(wrong, one)) / (wrong.length + one.length), one];
    const order = (a, b) => { const place = a.findIndex((one, turn) => one !== b[turn]); return place < 0 ? 0 : a[place] < b[place] ? -1 : 1; };
    return known.map(unlike).sort(order).slice(0, 4).map((one) => one[3]).join(", ");
  };

  // Fields of the class; those that are missing as its constructor has them.
  const isLike = (value, known) => {
    if (isFlag(known) || isFlag(value)) return known === null || (isFlag(known) && isFlag(value));
    if (known === null || ((isWhole(known) || isText(known)) && value === null)) return true;
    if (typeof known === "number") return isNumber(value);
    return typeof known === typeof value && Array.isArray(known) === Array.isArray(value) && isObject(known) === isObject(value);
  };
  const fieldsOf = (config, { fields, ignored, only }, name, where) => {
    const known = [...Object.keys(fields), ...ignored, ...Object.keys(only)];
    for (const field of Object.keys(config)) {
      if (!field.startsWith("_") && ![...known, ...data.general].includes(field)) refuse("field", { where, field, name, near: nearest(field, known) });
    }
    for (const [field, values] of Object.entries(only)) {
      if (Object.hasOwn(config, field) && !values.some((value) => same(value, config[field]))) {
        refuse("only", { where, field, value: written(config[field]), known: values.map(written).join(", ") });
      }
    }
    return Object.fromEntries(Object.entries(fields).map(([field, usual]) => {
      const value = Object.hasOwn(config, field) ? config[field] : usual;
      if (!isLike(value, usual) || (isNumber(value) && (value < 0 || value > data.most))) {
        refuse("value", { where, field, value: written(value), example: written(usual) });
      }
      return [field, value];
    }));
  };

  // The description that the template makes, whole: each part of its kind, defaults put in.
  const described = (description, name, where) => {
    const wrong = (place, value) => refuse("part", { where, name, place, value: written(value) });
    const section = (shape, content, path) => {
      const found = { ...content };
      for (const [field, kind, usual] of data.shapes[shape]) {
        const place = path ? `${path}.${field}` : field;
        if (content[field] !== undefined) found[field] = checked(kind, content[field], place);
        else if (usual === undefined) wrong(place, null);
        else found[field] = usual;
      }
      const [rule, sentence] = data.heads;
      if ("heads" in found && !holds(evaluate(rule, found))) refuse("parts", { where, name, place: path, sentence: said(sentence, found) });
      return found;
    };
    const checked = ([kind, least, inner], value, place) => {
      const size = isWhole(value) && value >= least && value <= data.most;
      if (kind === "list") {
        if (!Array.isArray(value) || value.length < least) wrong(place, value);
        return value.map((item, turn) => checked(inner, item, `${place}.${turn}`));
      }
      if (kind === "block") return section(data.kinds[value.kind], value, place);
      if (data.shapes[kind]) return section(kind, value, place);
      const fits = { whole: size, either: isText(value) ? inner?.includes(value) ?? true : size,
        number: isNumber(value) && value > least, flag: isFlag(value), text: isText(value) };
      if (!fits[kind]) wrong(place, value);
      return value;
    };
    return section("Transformer", description, "");
  };

  // Sums of products of sizes, by the places of their sizes.
  const times = (left, right) => {
    const found = new Map();
    for (const [own, a] of left) {
      for (const [theirs, b] of right) {
        const key = [own, theirs].filter(Boolean).join().split(",").sort((one, other) => one - other).join();
        found.set(key, (found.get(key) ?? 0n) + a * b);
      }
    }
    return found;
  };
  const formOf = (terms) => new Map(terms.map(([coefficient, ...places]) => [places.map(Number).sort((a, b) => a - b).join(), coefficient]));
  const constant = (amount) => new Map([["", amount]]);
  const rowsForm = (rows) => {
    if (rows instanceof Map) return rows;
    const found = new Map();
    for (const [, sign, term] of String(rows ?? 0).matchAll(/([+-]?)\s*([^\s+-]+)/g)) {
      const form = data.forms[term] ? formOf(data.forms[term]) : constant(BigInt(term));
      for (const [key, amount] of form) found.set(key, (found.get(key) ?? 0n) + (sign === "-" ? -amount : amount));
    }
    return found;
  };
  const flat = (content, prefix = "", names = {}) => {
    for (const [key, value] of Object.entries(content)) {
      names[prefix + key] = value;
      if (isObject(value) && !(value instanceof Map)) flat(value, `${prefix}${key}.`, names);
      if (key === "layers") {
        names[`${prefix}layers.group`] = value.map((layer) => layer.group);
        const audio = value.filter((layer) => layer.rows === "audio").map((layer) => layer.widths[0]);
        names[`${prefix}layers.audio`] = audio.reduce((most, width) => (width > most ? width : most), 0n);
      }
    }
    return names;
  };

  // Terms of every row of a model: its parts, each with the values of its symbols put in.
  const termsOf = (model) => {
    const rows = data.rows.map(() => new Map());
    const add = (row, form) => {
      for (const [key, amount] of form) rows[row].set(key, (rows[row].get(key) ?? 0n) + amount);
    };
    const rowAt = (row, slot, group) => {
      const [name, place] = row.split(" ");
      const known = place === undefined ? (row === "group" ? data.groupRows[group] : row)
        : `${name}_${Number(place) + (name === "alive" ? 2 * slot : slot - 1)}`;
      return data.rows.indexOf(known);
    };
    const put = (part, names, { slot = 0, group = "" } = {}) => {
      const symbols = data.parts[part].symbols.map((tree) => (
        tree[0] === "rows" && Array.isArray(tree) ? rowsForm(names[tree[1]]) : BigInt(evaluate(tree, names) ?? 0n)));
      for (const [row, terms] of Object.entries(data.parts[part].rows)) {
        for (const [coefficient, ...all] of terms) {
          const places = all.map(Number);
          const values = places.filter((place) => place >= FIRST).map((place) => symbols[place - FIRST]);
          const amount = values.reduce((found, value) => (isWhole(value) ? found * value : found), coefficient);
          if (amount) {
            const sizes = new Map([[places.filter((place) => place < FIRST).join(), amount]]);
            add(rowAt(row, slot, group), values.filter((value) => !isWhole(value)).reduce(times, sizes));
          }
        }
      }
    };
    const layer = ({ widths, ...one }, where) => widths.slice(1).forEach((columns, place) => {
      put("product", { ...one, ...where, inner: widths[place], columns }, { group: one.group });
      if (place + 2 < widths.length) put("activation", { ...one, ...where, columns }, { group: one.group });
    });
    const beside = { depth: 1n, blocks: 0n };
    put("beside", flat({ channels: model.channels, patch: model.patch, output: model.output }));
    if (model.audio?.decoder) put("sound", flat(model.audio.decoder));
    model.layers.forEach((one) => layer(one, beside));
    for (const { shape, group } of model.tables) {
      put("table", { ...beside, entries: shape.map(rowsForm).reduce(times, constant(1n)) }, { group });
    }
    const encoders = model.text?.encoders ?? [];
    const largest = encoders.map(({ id }) => data.encoders[id].parameters).reduce((most, one) => (one > most ? one : most), 0n);
    add(data.rows.indexOf("encoder_parameters"), constant(largest));
    for (const { id, tokens, images } of encoders) {
      const { flops, parameters } = data.encoders[id];
      const encoded = flops.slice().reverse().reduce((found, coefficient) => {
        const next = times(found, rowsForm(tokens));
        return next.set("", (next.get("") ?? 0n) + coefficient);
      }, new Map());
      const encode = times(encoded, constant(images || 1n));
      add(data.rows.indexOf(images ? "encode_image" : "encode"), encode);
      add(data.rows.indexOf("other_parameters"), constant(parameters));
    }
    for (const [row, terms] of Object.entries(data.autoencoders[model.autoencoder].rows)) add(data.rows.indexOf(row), formOf(terms));
    let main = 0;
    for (const block of model.blocks) {
      if (data.main.includes(block.kind)) main += 1;
      put(block.kind, flat(block), { slot: data.main.includes(block.kind) ? main : 0 });
      const where = { depth: block.depth, blocks: 1n };
      for (const one of block.layers ?? []) layer(one, where);
      for (const one of block.attends ?? []) put("attend", { ...one, ...where }, { group: one.group });
    }
    return rows.flatMap((form, row) => [...form].filter(([, amount]) => amount)
      .map(([key, amount]) => [row, amount, ...(key ? key.split(",").map(Number) : [])]));
  };

  // What a configuration does not say, one sentence each.
  const ownOf = (model) => data.autoencoders[model.autoencoder].own;
  const assumed = (config, name, model) => {
    const { fields, pipeline, options, notes } = data.classes[name];
    const missing = Object.keys(fields).filter((field) => !Object.hasOwn(config, field)).sort();
    const [told, words] = [data.assumed, { pipeline, ...model.clip.default, ...model.sampler }];
    const [frames, side] = ["job.frames_stride", "job.side_stride"].map((key) => ownOf(model)[key]);
    const strides = { frames_stride: frames, side_stride: side };
    return [
      ...(missing.length ? [said(told.fields, { fields: missing.join(", ") })] : []),
      said(told.autoencoder, { ...words, ...strides, autoencoder: model.autoencoder }),
      ...(model.text ? [said(told.text, { ...words, tokens: model.text.tokens })] : []),
      said(told.clip, words),
      ...Object.entries(options).map(([option, value]) => said(told.option, { option, value: written(value), pipeline })),
      ...notes,
    ];
  };

  // What the calculator holds of a model: rules, job, shared heads, frames a second, terms of its rows.
  const divisor = (a, b) => (b ? divisor(b, a % b) : a);
  const counts = (model) => {
    const main = model.blocks.filter(({ kind }) => data.main.includes(kind));
    const heads = main.map((block) => block.heads).reduce(divisor);
    const names = flat({ ...model, main: { ...main } }, "", { ...ownOf(model), shared_heads: heads });
    const numbers = (trees) => trees.map((tree) => Number(evaluate(tree, names)));
    const fps = model.clip.fps === null ? null : Number(model.clip.fps);
    const known = model.geometry === null; // strides of a model's own are in no table
    return { known, fps, rules: numbers(data.rules), job: numbers(data.job), heads: Number(heads), terms: termsOf(model) };
  };

  // Expressions over the fields of a configuration, and rules that must hold.
  const valueOf = (names, name, where) => ([expression, tree]) => {
    try {
      return evaluate(tree, names);
    } catch (error) {
      if (![NoValue, RangeError, TypeError].some((kind) => error instanceof kind)) throw error;
      return refuse("no_value", { where, name, expression });
    }
  };
  const obeyed = (rules, value, where) => {
    for (const [expression, tree, sentence] of rules) {
      if (!holds(value([expression, tree]))) refuse("rule", { where, sentence });
    }
  };

  // A configuration of makers' code, or of an older diffusers, in the words of diffusers; what was done.
  const translated = (config, where) => {
    const told = data.quantized.filter((field) => Object.hasOwn(config, field)).map((field) => said(data.assumed.quantized, { field }));
    const name = String(config._class_name);
    const older = isText(config.norm_type) && Object.hasOwn(data.older, config.norm_type) ? data.older[config.norm_type] : null;
    if (name === "Transformer2DModel" && older) return [{ ...config, _class_name: older }, told];
    if (!Object.hasOwn(data.originals, name)) return [config, told];
    const entry = data.originals[name];
    const value = valueOf(fieldsOf(config, entry, name, where), name, where);
    obeyed(entry.rules, value, where);
    const own = Object.fromEntries(Object.entries(entry.config).map(([field, expression]) => [field, value(expression)]));
    const missing = Object.keys(entry.fields).filter((field) => !Object.hasOwn(config, field)).sort();
    const fields = missing.length ? [said(data.assumed.fields, { fields: missing.join(", ") })] : [];
    const kind = entry.class;
    return [{ _class_name: kind, ...own }, [...told, said(data.assumed.original, { name, kind }), ...fields, ...entry.notes]];
  };

  // The model of a configuration as the calculator holds its own, or a Refusal with the sentence.
  const read = (text, where) => {
    let config;
    try {
      config = strict(text);
    } catch (error) {
      refuse("not_json", { where, error: error.message });
    }
    if (!isObject(config)) refuse("no_object", { where });
    const [own, first] = translated(config, where);
    config = own;
    const name = config._class_name ?? null;
    const known = Object.keys(data.classes).sort();
    if (name === null && Object.hasOwn(config, "model_type")) refuse("encoder", { where, name: config.model_type });
    if (name === null) refuse("no_class", { where, example: known.at(-1) });
    if (String(name).endsWith("Pipeline")) refuse("pipeline", { where, name });
    if (String(name).startsWith("Autoencoder")) refuse("autoencoder", { where, name });
    if (Object.hasOwn(data.uncounted, String(name))) refuse("uncounted", { where, name, reason: data.uncounted[name] });
    if (!known.includes(name)) refuse("class", { where, value: written(name), near: nearest(isText(name) ? name : written(name), [...known, ...Object.keys(data.originals)]) });
    const { options, pipeline, rules, model: template, let: named } = data.classes[name];
    const names = { ...fieldsOf(config, data.classes[name], name, where), ...options, pipeline };
    const value = valueOf(names, name, where);
    for (const [key, expression] of Object.entries(named)) names[key] = value(expression);
    obeyed(rules, value, where);
    const model = described(filled(template, value), name, where);
    return { name, assumed: [...first, ...assumed(config, name, model)], ...counts(model) };
  };
  // Any description, as text: of a file of the catalogue too.
  const count = (text) => counts(described(parse(text), "", ""));
  return { read, count, Refusal };
};
