import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test, useScheme } from "../screens";

/** The officers' pages on invented accounts and the shipped rows. `PICTURES=1` writes the pictures of src/docs/compliance.md. */
const folder = fileURLToPath(new URL("../../../src/docs/images/", import.meta.url));

async function lookedAt(page: Page, picture: string): Promise<void> {
  for (const scheme of ["dark", "light"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  if (process.env.PICTURES) await page.screenshot({ path: `${folder}${picture}.png`, fullPage: true });
}

test.beforeEach(async ({ page }) => signIn(page, "compliance", "demo"));

test("why an account is not called: each way, each rule with its row, and what stopped before", async ({ page }) => {
  await page.goto("/accounts/846/why");
  await expect(page.getByText("It may not be called now.")).toBeVisible();
  await expect(page.getByRole("cell", { name: /12 CFR 1006.14\(b\)\(2\)\(i\)\(B\)/ }).first()).toBeVisible();
  const history = page.getByRole("table", { name: "Decisions of the last 31 days" });
  await expect(history.getByText("HOUSE-MIN-INTERVAL HOUSE-PROMISE US-REGF-POSTCONV")).toBeVisible();
  await expect(history.getByRole("cell", { name: "Email" })).toBeVisible();
  await lookedAt(page, "why");
});

test("an overdue notice says what stopped and what to do", async ({ page }) => {
  await page.goto("/accounts/517/why");
  await expect(page.getByText("The notice of the debt is overdue").first()).toBeVisible();
  await expect(page.getByText(/collecting stops\. Send it .* or record the day the client sent it/)).toBeVisible();
});

test("the funnel opens each exclusion by keyboard and leads to the account", async ({ page }) => {
  await page.goto("/campaigns/1/funnel");
  const step = page.locator(".funnel li[data-kind=out] button").first();
  await step.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Why account 846" })).toBeVisible();
  await lookedAt(page, "funnel");
});

test("a change shows its effect on yesterday, and a row of law asks for counsel's signature", async ({ page }) => {
  await page.goto("/policy");
  const filter = page.getByRole("textbox", { name: "Filter by any word" });
  const rows = page.getByRole("table", { name: "Rows in force" });
  const text = page.getByRole("textbox", { name: "The row" });
  await filter.fill("7in7");
  await rows.getByRole("button", { name: "US-REGF-7IN7" }).click();
  await text.fill((await text.inputValue()).replace('"max": 7', '"max": 20'));
  await page.getByRole("textbox", { name: "Reason" }).fill("We call more.");
  await page.getByRole("button", { name: "Propose", exact: true }).click();
  await expect(page.getByText(/changed or switched off only with counsel's signature/)).toBeVisible();
  await filter.fill("dial-guard");
  await rows.getByRole("button", { name: "HOUSE-DIAL-GUARD" }).click();
  await text.fill((await text.inputValue()).replace('"08:01"', '"09:30"'));
  await page.getByRole("textbox", { name: "Reason" }).fill("Nobody is called before half past nine.");
  await page.getByRole("button", { name: "Preview the impact" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Yesterday this would have denied 312 more contacts and allowed 0 more.")).toBeVisible();
  await lookedAt(page, "impact");
  await page.getByRole("button", { name: "Propose", exact: true }).click();
  await expect(page.getByText("Proposed. Another officer decides.")).toBeVisible();
});

test("a disclosure that nobody ticked is heard, found and off the list", async ({ page }) => {
  await page.goto("/notices");
  const list = page.getByRole("table", { name: "2 conversations without an owed disclosure ticked" });
  await expect(list.getByRole("link", { name: "Call 901" })).toHaveAttribute("href", "/calls/901");
  await expect(list.getByText("Mini-Miranda")).toBeVisible();
  await list.getByRole("button", { name: "901", exact: true }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Call 901: what was found" });
  await expect(dialog.getByRole("button", { name: "Save the finding" })).toBeDisabled();
  await dialog.getByRole("radio", { name: "It was not said" }).check();
  await dialog.getByRole("textbox", { name: "How this is known" }).fill("heard the recording");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save the finding" }).click();
  await expect(page.getByRole("table", { name: "1 conversation without an owed disclosure ticked" })).toBeVisible();
});

test("notices that are owed go to the print house, what is left out is named, and the mailing is recorded", async ({
  page,
}) => {
  await page.goto("/notices");
  await expect(page.getByText("Overdue: the account is not called")).toBeVisible();
  await page.getByRole("button", { name: "Hand over to the print house" }).click();
  await expect(page.getByText("Handed over: 1")).toBeVisible();
  await expect(page.getByText("The client has not said what the debt is made of")).toBeVisible();
  await expect(page.getByRole("link", { name: "Letters" })).toHaveAttribute(
    "href",
    "/api/v1/compliance/validation-notices/batches/1/letters.txt",
  );
  await lookedAt(page, "notices");
  await page.getByRole("table", { name: "With print houses" }).getByRole("button", { name: "1", exact: true }).click();
  await page.getByRole("textbox", { name: /Proof of mailing/ }).fill("job 7");
  await page.getByRole("button", { name: "They were mailed" }).click();
  await expect(page.getByRole("cell", { name: "Mailed 2026-06-11" })).toBeVisible();
});
