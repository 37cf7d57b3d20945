import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";

/** A list in one field, separated by commas. What was typed stays as it is, so that a comma can be typed. */
export function WordsInput({
  words,
  onWords,
  ...field
}: { words: readonly string[]; onWords: (words: string[]) => void } & Omit<TextInputProps, "value" | "onChange">) {
  const [text, setText] = useState(words.join(", "));
  const shown = same(wordsOf(text), words) ? text : words.join(", ");
  return (
    <TextInput
      size="xs"
      {...field}
      value={shown}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onWords(wordsOf(event.currentTarget.value));
      }}
    />
  );
}

/** The parts of a text between commas, semicolons and line ends. A part may have spaces within. */
export const wordsOf = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter(Boolean);

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, at) => word === b[at]);
