import { enter, expect, expectAccessible, test, useScheme } from "../screens";

test.beforeEach(async ({ page }) => {
  await enter(page, "supervisor", "demo");
});

const wrongNames = "account,first,last,creditor,What they owe,phone\nA1,Ann,Lee,Harbor,100.00,12-34\nA2,Bo,Ray,Harbor,5,\n";

test("a file is previewed, mapped, checked row by row and only then imported, by keyboard alone", async ({ page }) => {
  await page.getByRole("link", { name: "Imports" }).press("Enter");
  await page.getByRole("button", { name: "Preview" }).press("Enter");
  await expect(page.getByText("Choose a file").first()).toBeVisible();
  await page.getByRole("combobox", { name: "Client" }).press("ArrowDown");
  await page.getByRole("option", { name: /Northwind/ }).waitFor();
  await page.keyboard.press("Enter");
  if ((await page.getByRole("combobox", { name: "Client" }).inputValue()) === "") {
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
  }
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "four.csv", mimeType: "text/csv", buffer: Buffer.from(wrongNames) });
  await page.getByRole("button", { name: "Preview" }).press("Enter");

  await expect(page.getByRole("status").filter({ hasText: "Still needed: balance" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Check all rows" })).toBeDisabled();
  const owed = page.getByRole("combobox", { name: "What they owe is read as" });
  await owed.focus();
  await page.keyboard.type("balance");
  await page.getByRole("option", { name: "balance", exact: true }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByText("One of the first rows would be rejected")).toBeVisible();
  await expect(page.locator(".mantine-Popover-dropdown:visible")).toHaveCount(0); // while it fades it lies outside the landmarks
  await expectAccessible(page);
  await page.getByRole("checkbox", { name: /Keep this reading/ }).press("Space");
  await page.getByRole("button", { name: "Check all rows" }).press("Enter");

  await expect(page.getByText("Checked, nothing written: four.csv")).toBeVisible();
  await expect(page.getByRole("cell", { name: "phone1 is not a telephone number" })).toBeVisible();
  await expectAccessible(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the verdict on every row" }).press("Enter");
  expect((await download).suggestedFilename()).toBe("verdicts-four.csv");
  await page.getByRole("button", { name: /^Import \d+ rows$/ }).press("Enter");

  await expect(page.getByText("Imported: four.csv")).toBeVisible();
  const link = page.getByRole("link", { name: "Rejects of four.csv" });
  expect(await (await page.request.get((await link.getAttribute("href")) ?? "")).text()).toContain("error_code");
  await page.getByRole("button", { name: "Send the repaired rejects" }).press("Enter");
  await expect(page.getByRole("button", { name: "Preview" })).toBeVisible();
});

test("an import is undone by two presses", async ({ page }) => {
  await page.getByRole("link", { name: "Imports" }).click();
  await page.getByRole("button", { name: "Undo northwind-2026-06-01.csv" }).press("Enter");
  await page.getByRole("button", { name: "Really undo northwind-2026-06-01.csv?" }).press("Enter");
  await expect(page.getByRole("row", { name: /northwind-2026-06-01/ })).toContainText("Undone");
});

test("a recording is found, and its call is stepped through, heard, exported and scored", async ({ page }) => {
  await page.getByRole("link", { name: "Recordings" }).press("Enter");
  await page.getByRole("textbox", { name: "Account number" }).fill("NW-005001");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /Jul/ }).first().press("Enter");

  await expect(page.getByRole("heading", { name: "Call 901" })).toBeVisible();
  const steps = page.getByRole("listitem").filter({ has: page.locator("time") });
  await expect(steps).toHaveCount(15);
  await page.getByRole("button", { name: "Step back" }).press("Enter");
  await expect(page.locator(".timeline [aria-current=step]")).toContainText("Completed");
  await page.getByText("TwiML that was answered").click();
  await expect(page.getByText("<Conference>agent-7</Conference>")).toBeVisible();
  await page.getByRole("button", { name: /^Listen to the call/ }).press("Enter");
  await expect(page.locator("audio")).toHaveAttribute("src", "/api/v1/recordings/media/RE0001");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as a network scenario" }).press("Enter");
  expect((await download).suggestedFilename()).toBe("call-901.people.jsonl");

  await page.getByRole("combobox", { name: "Form" }).click();
  await page.getByRole("option", { name: "Outbound (3)" }).click();
  for (const [question, answer] of [
    [/Named the company/, "Yes"],
    [/Gave the disclosure/, "Yes"],
    [/Listened/, "Partly"],
  ] as const)
    await page.getByRole("radiogroup", { name: question }).getByRole("radio", { name: answer }).press("Space");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save the score" }).press("Enter");
  await expect(page.getByText("Outbound 3: 83.3 %")).toBeVisible();
  await page.getByRole("textbox", { name: "Write to Ana Ruiz" }).fill("Well done.");
  await page.getByRole("button", { name: "Send" }).press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "Well done." })).toContainText("not seen yet");
});

