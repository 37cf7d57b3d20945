import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test, useScheme } from "../screens";

/**
 * The officers' pages on a running Host that has dialled: `DIALER_URL=… DIALER_OFFICER=name:password DIALER_SECOND_OFFICER=name:password
 * npm run pictures`. Accessible in both themes, usable by keyboard alone, and pictured for the documents.
 */
const folder = fileURLToPath(new URL("../../../src/docs/images/", import.meta.url));
const campaign = process.env.DIALER_CAMPAIGN ?? "1";

function officer(variable: "DIALER_OFFICER" | "DIALER_SECOND_OFFICER"): [string, string] {
  const [name, ...password] = (process.env[variable] ?? "").split(":");
  test.skip(!process.env.DIALER_URL || !name || password.length === 0, `${variable} or DIALER_URL is not set`);
  return [name ?? "", password.join(":")];
}

async function lookedAt(page: Page, picture: string): Promise<void> {
  for (const scheme of ["dark", "light"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${picture}-${scheme}.png`, fullPage: true });
  }
  await page.screenshot({ path: `${folder}${picture}.png`, fullPage: true });
}

test("the funnel, and why one of its accounts is not called, by keyboard alone", async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, ...officer("DIALER_OFFICER"));
  await page.goto(`/campaigns/${campaign}/funnel`);
  await expect(page.getByText("Callable now")).toBeVisible({ timeout: 60_000 });
  const step = page.locator(".funnel li[data-kind=out] button").first();
  await step.focus();
  await page.keyboard.press("Enter");
  await expect(step).toHaveAttribute("aria-expanded", "true");
  const account = page.getByRole("link", { name: /^Why account/ }).first();
  await expect(account).toBeVisible({ timeout: 60_000 });
  await lookedAt(page, "funnel");
  await account.focus();
  await page.keyboard.press("Enter");
  if (process.env.DIALER_ACCOUNT) await page.goto(`/accounts/${process.env.DIALER_ACCOUNT}/why`);
  await expect(page.getByRole("heading", { level: 1, name: /may or may not be called/ })).toBeVisible();
  await expect(page.getByText("Decisions of the last 31 days")).toBeVisible({ timeout: 60_000 });
  await lookedAt(page, "why");
});

test("a change of policy: its impact first, then another officer", async ({ page, context }) => {
  test.setTimeout(240_000);
  await signIn(page, ...officer("DIALER_OFFICER"));
  await page.goto("/policy");
  await page.getByRole("textbox", { name: "Filter by any word" }).fill("dial-guard");
  await page.getByRole("table", { name: "Rows in force" }).getByRole("button", { name: "HOUSE-DIAL-GUARD" }).focus();
  await page.keyboard.press("Enter");
  const text = page.getByRole("textbox", { name: "The row" });
  await text.fill((await text.inputValue()).replace('"08:01"', '"09:30"'));
  await page.getByRole("textbox", { name: "Reason" }).fill("Nobody is called before half past nine.");
  await page.getByRole("button", { name: "Preview the impact" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Yesterday this would have denied/)).toBeVisible({ timeout: 120_000 });
  await lookedAt(page, "impact");
  await page.getByRole("button", { name: "Propose", exact: true }).click();
  await expect(page.getByText("Proposed. Another officer decides.")).toBeVisible({ timeout: 120_000 });
  await page.getByRole("table", { name: "Changes" }).getByRole("button", { name: "HOUSE-DIAL-GUARD" }).first().click();
  await expect(page.getByText("Another person decides on your change.")).toBeVisible();
  await page.keyboard.press("Escape");
  await context.clearCookies();
  await signIn(page, ...officer("DIALER_SECOND_OFFICER"));
  await page.goto("/policy");
  await page.getByRole("table", { name: "Changes" }).getByRole("button", { name: "HOUSE-DIAL-GUARD" }).first().click();
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByRole("cell", { name: "Rejected" }).first()).toBeVisible({ timeout: 60_000 });
});
