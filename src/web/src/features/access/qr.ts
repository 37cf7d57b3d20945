/**
 * A QR code (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10, so at most 213 bytes. Rows of modules, true is dark, without the
 * quiet zone. A RangeError for what is longer.
 */
export function qrCode(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version =
    1 + sizes.findIndex(({ blocks }, at) => total(blocks) * 8 >= 4 + lengthBits(at + 1) + bytes.length * 8);
  if (version === 0) throw new RangeError("A QR code of these sizes holds at most 213 bytes.");
  const frame = frameOf(version);
  const words = interleave(dataWords(bytes, version), version);
  const drawn = maskRules.map((_, mask) => draw(frame, words, version, mask));
  const best = drawn.map(penalty).reduce((least, each, at, all) => (each < (all[least] ?? 0) ? at : least), 0);
  return drawn[best] as boolean[][];
}

interface Frame {
  size: number;
  dark: boolean[][];
  fixed: boolean[][];
}

/** By version, from 1: the error correction words of each block, the data words of each, and where alignment patterns stand. */
export const sizes: { check: number; blocks: number[]; aligned: number[] }[] = [
  { check: 10, blocks: [16], aligned: [] },
  { check: 16, blocks: [28], aligned: [6, 18] },
  { check: 26, blocks: [44], aligned: [6, 22] },
  { check: 18, blocks: [32, 32], aligned: [6, 26] },
  { check: 24, blocks: [43, 43], aligned: [6, 30] },
  { check: 16, blocks: [27, 27, 27, 27], aligned: [6, 34] },
  { check: 18, blocks: [31, 31, 31, 31], aligned: [6, 22, 38] },
  { check: 22, blocks: [38, 38, 39, 39], aligned: [6, 24, 42] },
  { check: 22, blocks: [36, 36, 36, 37, 37], aligned: [6, 26, 46] },
  { check: 26, blocks: [43, 43, 43, 43, 44], aligned: [6, 28, 50] },
];

const sizeOf = (version: number) => sizes[version - 1] as (typeof sizes)[number];
const total = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0);
const lengthBits = (version: number) => (version < 10 ? 8 : 16);

export const maskRules: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Mode, length, the bytes, and padding up to the version's data words. */
function dataWords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let at = length - 1; at >= 0; at -= 1) bits.push((value >> at) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, lengthBits(version));
  for (const byte of bytes) push(byte, 8);
  const room = total(sizeOf(version).blocks);
  push(0, Math.min(4, room * 8 - bits.length));
  while (bits.length % 8 > 0) bits.push(0);
  const words: number[] = [];
  for (let at = 0; at < bits.length; at += 8)
    words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Blocks with their check words, one word of each in turn. */
function interleave(words: number[], version: number): number[] {
  const { check, blocks } = sizeOf(version);
  const data = blocks.map((length, at) => {
    const from = total(blocks.slice(0, at));
    return words.slice(from, from + length);
  });
  const checks = data.map((block) => checkWords(block, check));
  const inTurn = (parts: number[][]) =>
    Array.from({ length: Math.max(...parts.map((part) => part.length)) }, (_, at) =>
      parts.flatMap((part) => (at < part.length ? [part[at] as number] : [])),
    ).flat();
  return [...inTurn(data), ...inTurn(checks)];
}

/** Product in the field of 256 elements, modulo x^8 + x^4 + x^3 + x^2 + 1. */
export function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1)
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0) ^ ((b >> bit) & 1 ? a : 0);
  return product & 0xff;
}

/** The remainder of a Reed-Solomon division. */
function checkWords(block: number[], many: number): number[] {
  let generator = [1];
  for (let at = 0, root = 1; at < many; at += 1, root = times(root, 2))
    generator = [...generator, 0].map((each, i) => each ^ times(i > 0 ? (generator[i - 1] ?? 0) : 0, root));
  const rest = new Array<number>(many).fill(0);
  for (const word of block) {
    const factor = word ^ (rest.shift() as number);
    rest.push(0);
    for (let i = 0; i < many; i += 1) rest[i] = (rest[i] ?? 0) ^ times(generator[i + 1] ?? 0, factor);
  }
  return rest;
}

