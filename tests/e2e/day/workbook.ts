import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** A cell as the workbook's XML has it: `t` and `s` are the type and the style's number (ECMA-376 18.3.1.4). */
export interface Cell {
  type: string | null;
  text: string;
  /** The style's number format code, `""` for General. */
  format: string;
  formula: boolean;
}

/** The first sheet of an .xlsx, row by row, read without a library so that nothing is interpreted on the way. */
export function readWorkbook(file: string): Cell[][] {
  const parts = unzip(readFileSync(file));
  const sheet = parts.get([...parts.keys()].find((name) => /worksheets\/sheet\d*\.xml$/.test(name)) ?? "");
  const styles = parts.get([...parts.keys()].find((name) => /styles\d*\.xml$/.test(name)) ?? "");
  if (!sheet || !styles) throw new Error(`not a workbook: ${[...parts.keys()].join(", ")}`);
  const formats = numberFormats(styles);
  return elements(sheet, "row").map((row) =>
    elements(row.body, "c").map((cell) => ({
      type: cell.attributes.t ?? null,
      text: unescapeXml(cell.body.replace(/<[^>]*>/g, "")),
      format: formats[Number(cell.attributes.s ?? 0)] ?? "",
      formula: /<(x:)?f[\s>/]/.test(cell.body),
    })),
  );
}

/** A spreadsheet's date serial, in the workbook's own zone, as if it were UTC. */
export const dateOfSerial = (serial: number): Date => new Date(Math.round((serial - 25_569) * 86_400_000));

/** The format code of each cell style, by its place in `cellXfs`. */
function numberFormats(styles: string): string[] {
  const builtIn: Record<string, string> = { 0: "", 3: "#,##0", 4: "#,##0.00", 10: "0.00%" };
  const own = Object.fromEntries(elements(styles, "numFmt").map(({ attributes }) => [attributes.numFmtId, unescapeXml(attributes.formatCode ?? "")]));
  const cells = elements(styles, "cellXfs")[0]?.body ?? "";
  return elements(cells, "xf").map(({ attributes }) => {
    const id = attributes.numFmtId ?? "0";
    return own[id] ?? builtIn[id] ?? id;
  });
}

interface Element {
  attributes: Record<string, string>;
  body: string;
}

/** Elements of one name, with or without the prefix that writers give the main namespace. They may not nest in themselves. */
function elements(xml: string, name: string): Element[] {
  const pattern = new RegExp(`<(?:x:)?${name}((?:\\s[^>]*?)?)(?:/>|>([\\s\\S]*?)</(?:x:)?${name}>)`, "g");
  return [...xml.matchAll(pattern)].map(([, attributes = "", body = ""]) => ({
    attributes: Object.fromEntries([...attributes.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value])),
    body,
  }));
}

const unescapeXml = (text: string) =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" })[name] ?? "");

/** The files of a zip archive by its central directory (APPNOTE 4.3.12). */
function unzip(archive: Buffer): Map<string, string> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error("not a zip archive");
  const files = new Map<string, string>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [method, packed, nameLength] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)];
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(start, start + packed);
    files.set(name, (method === 8 ? inflateRawSync(bytes) : bytes).toString("utf8"));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}
