import { describe, expect, it } from "vitest";
import { serviceNow } from "./clock";
import { formatDuration, formatMoney, formatShare, share } from "./format";
import { splitCode } from "./i18n";

describe("durations", () => {
  it.each([
    [0, "0:00"],
    [59_999, "0:59"],
    [61_000, "1:01"],
    [3_600_000, "1:00:00"],
    [-5_000, "0:00"],
  ])("%d ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("shares", () => {
  it("is a dash when there is nothing to divide by, never 0 %", () => {
    expect(formatShare(share(0, 0), "en")).toBe("–");
    expect(formatShare(share(0, 5), "en")).toBe("0.0%");
  });
  it("keeps two digits where a cap is near", () => expect(formatShare(0.02951, "en", 2)).toBe("2.95%"));
});

describe("money", () => {
  it("shows cents until they stop mattering", () => {
    expect(formatMoney(1234.5, "en")).toBe("$1,234.50");
    expect(formatMoney(12_345.67, "en")).toBe("$12,346");
  });
});

describe("the service's clock", () => {
  it("runs on between messages at its own speed", () => {
    const reading = { clock: { now: "2026-07-14T14:00:00Z", speed: 20, simulated: true }, receivedAt: 1_000 };
    expect(serviceNow(reading, 1_500)).toBe(Date.parse("2026-07-14T14:00:10Z"));
  });
  it("never runs backwards when a tick is older than the message", () => {
    const reading = { clock: { now: "2026-07-14T14:00:00Z", speed: 20, simulated: true }, receivedAt: 1_000 };
    expect(serviceNow(reading, 900)).toBe(Date.parse("2026-07-14T14:00:00Z"));
  });
});

describe("codes without a translation", () => {
  it.each([
    ["OutsideCallingWindow", "Outside calling window"],
    ["reg_f.seven-in-seven", "Reg f seven in seven"],
  ])("%s reads %s", (code, text) => expect(splitCode(code)).toBe(text));
});
