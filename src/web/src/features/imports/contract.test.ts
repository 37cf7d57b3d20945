import { describe, expect, it } from "vitest";
import { head, readPositions } from "./contract";

describe("column positions", () => {
  it("are read from lines of name, start and length", () =>
    expect(readPositions("ACCT 1 6\nLast name, 7, 20\n\n")).toEqual([
      { name: "ACCT", start: 1, length: 6 },
      { name: "Last name", start: 7, length: 20 },
    ]));

  it("are refused where a line lacks one", () => {
    expect(readPositions("")).toBeNull();
    expect(readPositions("ACCT 1")).toBeNull();
  });
});

describe("the head of a file", () => {
  it("ends with a line", async () => {
    const line = `${"x".repeat(999)}\n`;
    const cut = await head(new File([line.repeat(1000)], "big.csv"));
    expect(cut.size).toBe(262_000);
    expect((await cut.text()).endsWith("\n")).toBe(true);
  });

  it("is the whole of a workbook", async () => {
    const file = new File([new Uint8Array(400_000)], "big.xlsx");
    expect(await head(file)).toBe(file);
  });
});
