import { describe, expect, it } from "vitest";
import { isSkillName, readSkill, writeSkill } from "./teams";

describe("skills", () => {
  it.each([
    ["es", { name: "es", level: 1 }],
    ["es:3", { name: "es", level: 3 }],
    ["tier:9", { name: "tier", level: 5 }],
    ["licence-ny", { name: "licence-ny", level: 1 }],
    ["a:b", { name: "a:b", level: 1 }],
  ])("%s is read with its level", (word, skill) => {
    expect(readSkill(word)).toEqual(skill);
  });

  it("are written as campaigns ask for them", () => {
    expect(
      [
        { name: "es", level: 1 },
        { name: "es", level: 4 },
      ].map(writeSkill),
    ).toEqual(["es", "es:4"]);
  });

  it.each(["", "Es", "two words", "serves-inbound", "-es"])("'%s' is no name of a skill", (name) => {
    expect(isSkillName(name)).toBe(false);
  });
});