test("a scorecard is changed as text and becomes the next version", async ({ page }) => {
  await page.getByRole("link", { name: "Recordings" }).click();
  await page.getByRole("button", { name: /^Change Outbound/ }).press("Enter");
  const questions = page.getByRole("textbox", { name: "Questions" });
  await expect(questions).toHaveValue(/disclosure \| 3! \| Gave the disclosure/);
  await questions.fill("greeting | Named the company?");
  await page.getByRole("button", { name: "Save as the next version" }).press("Enter");
  await expect(page.getByText("Write each question as")).toBeVisible();
  await questions.fill("greeting | 1 | Named the company?\ndisclosure | 2! | Gave the disclosure?");
  await page.getByRole("button", { name: "Save as the next version" }).press("Enter");
  await expect(page.getByText("Outbound is now version 4")).toBeVisible();
});

test("a failed import says why in the list", async ({ page }) => {
  await page.getByRole("link", { name: "Imports" }).click();
  await expect(page.getByText("The header lacks the column(s) current_balance")).toBeVisible();
});

test("an account is found by the start of a name, and going back finds the list again", async ({ page }) => {
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("searchbox", { name: "Find an account" }).fill("okaf");
  await page.getByRole("link", { name: "Okafor, Denise" }).click();
  await expect(page.getByRole("heading", { name: "Denise Okafor" })).toBeVisible();
  await expect(page.getByText("Dispute", { exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("link", { name: "Okafor, Denise" })).toBeVisible();
});

test("a campaign is paused only after it was said what happens to its calls", async ({ page }) => {
  await page.getByRole("link", { name: "Campaigns" }).click();
  await page.getByRole("button", { name: "Pause Northwind cards Q3" }).click();
  const dialog = page.getByRole("dialog", { name: "Pause Northwind cards Q3" });
  await expect(dialog).toContainText("No new calls are made");
  await dialog.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Launch Northwind cards Q3" })).toBeVisible();
  await page.getByRole("button", { name: "Launch Northwind cards Q3" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Launch" }).click();
  await expect(page.getByRole("button", { name: "Pause Northwind cards Q3" })).toBeVisible();
});

test("a campaign is created as a draft; a taken name is refused in words", async ({ page }) => {
  await page.getByRole("link", { name: "Campaigns" }).click();
  await page.getByRole("link", { name: "New campaign" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Contoso telecom");
  await page.getByRole("combobox", { name: "Client" }).click();
  await page.getByRole("option", { name: /Contoso/ }).click();
  await page.getByRole("textbox", { name: "Caller ID" }).fill("+12125550199");
  await page.getByRole("button", { name: "Create as draft" }).click();
  await expect(page.getByText("There is already a campaign named")).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("Contoso winter");
  await page.getByRole("button", { name: "Create as draft" }).click();
  await expect(page.getByText("1,200 accounts loaded")).toBeVisible();
});

test("a table of the reports is read for some days, each column with its formula, and can be taken as a file", async ({
  page,
}) => {
  await page.goto("/reports");
  const table = page.getByRole("table", { name: "Campaigns" });
  await expect(table.getByRole("row", { name: /Northwind cards/ })).toBeVisible();
  await expect(table.getByRole("cell", { name: "20.55%" })).toBeVisible();
  await expect(table.getByRole("cell", { name: "4:33:40" })).toBeVisible();
  await table.getByRole("button", { name: "Contact rate" }).focus();
  await expect(page.getByText("Live answers / attempts")).toBeVisible();
  await page.getByLabel("From").fill("2026-06-01");
  await expect(page.getByText("2026-06-01 to 2026-07-01")).toBeVisible();
  await expect(page.getByRole("link", { name: "Excel workbook" })).toHaveAttribute(
    "href",
    "/api/v1/reports/campaigns.xlsx?from=2026-06-01",
  );
});

for (const path of ["/recordings", "/calls/901", "/reports", "/ivr", "/campaigns", "/imports", "/accounts?q=del", "/accounts/4102"])
  test(`${path} is accessible in both themes`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("Loading")).toHaveCount(0);
    for (const scheme of ["light", "dark"] as const) {
      await useScheme(page, scheme);
      await expectAccessible(page);
    }
  });