/** Everything that is the same for every text of a version; format and version are only kept free here. */
export function frameOf(version: number): Frame {
  const size = 17 + 4 * version;
  const dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const frame = { size, dark, fixed };
  for (let at = 0; at < size; at += 1) {
    set(frame, at, 6, at % 2 === 0);
    set(frame, 6, at, at % 2 === 0);
  }
  const square = (x: number, y: number, reach: number, light: number[]) => {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1)
        set(frame, x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4, [2, 4]);
  const { aligned } = sizeOf(version);
  const last = aligned.at(-1);
  for (const x of aligned)
    for (const y of aligned)
      if (!((x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6))) square(x, y, 2, [1]);
  writeFormat(frame, 0);
  writeVersion(frame, version);
  return frame;
}

function set({ size, dark, fixed }: Frame, x: number, y: number, on: boolean): void {
  if (x < 0 || y < 0 || x >= size || y >= size) return;
  (dark[y] as boolean[])[x] = on;
  (fixed[y] as boolean[])[x] = true;
}

/** A value and the remainder of its division, as the two small codes of the standard have it. */
const withRest = (value: number, generator: number, length: number): number => {
  let rest = value;
  for (let at = 0; at < length; at += 1) rest = (rest << 1) ^ (rest >> (length - 1) ? generator : 0);
  return (value << length) | rest;
};

/** Level M is 00. Written twice, round the first corner and along the two others. */
function writeFormat(frame: Frame, mask: number): void {
  const bits = withRest(mask, 0x537, 10) ^ 0x5412;
  const on = (at: number) => ((bits >> at) & 1) === 1;
  const { size } = frame;
  for (let at = 0; at < 15; at += 1) {
    if (at < 6) set(frame, 8, at, on(at));
    else if (at < 8) set(frame, 8, at + 1, on(at));
    else if (at === 8) set(frame, 7, 8, on(at));
    else set(frame, 14 - at, 8, on(at));
    if (at < 8) set(frame, size - 1 - at, 8, on(at));
    else set(frame, 8, size - 15 + at, on(at));
  }
  set(frame, 8, size - 8, true);
}

function writeVersion(frame: Frame, version: number): void {
  if (version < 7) return;
  const bits = withRest(version, 0x1f25, 12);
  for (let at = 0; at < 18; at += 1) {
    const [long, short] = [frame.size - 11 + (at % 3), Math.floor(at / 3)];
    set(frame, long, short, ((bits >> at) & 1) === 1);
    set(frame, short, long, ((bits >> at) & 1) === 1);
  }
}

/** The free modules in the order in which words are written: pairs of columns from the right, upwards and downwards in turn, past the timing column. */
export function* path({ size, fixed }: Frame): Generator<[x: number, y: number]> {
  let upwards = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const y = upwards ? size - 1 - step : step;
      for (const x of [right, right - 1]) if (!fixed[y]?.[x]) yield [x, y];
    }
    upwards = !upwards;
  }
}

function draw(frame: Frame, words: number[], version: number, mask: number): boolean[][] {
  const copy: Frame = { ...frame, dark: frame.dark.map((row) => [...row]), fixed: frame.fixed.map((row) => [...row]) };
  const masked = maskRules[mask] as (x: number, y: number) => boolean;
  let at = 0;
  for (const [x, y] of path(frame)) {
    const bit = ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
    (copy.dark[y] as boolean[])[x] = (bit === 1) !== masked(x, y);
    at += 1;
  }
  writeFormat(copy, mask);
  writeVersion(copy, version);
  return copy.dark;
}

/** How hard it is to read, by the standard's four features: long runs, full squares, what looks like a corner, and too much of one shade. */
function penalty(dark: boolean[][]): number {
  const size = dark.length;
  const columns = dark.map((_, x) => dark.map((row) => row[x] as boolean));
  let points = 0;
  for (const line of [...dark, ...columns]) {
    const text = line.map((on) => (on ? "1" : "0")).join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) points += run.length - 2;
    points += 40 * [...text.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  for (let y = 1; y < size; y += 1)
    for (let x = 1; x < size; x += 1) {
      const on = dark[y]?.[x];
      if (on === dark[y - 1]?.[x] && on === dark[y]?.[x - 1] && on === dark[y - 1]?.[x - 1]) points += 3;
    }
  const share = dark.flat().filter(Boolean).length / (size * size);
  return points + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}
