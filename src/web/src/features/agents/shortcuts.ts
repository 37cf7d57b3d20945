import { useEffect, useRef } from "react";

/** Alt+Shift and a letter, by the key's place on the board: free in the browsers and screen readers in use. */
const defaults = {
  toggleBreak: "Alt+Shift+KeyA",
  hangUp: "Alt+Shift+KeyH",
  hold: "Alt+Shift+KeyL",
  mute: "Alt+Shift+KeyM",
  transfer: "Alt+Shift+KeyX",
  record: "Alt+Shift+KeyR",
  pay: "Alt+Shift+KeyP",
  keypad: "Alt+Shift+KeyK",
  script: "Alt+Shift+KeyS",
  outcome: "Alt+Shift+KeyO",
  note: "Alt+Shift+KeyN",
  save: "Ctrl+Enter",
} as const;

export type ShortcutName = keyof typeof defaults;
export const shortcutNames = Object.keys(defaults) as ShortcutName[];

const keysKey = "dialer.shortcuts";

const remapped = (): Partial<Record<ShortcutName, string>> => {
  try {
    return JSON.parse(localStorage.getItem(keysKey) ?? "{}");
  } catch {
    return {};
  }
};

/** The combination in force, as "Alt+Shift+KeyH". */
export const chordOf = (name: ShortcutName): string => remapped()[name] ?? defaults[name];

export const labelOf = (name: ShortcutName): string => chordOf(name).replace(/Key(?=[A-Z]$)|Digit(?=\d$)/, "");

export const chordFrom = (event: Pick<KeyboardEvent, "code" | "ctrlKey" | "altKey" | "shiftKey">): string =>
  [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.code].filter(Boolean).join("+");

/** False when the keys are another shortcut's, the palette's, or lack a modifier: a single letter would be typed by accident. */
export function remap(
  name: ShortcutName,
  event: Pick<KeyboardEvent, "code" | "ctrlKey" | "altKey" | "shiftKey">,
): boolean {
  const chord = chordFrom(event);
  if (!(event.ctrlKey || event.altKey) || chord === "Ctrl+KeyK") return false;
  if (shortcutNames.some((other) => other !== name && chordOf(other) === chord)) return false;
  localStorage.setItem(keysKey, JSON.stringify({ ...remapped(), [name]: chord }));
  return true;
}

export const resetShortcuts = (): void => localStorage.removeItem(keysKey);

const digitsKey = "dialer.singleKeys";

/** Single digits choose outcomes only while this is on (WCAG 2.1.4). */
export const singleKeysOn = (): boolean => localStorage.getItem(digitsKey) !== "off";
export const setSingleKeys = (on: boolean): void => localStorage.setItem(digitsKey, on ? "on" : "off");

/** What the keys do on the page that is open, for the palette to offer by name. */
const active = new Map<ShortcutName, { run: () => void; can: () => boolean }>();

export const possibleShortcuts = (): ShortcutName[] => shortcutNames.filter((name) => active.get(name)?.can());

export const runShortcut = (name: ShortcutName): void => active.get(name)?.run();

export function useShortcut(
  name: ShortcutName,
  action: () => void,
  enabled = true,
  can: () => boolean = () => true,
): void {
  const latest = useRef({ action, can });
  latest.current = { action, can };
  useEffect(() => {
    if (!enabled) return;
    const own = { run: () => latest.current.action(), can: () => latest.current.can() };
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || chordFrom(event) !== chordOf(name)) return;
      event.preventDefault();
      own.run();
    };
    active.set(name, own);
    window.addEventListener("keydown", listen);
    return () => {
      window.removeEventListener("keydown", listen);
      if (active.get(name) === own) active.delete(name);
    };
  }, [name, enabled]);
}

/** A button that the shortcut presses, with the focus, as if by hand: what opens from it closes back to it. */
export function useShortcutButton(name: ShortcutName) {
  const button = useRef<HTMLButtonElement>(null);
  const can = () => Boolean(button.current && !button.current.disabled);
  const press = () => {
    if (!can()) return;
    button.current?.focus();
    button.current?.click();
  };
  useShortcut(name, press, true, can);
  return button;
}

/** What opens over the page has the keys to itself: a digit at the keypad is a tone that is meant, and no outcome. */
const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="dialog"]') !== null;

/** A digit 1 to 9 pressed while nothing is being typed and nothing is open over the page. */
export function useDigits(action: (digit: number) => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!singleKeysOn() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (isTyping(event.target) || isInDialog(event.target) || !/^[1-9]$/.test(event.key)) return;
      event.preventDefault();
      latest.current(Number(event.key));
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)
    ? !(target instanceof HTMLInputElement && ["checkbox", "radio", "button"].includes(target.type))
    : false;
}
