import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test, useScheme } from "../screens";
import { choose, goTo, press, spell, write } from "./hands";
import { creditor, farAway, goodRows, placement, repaired, repairs } from "./placement";
import { type Stack, startStack } from "./stack";
import { type Cell, dateOfSerial, readWorkbook } from "./workbook";

/**
 * A supervisor's day by keyboard alone, on a service of the test's own with its phone network and virtual agents. The project `day` is all of it;
 * `shift` leaves out what waits for agents to talk, so that it is short enough for every run.
 */
const slow = { timeout: 45_000 };

/** A name that a spreadsheet would evaluate, had the workbook not made a text of it. */
const campaign = "=1+2 Pier Nine";

let stack: Stack;

test.beforeAll(async ({ browserName: _ }, testInfo) => {
  testInfo.setTimeout(180_000);
  stack = await startStack({ accounts: 400, agents: 8, speed: testInfo.project.name === "day" ? 4 : 10, seed: 7 });
});

test.afterAll(() => stack?.end());

test("a supervisor's day, from the file to the closed floor, by keyboard alone", async ({ page }, testInfo) => {
  const whole = testInfo.project.name === "day";
  test.setTimeout(whole ? 480_000 : 360_000); // on a busy machine; alone it takes a quarter of that
  page.setDefaultTimeout(45_000);
  await signInAt(page);

  await test.step("imports a file with bad rows, mends them and sends them again", () => importsAndMends(page));
  await test.step("builds a campaign and starts it", () => buildsAndStarts(page));
  await test.step("watches it dial", () => watches(page));
  if (whole) await test.step("slows it", () => slowsIt(page));
  if (whole) await test.step("listens and whispers to a call", () => listensAndWhispers(page));
  await test.step("explains why an account is not called", () => explains(page));
  await test.step("takes the figures as a workbook", () => exports(page));
  await test.step("ends the day", () => endsTheDay(page));
});

