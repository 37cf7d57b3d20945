import { describe, expect, it } from "vitest";
import { exchange } from "./LimitsPage";

describe("the questions of a client", () => {
  it("change places rather than be asked twice", () => {
    expect(exchange(["Zip", "BirthDate", "SsnLast4"], 0, "SsnLast4")).toEqual(["SsnLast4", "BirthDate", "Zip"]);
    expect(exchange(["Zip", "BirthDate"], 1, "Zip")).toEqual(["BirthDate", "Zip"]);
    expect(exchange(["Zip", "BirthDate"], 1, "SsnLast4")).toEqual(["Zip", "SsnLast4"]);
  });

  it("are two or three", () => {
    expect(exchange(["Zip", "BirthDate"], 2, "SsnLast4")).toEqual(["Zip", "BirthDate", "SsnLast4"]);
    expect(exchange(["Zip", "BirthDate", "SsnLast4"], 2, "")).toEqual(["Zip", "BirthDate"]);
    expect(exchange(["Zip", "BirthDate"], 2, "Zip")).toEqual(["Zip", "BirthDate"]);
  });
});
