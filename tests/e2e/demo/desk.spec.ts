import type { Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../screens";
import { userOf } from "./host";

const state = (page: Page) => page.locator(".desk-state .state");

test.beforeEach(async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page, ...userOf("DIALER_AGENT"));
  await page.getByRole("button", { name: "Start work" }).click();
  await expect(page.getByText("Softphone connected")).toBeVisible({ timeout: 20_000 });
});

test.afterEach(async ({ page }) => {
  await page.request.put("/api/v1/agent/state", { data: { state: "Offline" } });
});

/** The next person who stays on the line: machines and people who hang up are wrapped up and waited past. */
async function answer(page: Page): Promise<void> {
  await expect(async () => {
    if ((await state(page).textContent()) === "Wrap-up") await finish(page, "Hung up");
    await expect(page.getByRole("heading", { name: "Who is on the line" })).toBeVisible({ timeout: 60_000 });
    await expect(page.locator(".phase[data-phase=talking]")).toBeVisible({ timeout: 10_000 });
    await page.getByRole("checkbox", { name: "Right party confirmed" }).check({ timeout: 3_000 });
    await expect(page.getByText("Past due")).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 200_000 });
}

async function finish(page: Page, outcome: string): Promise<void> {
  await page.getByRole("button", { name: outcome }).click();
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).not.toHaveText("Wrap-up", { timeout: 10_000 });
}

test("an agent works one real call of the campaign by keyboard, reloads in the middle and promises", async ({ page }) => {
  await answer(page);
  await page.getByRole("textbox", { name: "Note" }).fill("Tried from the browser");
  const name = await page.locator(".person-name").textContent();
  const before = Date.now();
  await page.reload();
  await expect(page.locator(".person-name")).toHaveText(name ?? "", { timeout: 10_000 });
  await expect(page.getByText("Softphone connected")).toBeVisible();
  test.info().annotations.push({ type: "reattached after", description: `${Date.now() - before} ms` });
  await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("Tried from the browser");
  await expectAccessible(page);
  await page.locator("h1").focus();
  await page.keyboard.press("1");
  await expect(page.getByRole("button", { name: "Promise to pay" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up");
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).not.toHaveText("Wrap-up");
});

test("break after this call holds through the call and its wrap-up", async ({ page }) => {
  await answer(page);
  await page.getByRole("button", { name: /Break after this call/ }).click();
  await page.getByRole("menuitem", { name: "Lunch" }).click();
  await expect(page.getByText("Next: Break")).toBeVisible();
  await page.keyboard.press("Alt+Shift+H");
  await expect(state(page)).toHaveText("Wrap-up");
  await finish(page, "Refuses to pay");
  await expect(state(page)).toHaveText("Break");
});

test("hold and a card by its fields, on the real line", async ({ page }) => {
  await answer(page);
  await page.keyboard.press("Alt+Shift+L");
  await expect(page.getByRole("button", { name: "Take off hold" })).toBeVisible();
  await page.getByRole("button", { name: "Take off hold" }).click();
  await expect(page.getByRole("button", { name: "Hold", exact: true })).toBeEnabled();
  await page.getByRole("button", { name: "Take a card" }).click();
  const payment = page.getByRole("region", { name: "Card payment" });
  for (const field of ["card number", "expiry date", "security code", "ZIP code"]) {
    await payment.getByRole("button", { name: `Ask for: ${field}` }).click();
    await expect(payment.getByRole("button", { name: `Ask for: ${field}` })).toBeHidden({ timeout: 60_000 });
  }
  await payment.getByRole("button", { name: "Charge the card" }).click();
  await expect(payment).toContainText(/Paid|Declined/, { timeout: 20_000 });
});
