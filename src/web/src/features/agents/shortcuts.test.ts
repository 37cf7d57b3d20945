import { renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { chordOf, labelOf, remap, resetShortcuts, useDigits } from "./shortcuts";

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

  it("take no digit for an outcome that is pressed in what is open over the page", () => {
    document.body.innerHTML = '<button id="page"></button><div role="dialog"><button id="keypad"></button></div>';
    const digits: number[] = [];
    const { unmount } = renderHook(() => useDigits((digit) => digits.push(digit)));
    const press = (on: string, key: string) =>
      document.getElementById(on)?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));

    press("keypad", "5");
    press("page", "2");
    unmount();

    expect(digits).toEqual([2]);
  });
});
