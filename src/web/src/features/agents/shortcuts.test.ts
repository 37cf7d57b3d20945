import { beforeEach, describe, expect, it } from "vitest";
import { chordOf, labelOf, remap, resetShortcuts } from "./shortcuts";

const keys = (code: string, ...held: string[]) => ({
  code,
  ctrlKey: held.includes("Ctrl"),
  altKey: held.includes("Alt"),
  shiftKey: held.includes("Shift"),
});

describe("the shortcuts", () => {
  beforeEach(() => resetShortcuts());

  it("are changed one by one and kept", () => {
    expect(remap("hangUp", keys("KeyE", "Ctrl", "Alt"))).toBe(true);
    expect(chordOf("hangUp")).toBe("Ctrl+Alt+KeyE");
    expect(labelOf("hangUp")).toBe("Ctrl+Alt+E");
    expect(labelOf("note")).toBe("Alt+Shift+N");
  });

  it("refuse a key of another action, of the palette, and a letter alone", () => {
    expect(remap("hangUp", keys("KeyN", "Alt", "Shift"))).toBe(false);
    expect(remap("hangUp", keys("KeyK", "Ctrl"))).toBe(false);
    expect(remap("hangUp", keys("KeyE"))).toBe(false);
    expect(labelOf("hangUp")).toBe("Alt+Shift+H");
  });
});
