import { describe, expect, it } from "vitest";
import { frameOf, maskRules, path, qrCode, sizes, times } from "./qr";

const texts = [
  "a",
  "otpauth://totp/Dialer:supervisor?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Dialer",
  "Señora Núñez debe 340,25 €. ".repeat(5),
  "x".repeat(213),
];

/** Reads a code back: the format says the mask, the path gives the words, each block must divide without a rest. */
function read(code: boolean[][]): { text: string; rests: number[] } {
  const version = (code.length - 17) / 4;
  const format = [0, 1, 2, 3, 4, 5, 7, 8]
    .map((y) => code[y]?.[8])
    .concat([7, 5, 4, 3, 2, 1, 0].map((x) => code[8]?.[x]));
  const bits = format.reduce((sum, on, at) => sum | (on ? 1 << at : 0), 0) ^ 0x5412;
  const mask = maskRules[(bits >> 10) & 7] as (x: number, y: number) => boolean;
  const stream = [...path(frameOf(version))].map(([x, y]): number => (code[y]?.[x] !== mask(x, y) ? 1 : 0));
  const words = Array.from({ length: Math.floor(stream.length / 8) }, (_, at) =>
    stream.slice(8 * at, 8 * at + 8).reduce((word, bit) => (word << 1) | bit, 0),
  );
  const { blocks, check } = sizes[version - 1] as (typeof sizes)[number];
  const found: number[][] = blocks.map(() => []);
  for (let at = 0; at < Math.max(...blocks); at += 1)
    for (const [block, length] of blocks.entries()) if (at < length) found[block]?.push(words.shift() as number);
  const data = found.flat();
  for (let at = 0; at < check; at += 1) for (const block of found) block.push(words.shift() as number);
  const rests = found.flatMap((block) =>
    Array.from({ length: check }, (_, power) => {
      let root = 1;
      for (let at = 0; at < power; at += 1) root = times(root, 2);
      return block.reduce((value, word) => times(value, root) ^ word, 0);
    }),
  );
  const all = data.flatMap((word) => [7, 6, 5, 4, 3, 2, 1, 0].map((at) => (word >> at) & 1));
  const number = (from: number, length: number) =>
    all.slice(from, from + length).reduce((sum, bit) => sum * 2 + bit, 0);
  const lengthBits = version < 10 ? 8 : 16;
  const bytes = Array.from({ length: number(4, lengthBits) }, (_, at) => number(4 + lengthBits + 8 * at, 8));
  return { text: new TextDecoder().decode(new Uint8Array(bytes)), rests };
}

describe("a QR code", () => {
  it.each(texts)("says what was written, with check words that divide without a rest: %s", (text) => {
    const { text: back, rests } = read(qrCode(text));
    expect(back).toBe(text);
    expect(new Set(rests)).toEqual(new Set([0]));
  });

  it("takes the smallest size that holds it, and refuses what none holds", () => {
    expect([14, 15, 62, 106, 122, 180, 181].map((length) => (qrCode("x".repeat(length)).length - 17) / 4)).toEqual([
      1, 2, 4, 6, 7, 9, 10,
    ]);
    expect(() => qrCode("x".repeat(214))).toThrow(RangeError);
  });

  it("multiplies as the field of the standard does", () =>
    expect([times(2, 0x80), times(3, 7), times(0x53, 0xca)]).toEqual([0x1d, 9, 0x8f]));
});
