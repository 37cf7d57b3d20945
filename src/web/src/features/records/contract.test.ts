import { describe, expect, it } from "vitest";
import { questionLines, readQuestions, searchQuery } from "./contract";

describe("questions as lines", () => {
  it("are read back as they were written", () => {
    const questions = [
      { id: "greeting", text: "Named the company?", weight: 1, autoFail: false },
      { id: "disclosure", text: "Said who collects | and why?", weight: 2.5, autoFail: true },
    ];
    expect(readQuestions(questionLines(questions))).toEqual(questions);
  });

  it("are refused where one is not a question", () => {
    expect(readQuestions("")).toBeNull();
    expect(readQuestions("greeting | one | Named the company?")).toBeNull();
    expect(readQuestions("greeting | 1 |")).toBeNull();
  });
});

describe("a search", () => {
  it("takes whole days and leaves blanks out", () => {
    const query = new URLSearchParams(
      searchQuery({ account: " A1 ", agent: "", outcome: "", from: "2026-07-14", to: "2026-07-14" }, null),
    );
    expect(query.get("account")).toBe("A1");
    expect(query.has("agent")).toBe(false);
    expect(Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "")).toBe(86_400_000);
  });
});
