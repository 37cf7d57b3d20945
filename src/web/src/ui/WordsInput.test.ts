import { expect, test } from "vitest";
import { wordsOf } from "./WordsInput";

test("a list is parted by commas, semicolons and line ends, not by spaces", () => {
  expect(wordsOf("Level 3, es;\n vip ,,")).toEqual(["Level 3", "es", "vip"]);
});
