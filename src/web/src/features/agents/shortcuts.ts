import { useEffect, useRef } from "react";

/** Alt+Shift and a letter, by the key's place on the board: free in the browsers and screen readers in use. */
export const shortcuts = {
  toggleBreak: { code: "KeyA", label: "Alt+Shift+A" },
  hangUp: { code: "KeyH", label: "Alt+Shift+H" },
  mute: { code: "KeyM", label: "Alt+Shift+M" },
  outcome: { code: "KeyO", label: "Alt+Shift+O" },
  note: { code: "KeyN", label: "Alt+Shift+N" },
  save: { code: "Enter", label: "Ctrl+Enter" },
} as const;
export type ShortcutName = keyof typeof shortcuts;

const digitsKey = "dialer.singleKeys";

/** Single digits choose outcomes only while this is on (WCAG 2.1.4). */
export const singleKeysOn = (): boolean => localStorage.getItem(digitsKey) !== "off";
export const setSingleKeys = (on: boolean): void => localStorage.setItem(digitsKey, on ? "on" : "off");

export function useShortcut(name: ShortcutName, action: () => void, enabled = true): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      const modified = name === "save" ? event.ctrlKey && !event.altKey : event.altKey && event.shiftKey;
      if (!modified || event.code !== shortcuts[name].code || event.repeat) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [name, enabled]);
}

/** A digit 1 to 9 pressed while nothing is being typed. */
export function useDigits(action: (digit: number) => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!singleKeysOn() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (isTyping(event.target) || !/^[1-9]$/.test(event.key)) return;
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