async function signInAt(page: Page): Promise<void> {
  await page.goto(stack.url);
  await write(page.getByRole("textbox", { name: "User name" }), "supervisor");
  await page.keyboard.press("Tab");
  await page.keyboard.type(stack.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
}

async function importsAndMends(page: Page): Promise<void> {
  await goTo(page, "Imports");
  const rejects = await sendFile(page, "pier-nine.csv", placement(), async () => {
    await expect(page.getByText("Checked, nothing written: pier-nine.csv")).toBeVisible(slow);
    await expect(page.getByRole("table", { name: "Rows to look at" }).getByRole("row")).toHaveCount(1 + repairs.length);
    await seen(page);
  });
  expect(rejects.split("\n")[0]).toMatch(/error_code,error_text/);
  for (const [wrong] of repairs) expect(rejects).toContain(wrong);

  await press(page.getByRole("button", { name: "Send the repaired rejects" }));
  await sendFile(page, "pier-nine-mended.csv", repaired(rejects), () => expect(page.getByText("Checked, nothing written: pier-nine-mended.csv")).toBeVisible(slow));
  await expect(page.getByRole("link", { name: /^Rejects of/ })).toHaveCount(0);
  const list = page.getByRole("table", { name: "Imports so far" });
  await expect(list.getByRole("row", { name: /pier-nine-mended/ })).toContainText("Imported");
}

/** A file through the wizard's four steps. Returns its rejects, if it had any. */
async function sendFile(page: Page, name: string, text: string, atVerdict: () => Promise<void>): Promise<string> {
  const client = page.getByRole("combobox", { name: "Client" });
  if ((await client.inputValue()) === "") await choose(page, "Client", /Northfield/);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await press(page.getByRole("button", { name: "Preview" }));
  await press(page.getByRole("button", { name: "Check all rows" }));
  await atVerdict();
  await press(page.getByRole("button", { name: /^Import .* rows?$/ }));
  await expect(page.getByText(`Imported: ${name}`)).toBeVisible(slow);
  const link = page.getByRole("link", { name: `Rejects of ${name}`, exact: true });
  if ((await link.count()) === 0) return "";
  const download = page.waitForEvent("download");
  await press(link);
  return readFileSync(await (await download).path(), "utf8");
}

async function buildsAndStarts(page: Page): Promise<void> {
  await goTo(page, "Campaigns");
  await press(page.getByRole("link", { name: "New campaign" }));
  await press(page.getByRole("radio", { name: /Predictive/ }), "Space");
  await write(page.getByRole("textbox", { name: "Name" }), campaign);
  await choose(page, "Client", /Northfield/);
  await choose(page, "Creditor", creditor);
  await page.keyboard.press("Escape"); // a list of many stays open until it is left
  await expect(page.locator(".list-count")).toContainText(String(goodRows + repairs.length), slow);
  await write(page.getByRole("textbox", { name: "Caller ID" }), "+12125550100");
  await expect(page.getByRole("option")).toHaveCount(0);
  await seen(page);
  await press(page.getByRole("button", { name: "Create as draft" }));
  await expect(page.getByText(`${goodRows + repairs.length} accounts loaded`)).toBeVisible(slow);
  await press(page.getByRole("main").getByRole("link", { name: "Campaigns" }));
  await press(page.getByRole("button", { name: `Launch ${campaign}` }));
  await press(page.getByRole("dialog").getByRole("button", { name: "Launch" }));
  await expect(page.getByRole("button", { name: `Pause ${campaign}` })).toBeVisible(slow);
}

async function watches(page: Page): Promise<void> {
  await goTo(page, "Floor");
  const row = page.getByRole("table", { name: "Campaigns" }).getByRole("row", { name: campaign });
  await press(row.getByRole("button", { name: campaign }));
  await expect(page.getByRole("region", { name: "Why this pace?" })).toContainText(campaign);
  await expect(page.getByRole("region", { name: "Why this pace?" }).getByRole("listitem").first()).not.toBeEmpty();
  await expect.poll(async () => Number((await row.getByRole("cell").nth(5).textContent()) ?? 0), slow).toBeGreaterThan(2);
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  await seen(page);
}

async function slowsIt(page: Page): Promise<void> {
  await press(page.getByRole("link", { name: `Pace and knobs: ${campaign}` }));
  const lines = page.getByRole("textbox", { name: "Lines an agent, at most" });
  await expect(lines).toBeVisible();
  await write(lines, "1");
  await write(page.getByRole("textbox", { name: "Reason for the change" }), "Two agents are in training");
  await expect(page.getByRole("button", { name: "Apply", exact: true })).toBeDisabled();
  await press(page.getByRole("button", { name: "Predict the effect" }));
  await expect(page.getByText(/played through eight times/)).toBeVisible({ timeout: 90_000 });
  await seen(page);
  await press(page.getByRole("button", { name: "Apply", exact: true }));
  await expect(page.getByRole("button", { name: "Undo: Two agents are in training" })).toBeVisible(slow);
  await expect(page.getByText(/Lines an agent, at most: .* → 1/)).toBeVisible();
}

async function listensAndWhispers(page: Page): Promise<void> {
  await goTo(page, "Floor");
  const filter = page.getByRole("toolbar", { name: "Show agents by state" });
  await press(filter.getByRole("button", { name: /On call/ }));
  const bar = page.locator(".notice", { hasText: /With Agent/ });
  // A call may end between the look and the key: then the next one.
  await expect(async () => {
    if (await bar.isVisible()) return;
    await press(page.getByRole("button", { name: /^Listen: Agent/, disabled: false }).first());
    await expect(bar.getByText("You hear both. Nobody hears you.")).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 90_000 });
  await press(bar.getByRole("button", { name: "Whisper" }));
  await expect(bar.getByText(/Only Agent \d+ hears you\./)).toBeVisible(slow);
  await expect(bar.getByRole("button", { name: "Whisper" })).toHaveAttribute("aria-pressed", "true");
  await seen(page);
  await press(bar.getByRole("button", { name: "Leave" }));
  await expect(bar).toBeHidden(slow);
}

/** Where the list stands, and why one of its accounts, in Hawaii where it is night, has not been called. */
async function explains(page: Page): Promise<void> {
  await goTo(page, "Campaigns");
  await press(page.getByRole("link", { name: `Funnel of ${campaign}` }));
  const out = page.locator(".funnel li[data-kind=out] button").first();
  await press(out);
  await expect(out).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByRole("link", { name: /^Why account/ }).first()).toBeVisible(slow);
  await seen(page);

  await goTo(page, "Accounts");
  await write(page.getByRole("searchbox", { name: "Find an account" }), farAway);
  await press(page.getByRole("row", { name: farAway }).getByRole("link"));
  await press(page.getByRole("link", { name: "Why (not) this account?" }));
  await expect(page.getByRole("heading", { level: 1, name: /may or may not be called/ })).toBeVisible();
  await expect(page.getByText("It may not be called now.")).toBeVisible(slow);
  await expect(page.getByText(/By itself it becomes callable on/)).toBeVisible();
  await expect(page.getByText(/12 CFR 1006\.6\(b\)\(1\)/).first()).toBeVisible();
  await expect(page.getByText("Decisions of the last 31 days")).toBeVisible(slow);
  await seen(page);
}

