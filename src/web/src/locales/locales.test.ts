import { describe, expect, it } from "vitest";
import en from "./en.json";
import es from "./es.json";

function leaves(node: object, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
}
interface Rule {
  code: string;
  kind: string;
  channels?: string[];
}
const rulesIn = (node: unknown): Rule[] =>
  typeof node !== "object" || node === null
    ? []
    : [...("code" in node && "kind" in node ? [node as Rule] : []), ...Object.values(node).flatMap(rulesIn)];
/** Plural forms differ between languages; their stems must not. */
const stem = (key: string) => key.replace(/_(one|many|other)$/, "");
const keys = (node: object) => [...new Set(leaves(node).map(([key]) => stem(key)))].sort();
const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name).sort();

describe("the translations", () => {
  it("cover the same keys", () => expect(keys(es)).toEqual(keys(en)));

  it("keep the same values in their sentences", () => {
    const spanish = new Map(leaves(es));
    for (const [key, text] of leaves(en)) expect([key, holes(spanish.get(key) ?? "")]).toEqual([key, holes(text)]);
  });

  it("have words for every reason of law not to call", () => {
    const packs = import.meta.glob("../../../Dialer.Core/Compliance/packs/*.json", { eager: true, import: "default" });
    const rules = Object.values(packs).flatMap(rulesIn);
    const codes = rules
      .filter((rule) => rule.channels?.includes("Voice") && rule.kind !== "Condition")
      .map((rule) => rule.code);
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.filter((code) => !(code in en.denial))).toEqual([]);
  });

  it("leave nothing empty", () =>
    expect([...leaves(en), ...leaves(es)].filter(([, text]) => text.trim() === "")).toEqual([]));
});
