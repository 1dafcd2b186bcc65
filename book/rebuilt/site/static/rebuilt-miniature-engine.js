// Runs the miniature: the book's compiled kernels on its weights, in a worker or in the page.
// The function needs nothing from outside, so that its text can become a worker. No formula of the
// model stands here: memory is laid out, and the kernels are called step by step.
window.rebuiltMiniatureEngine = async function engine(data) {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes(data.module), {});
  const { memory, __heap_base: base, noise, room, step, decode } = instance.exports;

  // Arrays lie one after another in the module's memory, which grows as they need.
  let end = Math.ceil(base.value / 16) * 16;
  const place = (Kind, content) => {
    const size = content.length ?? content;
    const at = end;
    end += Math.ceil((size * Kind.BYTES_PER_ELEMENT) / 16) * 16;
    const lacking = end - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / 65536));
    const array = { at, size, view: () => new Kind(memory.buffer, at, size) };
    if (content.length !== undefined) array.view().set(content);
    return array;
  };
  const whole = (values) => place(BigInt64Array, Array.from(values, BigInt));

  // Learned values are float16; what the book computed behind them is float32.
  const half = (bits) => {
    const exponent = (bits >> 10) & 31;
    const size = exponent ? (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15) : (bits & 1023) * 2 ** -24;
    return bits & 32768 ? -size : size;
  };
  const vector = ({ values, learned, places }) => {
    const raw = bytes(values).buffer;
    const halves = Array.from(new Uint16Array(raw, 0, learned), half);
    const rest = new Float32Array(raw.slice(2 * learned));
    const all = new Float32Array(learned + rest.length);
    all.set(halves);
    all.set(rest, learned);
    return { values: place(Float32Array, all), places: whole(places) };
  };
  const scratch = place(Float64Array, 2);
  const transformer = vector(data.transformer);
  const decoder = vector(data.decoder);
  const sizes = whole(data.transformer.sizes);
  const layers = whole(data.decoder.layers);
  const kept = end;
  const call = (kernel, ...values) => kernel(scratch.at, scratch.at + 8, ...values);
  const both = (array) => [array.at, array.size];

  // One clip: patches of noise, as many steps as are asked for, then pixels.
  return function begin({ tokens, empty, grid, seed, steps, guidance, shift }) {
    end = kept;
    const count = grid[0] * grid[1] * grid[2];
    const inputs = data.transformer.sizes[5];
    const words = whole([...tokens, ...empty]);
    const packed = whole([tokens.length, ...grid, empty.length, ...grid]);
    const shape = whole([grid[0], grid[1] * data.patch, grid[2] * data.patch]);
    const patches = place(Float32Array, count * inputs);
    const times = place(Float32Array, 2);
    const found = whole(new Array(8).fill(0));
    call(noise, whole([seed]).at, ...both(patches));
    call(room, sizes.at, ...both(packed), ...both(layers), shape.at, found.at);
    const numbers = Array.from(found.view(), Number);
    const frames = numbers[3];
    const height = 2 * numbers[4];
    const width = 2 * numbers[5];
    const work = place(Float32Array, Math.max(numbers[6], numbers[7]));
    const clip = place(Float32Array, frames * height * width * 3);
    const pixels = place(Uint8Array, frames * height * width * 4);
    const time = (turn) => {
      const even = 1 - turn / steps;
      return (shift * even) / (1 + (shift - 1) * even);
    };
    return {
      frames,
      height,
      width,
      steps,
      advance(turn) {
        times.view().set([time(turn), time(turn + 1)]);
        call(step, ...both(transformer.values), ...both(transformer.places), sizes.at, packed.at,
          ...both(words), ...both(patches), times.at, guidance, ...both(work));
      },
      patches: () => patches.view().slice(),
      pixels() {
        const now = place(Float32Array, patches.size); // decoding leaves the patches as they are
        now.view().set(patches.view());
        call(decode, ...both(decoder.values), ...both(decoder.places), ...both(layers), shape.at,
          data.patch, ...both(now), found.at, ...both(work), ...both(clip), pixels.at);
        return pixels.view().slice();
      },
    };
  };
};