/** Each workbook against the API's own answer; the figures may only have grown while it was made. */
async function exports(page: Page): Promise<void> {
  await goTo(page, "Reports");
  const report = page.getByRole("combobox", { name: "Report", exact: true });
  const before = await tableOf(page, "campaigns");
  const sheet = await download(page);
  const after = await tableOf(page, "campaigns");
  expect(sheet[0]?.map((cell) => cell.text)).toEqual(before.columns.map((column) => column.title));
  const ours = sheet.find((row) => row[0]?.text === campaign);
  expect(ours, "the campaign's name is in the workbook as it was written").toBeDefined();
  expectTyped(sheet, before.columns);
  const [low, high] = [before, after].map((table) => table.rows.find((row) => row.campaign === campaign) ?? {});
  for (const [at, column] of before.columns.entries())
    if (["Integer", "Money"].includes(column.kind)) {
      expect(Number(ours?.[at]?.text), column.title).toBeGreaterThanOrEqual(Number(low?.[column.key]));
      expect(Number(ours?.[at]?.text), column.title).toBeLessThanOrEqual(Number(high?.[column.key]));
    }

  await spell(report, "Calls");
  await expect(page.getByRole("table", { name: "Calls" })).toBeVisible(slow);
  await seen(page);
  const calls = await download(page);
  const columns = (await tableOf(page, "calls")).columns;
  expectTyped(calls, columns);
  const made = columns.findIndex((column) => column.kind === "Instant");
  const today = dateOfSerial(Number(calls[1]?.[made]?.text)).toISOString().slice(0, 10);
  expect(today).toBe("2026-06-02");
}

interface Column {
  key: string;
  title: string;
  kind: string;
}

async function tableOf(page: Page, name: string): Promise<{ columns: Column[]; rows: Record<string, unknown>[] }> {
  const answer = await page.request.get(`${stack.url}/api/v1/reports/${name}`);
  expect(answer.ok()).toBe(true);
  return answer.json();
}

async function download(page: Page): Promise<Cell[][]> {
  const file = page.waitForEvent("download");
  await press(page.getByRole("link", { name: "Excel workbook" }));
  const taken = await file;
  expect(taken.suggestedFilename()).toMatch(/\.xlsx$/);
  return readWorkbook(await taken.path());
}

const formats: Record<string, RegExp> = {
  Integer: /^#,##0$/,
  Number: /^#,##0\.00$/,
  Money: /^#,##0\.00$/,
  Share: /^0\.00%$/,
  Seconds: /^\[h\]:mm:ss$/,
  Date: /^yyyy-mm-dd$/,
  Instant: /^yyyy-mm-dd hh:mm:ss$/,
};

/** Numbers are numbers in their format, texts are inline strings, and nothing anywhere is a formula. */
function expectTyped(sheet: Cell[][], columns: Column[]): void {
  expect(sheet.length).toBeGreaterThan(1);
  expect(sheet.flat().filter((cell) => cell.formula)).toEqual([]);
  for (const row of sheet.slice(1))
    for (const [at, column] of columns.entries()) {
      const cell = row[at];
      if (!cell || cell.text === "") continue;
      if (column.kind === "Text") expect(cell.type, `${column.title}: ${cell.text}`).toBe("inlineStr");
      else {
        expect(cell.type, `${column.title} is a number`).toBeNull();
        expect(Number.isFinite(Number(cell.text)), `${column.title}: ${cell.text}`).toBe(true);
        expect(cell.format, column.title).toMatch(formats[column.kind] ?? /^never$/);
      }
    }
}

async function endsTheDay(page: Page): Promise<void> {
  await goTo(page, "Campaigns");
  const rows = page.getByRole("table", { name: "All campaigns" });
  await expect(rows.getByRole("button", { name: /^Close / }).first()).toBeVisible(slow);
  for (let left = await rows.getByRole("button", { name: /^Close / }).count(); left > 0; left--) {
    await press(rows.getByRole("button", { name: /^Close / }).first());
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("no new calls are made");
    await press(dialog.getByRole("button", { name: "Close", exact: true }).last());
    await expect(dialog).toBeHidden(slow);
    await expect(rows.getByRole("button", { name: /^Close / })).toHaveCount(left - 1, slow);
  }
  await useScheme(page, "dark");
  await seen(page);

  // Nobody is cut off: the last calls of the campaigns end by themselves.
  await goTo(page, "Floor");
  const lines = page.getByRole("table", { name: "Campaigns" }).locator("tbody tr td:nth-child(5)");
  await expect.poll(async () => (await lines.allTextContents()).filter((text) => !text.startsWith("0")), { timeout: 120_000 }).toEqual([]);
  await press(page.locator(".userbutton"));
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await page.keyboard.press("ArrowDown"); // a menu is gone through by its arrow keys
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "User name" })).toBeVisible(slow);

  const { code, said } = await stack.end();
  expect(said).toMatch(/invariants hold/);
  expect(code, said).toBe(0);
}

/** axe has nothing to say about what stands on the page, once nothing moves in or out any more. */
async function seen(page: Page): Promise<void> {
  await expect(page.locator(".mantine-Popover-dropdown:visible, .mantine-Tooltip-tooltip:visible")).toHaveCount(0);
  await expectAccessible(page);
}
