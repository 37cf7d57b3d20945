import { describe, expect, it } from "vitest";
import { LineQuality } from "./lineQuality";

const heard = (scores: (number | null)[]) => {
  const quality = new LineQuality();
  return scores.map((score) => quality.add(score));
};

describe("the line's quality", () => {
  it("is told after five seconds and again only when it changes", () =>
    expect(heard([4.3, 4.3, 4.3, 4.3, 4.3, 4.3, 4.2])).toEqual([null, null, null, null, "good", null, null]));

  it("does not change for one bad second, and does for a bad spell", () => {
    expect(heard([4.4, 4.4, 4.4, 4.4, 4.4, 2.5]).at(-1)).toBeNull();
    expect(heard([4.4, 4.4, 4.4, 4.4, 4.4, 2.5, 2.5]).at(-1)).toBe("fair");
    expect(heard([4.4, 4.4, 4.4, 4.4, 4.4, 2.5, 2.5, 2.5, 2.5, 2.5])).toContain("poor");
  });

  it("ignores seconds that have no score", () => expect(heard([null, null, 4.3, 4.3, 4.3, 4.3]).at(-1)).toBeNull());
});
