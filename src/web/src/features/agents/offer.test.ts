import { describe, expect, it } from "vitest";
import { forgiven, offerStep } from "./offer";

const offer = { balance: 100, currency: "USD", mostPercent: 20, least: 80, standing: null };
const form = { amount: "80", lastDay: "2026-06-20", reason: "" };

describe("an offer", () => {
  it.each([
    [{ amount: "" }, "amount"],
    [{ amount: "1.234" }, "amount"],
    [{ amount: "100" }, "settles"],
    [{ lastDay: "" }, "day"],
    [{}, "offer"],
    [{ amount: "79.99" }, "reason"],
    [{ amount: "79.99", reason: "Hardship" }, "ask"],
  ])("%o: %s", (change, step) => {
    expect(offerStep(offer, { ...form, ...change })).toBe(step);
  });

  it("of an agent without authority is always a question", () => {
    expect(offerStep({ ...offer, mostPercent: 0, least: null }, { ...form, amount: "99", reason: "Hardship" })).toBe(
      "ask",
    );
  });

  it("forgives what it leaves of the balance", () => {
    expect(forgiven(200, 150)).toBe(0.25);
  });
});
